"""To be let in, to stay in, and what health says when something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, FieldRefused, filled_in
from hearwell.connect.health import HealthState
from hearwell.connect.model import IngressSecrets
from hearwell.connectors.linkedin import fake_network as net
from hearwell.connectors.linkedin.connector import LinkedinConnector
from hearwell.connectors.linkedin.fake import Fake
from hearwell.connectors.linkedin.manifest import VERSION

BACK = "https://care.example/settings/networks/back"


def consented(fake: Fake, **typed: str) -> Connected:
    given = {"client_id": net.CLIENT_ID, "client_secret": net.CLIENT_SECRET, **typed}
    form = filled_in(fake.connector.fields, given)
    assert not form.refused
    leaving = fake.connector.begin(form.given, BACK, "state-1")
    asked = parse_qs(urlsplit(leaving.url).query)
    assert asked["redirect_uri"] == [BACK]
    answer = fake.network.handle(httpx.Request("GET", leaving.url))
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    brought = {name: values[0] for name, values in query.items()}
    assert brought["state"] == "state-1"
    return fake.connector.finish(leaving.keep, brought, BACK)


def checks(fake: Fake, **changes: Any) -> Mapping[str, tuple[HealthState, str]]:
    account = replace(fake.account, **changes)
    found = fake.connector.health(account).checks
    return {check.name: (check.state, check.message) for check in found}


def test_consent_finds_the_page(fake: Fake) -> None:
    connected = consented(fake, application=net.APPLICATION, tier="standard")
    assert (connected.external_id, connected.handle) == (net.PAGE, "Northwind Air")
    assert connected.ingress == IngressSecrets((net.CLIENT_SECRET,), challenge=net.CLIENT_SECRET)
    assert connected.settings["person"] == net.ADA
    # What is filled in when it is connected again, and nothing that is secret.
    kept = {name: connected.settings.get(name) for name in ("client_id", "page", "tier")}
    assert kept == {"client_id": net.CLIENT_ID, "page": "71000001", "tier": "standard"}
    assert net.CLIENT_SECRET not in repr(connected)
    health = fake.connector.health(connected.account)
    assert health.state is HealthState.OK
    assert health.expires_at is not None
    assert health.expires_at - datetime.now(UTC) > timedelta(days=360)


def test_a_page_that_this_person_does_not_look_after(fake: Fake) -> None:
    with pytest.raises(FieldRefused, match="Northwind Air") as refused:
        consented(fake, page="https://www.linkedin.com/company/999")
    assert refused.value.field_name == "page"
    assert consented(fake, page="northwind-air").external_id == net.PAGE


def test_a_wrong_secret_is_said_at_its_field(fake: Fake) -> None:
    with pytest.raises(FieldRefused) as refused:
        consented(fake, client_secret="wrong")
    assert refused.value.field_name == "client_secret"


def test_a_right_that_was_not_given_is_named(fake: Fake) -> None:
    token = {"access_token": "x", "expires_in": 1, "scope": "r_organization_social_feed"}
    fake.network.next_answer = lambda _: httpx.Response(200, json=token)
    with pytest.raises(failures.ScopeMissing, match="w_organization_social_feed"):
        fake.connector.finish({}, {"code": "code-1"}, BACK)


def test_tokens_are_renewed_and_the_refresh_token_is_kept(fake: Fake) -> None:
    fake.network.trouble = {"token_expired"}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.poll(fake.account, "notifications", None)
    fresh = fake.connector.refresh(fake.account)
    assert fresh["refresh"] == fake.account.secrets["refresh"]
    assert fresh["client_secret"] == net.CLIENT_SECRET
    renewed = replace(fake.account, secrets=fresh)
    assert fake.connector.poll(renewed, "notifications", None).raws


def test_after_a_withdrawn_consent_only_a_new_one_helps(fake: Fake) -> None:
    fake.network.trouble = {"consent_withdrawn"}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.refresh(fake.account)
    again = consented(fake)
    assert fake.connector.poll(again.account, "notifications", None).raws


def test_calls_that_ended_without_a_word(fake: Fake) -> None:
    assert checks(fake)["subscription"][0] is HealthState.OK
    fake.network.trouble = {"hook_disabled"}
    state, words = checks(fake)["subscription"]
    assert state is HealthState.BAD
    assert "without a word" in words
    # What nobody brought is found all the same.
    assert fake.network.deliveries() == []
    assert fake.connector.poll(fake.account, "notifications", None).raws


def test_a_lost_role_and_lost_access(fake: Fake) -> None:
    fake.network.trouble = {"role_lost"}
    assert checks(fake)["credentials"][0] is HealthState.BAD
    fake.network.trouble = {"access_withdrawn"}
    state, words = checks(fake)["scopes"]
    assert state is HealthState.BAD
    assert "rw_organization_admin" in words


@pytest.mark.parametrize(
    ("trouble", "name"),
    [
        ("outage", "reach"),
        ("version_withdrawn", "reach"),
        ("throttled", "quota"),
        ("token_expired", "credentials"),
    ],
)
def test_every_trouble_has_its_check(fake: Fake, trouble: str, name: str) -> None:
    fake.network.trouble = {trouble}
    state, words = checks(fake)[name]
    assert state is not HealthState.OK
    assert words


def test_a_missing_right_is_named(fake: Fake) -> None:
    some = frozenset({"r_organization_social_feed", "rw_organization_admin"})
    assert "w_organization_social_feed" in checks(fake, scopes=some)["scopes"][1]


def test_ends_are_told_in_time(fake: Fake) -> None:
    soon = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    secrets = {**fake.account.secrets, "refresh_until": soon}
    assert checks(fake, secrets=secrets)["credentials"][0] is HealthState.WARNING
    assert VERSION.ends is not None
    with time_machine.travel(VERSION.ends - timedelta(days=59)):
        state, words = checks(fake)["settings"]
    assert state is HealthState.WARNING
    assert VERSION.ends.isoformat() in words


def test_the_development_tier_asks_and_is_not_called(fake: Fake) -> None:
    account = replace(fake.account, tier="development")
    fake.network.webhook = ""
    fake.connector.subscribe(account, "https://care.example/hooks/x", IngressSecrets(("x",)))
    assert fake.network.webhook == ""
    assert "development" in checks(fake, tier="development")["subscription"][1]
    page = fake.connector.poll(account, "notifications", None)
    assert page.poll_after is not None
    assert page.poll_after - datetime.now(UTC) > timedelta(minutes=25)


def test_calls_are_switched_on_and_off(fake: Fake) -> None:
    hook = "https://care.example/hooks/y"
    for _ in range(2):
        fake.connector.subscribe(fake.account, hook, IngressSecrets(("x",)))
        assert fake.network.webhook == hook
    for _ in range(2):
        fake.connector.unsubscribe(fake.account)
        assert fake.network.webhook == ""


def test_one_address_may_stand_for_all_of_linkedin(fake: Fake) -> None:
    client = httpx.Client(transport=httpx.MockTransport(fake.network.handle))
    connector = LinkedinConnector(client, at="http://127.0.0.1:9/")
    fake.network.hosts.clear()
    leaving = connector.begin({"client_id": "a", "client_secret": "b"}, BACK, "s")
    assert leaving.url.startswith("http://127.0.0.1:9/oauth/v2/authorization?")
    connector.health(fake.account)
    connector.refresh(fake.account)
    assert fake.network.hosts == connector.hosts(fake.account) == {"127.0.0.1:9"}
