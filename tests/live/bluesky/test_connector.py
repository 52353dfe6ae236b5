"""Connecting, sessions, reading: our connector on a real network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import Account, Inbound
from hearwell.connectors.bluesky.connector import BlueskyConnector
from tests.live.bluesky.ears import Ears
from tests.live.bluesky.network import Network, expired_token
from tests.live.bluesky.people import PASSWORD, Person, soon

Join = Callable[[str], Person]


class TestConnecting:
    def test_the_account_is_found_and_its_server_resolved(
        self, account: Account, brand: Person, network: Network
    ) -> None:
        assert account.external_id == brand.did
        assert account.settings["pds"] == network.url
        assert account.scopes == {"read", "write"}

    def test_a_did_and_an_address_given_by_hand_do_as_well(
        self, connector: BlueskyConnector, brand: Person, network: Network
    ) -> None:
        given = {"handle": brand.did, "password": brand.app_password(), "service": network.url}
        assert connector.connect(given).handle == brand.handle

    @pytest.mark.parametrize(
        ("handle", "password", "at"),
        [
            ("nobody-here.test", "abcd", "handle"),
            ("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "abcd", "handle"),
            (None, "abcd-abcd-abcd-abcd", "password"),
            (None, PASSWORD, "password"),
        ],
        ids=["unknown handle", "unknown DID", "wrong password", "main password"],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, connector: BlueskyConnector, brand: Person, handle: str | None, password: str, at: str
    ) -> None:
        with pytest.raises(FieldRefused) as refused:
            connector.connect({"handle": handle or brand.handle, "password": password})
        assert refused.value.field_name == at

    def test_health_is_good(self, connector: BlueskyConnector, account: Account) -> None:
        verdict = connector.health(account)
        assert verdict.state is HealthState.OK, verdict
        assert [check.name for check in verdict.checks] == [
            "settings", "reach", "credentials", "scopes", "subscription", "quota",
        ]  # fmt: skip

    def test_health_names_what_is_wrong(
        self, connector: BlueskyConnector, account: Account, brand: Person
    ) -> None:
        dead = replace(account, secrets={"access": expired_token(brand.did)})
        worst = connector.health(dead).checks[-1]
        assert (worst.name, worst.state) == ("credentials", HealthState.BAD)
        foreign = replace(account, external_id="did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")
        worst = connector.health(foreign).checks[-1]
        assert (worst.name, worst.state) == ("credentials", HealthState.BAD)


class TestSessions:
    def test_tokens_rotate_and_the_old_refresh_token_is_good_once_more(
        self, connector: BlueskyConnector, account: Account
    ) -> None:
        first = replace(account, secrets=connector.refresh(account))
        assert first.secrets["refresh"] != account.secrets["refresh"]
        again = replace(account, secrets=connector.refresh(account))  # its answer got lost
        assert connector.identity(again) == connector.identity(first) == account.external_id

    def test_an_expired_token_is_told_from_a_wrong_one_by_nobody_and_both_renew(
        self, connector: BlueskyConnector, account: Account, brand: Person
    ) -> None:
        for access, code in ((expired_token(brand.did), "ExpiredToken"), ("x.y.z", "InvalidToken")):
            stale = replace(account, secrets={**account.secrets, "access": access})
            with pytest.raises(failures.NeedsReauth) as dead:
                connector.poll(stale, "messages", None)
            assert dead.value.network_code == f"400 {code}"
            renewed = replace(stale, secrets=connector.refresh(stale))
            assert connector.identity(renewed) == brand.did

    def test_without_a_token_it_is_a_401(
        self, connector: BlueskyConnector, account: Account
    ) -> None:
        with pytest.raises(failures.NeedsReauth) as dead:
            connector.identity(replace(account, secrets={}))
        assert dead.value.network_code == "401 AuthMissing"

    def test_a_dead_refresh_token_falls_back_to_the_app_password_as_long_as_that_lives(
        self, connector: BlueskyConnector, account: Account, brand: Person
    ) -> None:
        dead = replace(account, secrets={**account.secrets, "refresh": "x.y.z"})
        assert connector.refresh(dead)["access"]
        for one in brand.client.com.atproto.server.list_app_passwords().passwords:
            brand.call("com.atproto.server.revokeAppPassword", {"name": one.name})
        with pytest.raises(failures.NeedsReauth):
            connector.refresh(dead)


class TestReading:
    def test_what_anybody_wrote_can_be_read_and_searched(
        self, ears: Ears, lena: Person, join: Join
    ) -> None:
        omar = join("omar")
        first = omar.post("Zanzibar in spring")
        second = omar.reply(lena.post("Where to?"), "Zanzibar")
        omar.client.repost(first.uri, first.cid)
        page = soon(lambda: _timeline(ears, omar.handle, 2), what="the feed")
        assert [i.external_id for i in page] == [second.uri, first.uri]
        found = soon(lambda: _found(ears, "Zanzibar", 2), what="the search")
        assert {i.external_id for i in found} == {first.uri, second.uri}
        with pytest.raises(failures.TargetGone):
            ears.connector.timeline(ears.account, "nobody-here.test", None)


def _timeline(ears: Ears, who: str, length: int) -> list[Inbound]:
    page = ears.connector.timeline(ears.account, who, None)
    items = [item for raw in page.raws for item in ears.connector.parse(raw)]
    return items if len(items) == length else []


def _found(ears: Ears, words: str, length: int) -> list[Inbound]:
    page = ears.connector.search(ears.account, words, None)
    items = [item for raw in page.raws for item in ears.connector.parse(raw)]
    return items if len(items) == length else []
