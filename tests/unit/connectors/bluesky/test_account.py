"""Connecting an account, keeping its session, and how it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connectors.bluesky import session, wire
from hearwell.connectors.bluesky.fake import Fake
from hearwell.connectors.bluesky.fake_network import (
    APP_PASSWORD,
    BRAND,
    DIRECTORY_HOST,
    MAIN_PASSWORD,
    SERVER,
    refusal,
)
from tests.unit.connectors.bluesky.misbehaving import LOST, once

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fake() -> Fake:
    return Fake()


class TestSessions:
    def test_tokens_are_replaced_and_the_password_kept(self, fake: Fake) -> None:
        fresh = fake.connector.refresh(fake.account)
        assert fresh["password"] == APP_PASSWORD
        assert fresh["access"] != fake.account.secrets["access"]
        assert fake.connector.identity(replace(fake.account, secrets=fresh)) == BRAND

    def test_an_answer_that_was_lost_leaves_the_account_where_it_was(self, fake: Fake) -> None:
        def lost(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout(LOST, request=request)

        fake.network.next_answer = lost
        with pytest.raises(failures.Unavailable):
            fake.connector.refresh(fake.account)

    def test_tokens_of_another_account_are_refused(self, fake: Fake) -> None:
        other = replace(fake.account, external_id="did:plc:another")
        with pytest.raises(failures.NeedsReauth):
            fake.connector.refresh(other)

    def test_a_dead_refresh_token_is_replaced_by_signing_in(self, fake: Fake) -> None:
        dead = {**fake.account.secrets, "refresh": "dead"}
        fresh = fake.connector.refresh(replace(fake.account, secrets=dead))
        assert fresh["refresh"] == fake.network.refresh


def _given(**changes: str) -> dict[str, str]:
    return {"handle": "@Northwind.test", "password": APP_PASSWORD, "service": ""} | changes


class TestConnecting:
    def test_the_account_s_own_server_is_found_and_asked(self, fake: Fake) -> None:
        connected = fake.connector.connect(_given())
        assert (connected.external_id, connected.handle) == (BRAND, "northwind.test")
        assert connected.settings["pds"] == SERVER
        assert set(connected.secrets) == {"access", "refresh", "password"}
        assert DIRECTORY_HOST in fake.network.hosts
        assert APP_PASSWORD not in repr(connected)

    def test_the_password_is_shown_to_nobody_but_the_account_s_server(self, fake: Fake) -> None:
        shown: set[str] = set()

        def watch(request: httpx.Request) -> httpx.Response:
            if APP_PASSWORD.encode() in request.content:
                shown.add(request.url.host)
            reply = fake.network.handle(request)
            fake.network.next_answer = watch
            return reply

        fake.network.next_answer = watch
        fake.connector.connect(_given())
        assert shown == {httpx.URL(SERVER).host}

    def test_accounts_of_bluesky_itself_sign_in_at_its_entrance(self, fake: Fake) -> None:
        home = "https://morel.us-east.host.bsky.network"
        service = {"id": "#atproto_pds", "serviceEndpoint": home}
        document = httpx.Response(200, json={"service": [service]})
        asked: list[str] = []

        def watch(request: httpx.Request) -> httpx.Response:
            asked.append(f"{request.url.host}{request.url.path}")
            is_lookup = request.url.host == DIRECTORY_HOST
            reply = document if is_lookup else fake.network.handle(request)
            fake.network.next_answer = watch
            return reply

        fake.network.next_answer = watch
        fake.connector.connect(_given())
        assert asked[-1] == "bsky.social/xrpc/com.atproto.server.createSession"

    @pytest.mark.parametrize(
        ("changes", "at"),
        [
            ({"handle": "northwind"}, "handle"),
            ({"handle": ""}, "handle"),
            ({"handle": "north wind.test"}, "handle"),
            ({"handle": "nobody.test"}, "handle"),
            ({"password": "abcd"}, "password"),
            ({"password": MAIN_PASSWORD}, "password"),
            ({"service": "ftp://x.test"}, "service"),
            ({"service": "https://[x"}, "service"),
        ],
    )
    def test_what_cannot_be_right_is_said_at_its_field(
        self, fake: Fake, changes: dict[str, str], at: str
    ) -> None:
        with pytest.raises(FieldRefused) as refused:
            fake.connector.connect(_given(**changes))
        assert refused.value.field_name == at
        assert refused.value.message

    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            (" @Northwind.TEST ", "northwind.test"),
            ("https://bsky.app/profile/northwind.test/post/3k", "northwind.test"),
            ("at://northwind.test", "northwind.test"),
            ("did:plc:brand", "did:plc:brand"),
            ("did:web:Example.com", "did:web:Example.com"),
        ],
    )
    def test_names_as_people_paste_them(self, typed: str, name: str) -> None:
        assert session.name_given(typed) == name

    def test_a_server_that_cannot_be_reached_is_not_a_wrong_name(self, fake: Fake) -> None:
        def down(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError(LOST, request=request)

        fake.network.next_answer = down
        with pytest.raises(failures.Unavailable):
            fake.connector.connect(_given())

    @pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(302)])
    def test_an_address_of_something_else_is_no_server(
        self, fake: Fake, answer: httpx.Response
    ) -> None:
        fake.network.next_answer = lambda _: answer
        with pytest.raises(failures.Unavailable):
            fake.connector.connect(_given(service="https://example.com"))


class TestHealth:
    def _checks(self, fake: Fake, **changes: Any) -> list[tuple[str, str]]:
        verdict = fake.connector.health(replace(fake.account, **changes))
        return [(check.name, str(check.state)) for check in verdict.checks]

    def test_good(self, fake: Fake) -> None:
        names = ["settings", "reach", "credentials", "scopes", "subscription", "quota"]
        assert self._checks(fake) == [(name, "ok") for name in names]

    def test_no_server(self, fake: Fake) -> None:
        assert self._checks(fake, settings={}) == [("settings", "bad")]

    def test_not_an_id(self, fake: Fake) -> None:
        assert self._checks(fake, external_id="northwind") == [("settings", "bad")]

    def test_out_of_reach(self, fake: Fake) -> None:
        fake.network.next_answer = lambda _: httpx.Response(503)
        assert self._checks(fake)[-1] == ("reach", "bad")

    def test_a_session_that_ran_out_is_renewed_by_itself(self, fake: Fake) -> None:
        stale = {**fake.account.secrets, "access": "old"}
        assert self._checks(fake, secrets=stale)[-1] == ("credentials", "unknown")

    def test_a_session_that_cannot_be_renewed(self, fake: Fake) -> None:
        assert self._checks(fake, secrets={"access": "old"})[-1] == ("credentials", "bad")

    def test_another_s_token(self, fake: Fake) -> None:
        assert self._checks(fake, external_id="did:plc:x")[-1] == ("credentials", "bad")

    def test_an_account_that_is_not_active(self, fake: Fake) -> None:
        body = {"did": BRAND, "active": False, "status": "deactivated"}
        once(fake, "getSession", lambda _: httpx.Response(200, json=body))
        verdict = fake.connector.health(fake.account)
        assert verdict.checks[-1].message == "Bluesky says that this account is deactivated."

    def test_an_account_that_moved_away(self, fake: Fake) -> None:
        service = {"id": "#atproto_pds", "serviceEndpoint": "https://elsewhere.example.com"}
        body = {"did": BRAND, "didDoc": {"service": [service]}}
        once(fake, "getSession", lambda _: httpx.Response(200, json=body))
        assert ("credentials", "warning") in self._checks(fake)

    def test_connected_with_the_main_password(self, fake: Fake) -> None:
        answer = wire.Line(
            httpx.Client(transport=httpx.MockTransport(fake.network.handle)), SERVER
        ).post("com.atproto.server.createSession", {"identifier": BRAND, "password": MAIN_PASSWORD})
        assert ("scopes", "warning") in self._checks(fake, secrets={"access": answer["accessJwt"]})

    def test_no_link_to_the_app_view(self, fake: Fake) -> None:
        once(fake, "listNotifications", lambda _: refusal(502, "UpstreamFailure"))
        verdict = fake.connector.health(fake.account)
        last = verdict.checks[-1]
        assert (last.name, last.state) == ("subscription", HealthState.BAD)
        assert "502 UpstreamFailure" in last.message
