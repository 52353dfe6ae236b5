"""To be let in, to stay in, to be told, and what health says when something is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, FieldRefused, filled_in
from hearwell.connect.health import HealthState
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connectors.x import fake_network as net
from hearwell.connectors.x.connector import XConnector
from hearwell.connectors.x.fake import HOOK, Fake
from hearwell.connectors.x.fake_people import US
from hearwell.connectors.x.streaming import Doors

BACK = "https://care.example/settings/networks/back"


def consented(fake: Fake, **typed: str) -> Connected:
    given = {"client_id": net.CLIENT_ID, "client_secret": net.CLIENT_SECRET, **typed}
    form = filled_in(fake.connector.fields, given)
    assert not form.refused
    leaving = fake.connector.begin(form.given, BACK, "state-1")
    asked = parse_qs(urlsplit(leaving.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert "offline.access" in asked["scope"][0].split()
    answer = fake.network.handle(httpx.Request("GET", leaving.url))
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    brought = {name: values[0] for name, values in query.items()}
    return fake.connector.finish(leaving.keep, brought, BACK)


def checks(fake: Fake, **changes: Any) -> Mapping[str, tuple[HealthState, str]]:
    found = fake.connector.health(replace(fake.account, **changes)).checks
    return {check.name: (check.state, check.message) for check in found}


def test_consent_finds_the_account(fake: Fake) -> None:
    connected = consented(fake, ways="webhook", api_secret=net.API_SECRET, bearer=net.BEARER)
    assert (connected.external_id, connected.handle, connected.tier) == (
        US, "@northwind", "self_serve",
    )  # fmt: skip
    assert connected.ingress == IngressSecrets((net.API_SECRET,), challenge=net.API_SECRET)
    assert fake.connector.identity(connected.account) == US
    assert consented(fake).ingress is None


@pytest.mark.parametrize(
    ("typed", "name"), [({"ways": "webhook"}, "api_secret"), ({"ways": "stream"}, "bearer")]
)
def test_what_a_way_needs_is_said_at_its_field(fake: Fake, typed: Any, name: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        consented(fake, **typed)
    assert refused.value.field_name == name


def test_a_wrong_app_and_a_right_that_was_not_given(fake: Fake) -> None:
    with pytest.raises(FieldRefused):
        consented(fake, client_secret="wrong")
    fake.network.scopes = ("tweet.read", "users.read")
    with pytest.raises(failures.ScopeMissing, match=r"tweet\.write"):
        consented(fake)


def test_a_refresh_token_is_good_once(fake: Fake) -> None:
    fresh = fake.connector.refresh(fake.account)
    assert fresh["refresh"] != fake.account.secrets["refresh"]
    assert fresh["client_secret"] == net.CLIENT_SECRET
    with pytest.raises(failures.NeedsReauth):
        fake.connector.refresh(fake.account)
    renewed = replace(fake.account, secrets=fresh)
    fake.network.trouble = {"token_expired"}
    assert fake.connector.identity(renewed) == US


def test_x_is_told_where_to_call_and_loses_nothing(fake: Fake) -> None:
    fake.network.hooks.clear()
    account = replace(fake.account, settings={"ways": "webhook"})
    fake.connector.subscribe(account, HOOK, IngressSecrets((net.API_SECRET,)))
    fake.connector.subscribe(account, HOOK, IngressSecrets((net.API_SECRET,)))
    assert list(fake.network.hooks.values()) == [HOOK]
    told = [one["event_type"] for one in fake.network.subscriptions.values()]
    assert len(told) == len(set(told)) == 8
    fake.network.trouble = {"hook_disabled"}
    assert checks(fake, settings={"ways": "webhook"})["subscription"][0] is HealthState.BAD
    fake.connector.subscribe(account, HOOK, IngressSecrets((net.API_SECRET,)))
    (job,) = fake.network.replays
    assert len(job["from_date"]) == len(job["to_date"]) == len("yyyymmddhhmm")
    assert fake.network.deliveries(), "what was lost is told again"
    assert checks(fake, settings={"ways": "webhook"})["subscription"][0] is HealthState.OK
    fake.connector.unsubscribe(account)
    assert not fake.network.subscriptions


def test_an_account_that_asks_is_not_subscribed(fake: Fake) -> None:
    fake.connector.subscribe(fake.account, HOOK, IngressSecrets((net.API_SECRET,)))
    assert not fake.network.subscriptions


@pytest.mark.parametrize(
    ("trouble", "check", "state"),
    [
        ("outage", "reach", HealthState.BAD),
        ("garbled", "reach", HealthState.BAD),
        ("token_expired", "credentials", HealthState.BAD),
        ("access_withdrawn", "scopes", HealthState.BAD),
        ("credits_used_up", "quota", HealthState.BAD),
        ("throttled", "quota", HealthState.WARNING),
    ],
)
def test_health_names_what_is_wrong(
    fake: Fake, trouble: str, check: str, state: HealthState
) -> None:
    fake.network.trouble = {trouble}
    found, words = checks(fake)[check]
    assert found is state
    assert words


def test_health_names_the_missing_right_and_the_level(fake: Fake) -> None:
    without = frozenset(fake.account.scopes - {"dm.read"})
    assert "dm.read" in checks(fake, scopes=without)["scopes"][1]
    assert "mentions or quotes" in checks(fake, tier="self_serve")["scopes"][1]
    assert checks(fake, settings={"ways": "webhook"})["subscription"][0] is HealthState.BAD
    health = fake.connector.health(fake.account)
    assert health.allowance is not None
    assert health.followers == 1204


async def _heard(fake: Fake, answer: httpx.Response, **settings: str) -> list[Raw]:
    transport = httpx.MockTransport(lambda _: answer)
    connector = XConnector(httpx.Client(transport=transport), doors=Doors(transport=transport))
    account = replace(fake.account, settings=settings)
    return [raw async for raw in connector.listen(account)]


def test_the_stream_tells_each_account_its_own(fake: Fake) -> None:
    ours, other = fake.network.events[0], {"data": {"filter": {"user_id": "1"}, "tag": US}}
    body = "\r\n".join([json.dumps(ours), "", json.dumps(other), ""])
    heard = asyncio.run(_heard(fake, httpx.Response(200, text=body), ways="stream"))
    assert [json.loads(raw.body) for raw in heard] == [ours]
    assert asyncio.run(_heard(fake, httpx.Response(200, text=body), ways="asking")) == []


@pytest.mark.parametrize(
    ("status", "expects"),
    [(401, failures.ScopeMissing), (429, failures.Throttled), (503, failures.Unavailable)],
)
def test_a_stream_that_does_not_open(
    fake: Fake, status: int, expects: type[failures.Failure]
) -> None:
    with pytest.raises(expects):
        asyncio.run(_heard(fake, httpx.Response(status), ways="stream"))


def test_all_of_x_may_stand_in_one_place(fake: Fake) -> None:
    client = httpx.Client(transport=httpx.MockTransport(fake.network.handle))
    connector = XConnector(client, at="http://127.0.0.1:9/")
    assert connector.identity(fake.account) == US
    assert connector.hosts(fake.account) == {"127.0.0.1:9"}
