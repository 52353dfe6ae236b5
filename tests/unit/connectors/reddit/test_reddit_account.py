"""To be let in, to stay in, and what health says when something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, FieldRefused, filled_in
from hearwell.connect.health import HealthState
from hearwell.connectors.reddit import fake_network as net
from hearwell.connectors.reddit.connector import RedditConnector
from hearwell.connectors.reddit.fake import US, Fake
from hearwell.connectors.reddit.manifest import SCOPES

BACK = "https://care.example/settings/networks/back"


def consented(fake: Fake, **typed: str) -> Connected:
    given = {
        "client_id": net.CLIENT_ID,
        "client_secret": net.CLIENT_SECRET,
        "contact": net.NAME,
        **typed,
    }
    form = filled_in(fake.connector.fields, given)
    assert not form.refused
    leaving = fake.connector.begin(form.given, BACK, "state-1")
    asked = parse_qs(urlsplit(leaving.url).query)
    assert asked["duration"] == ["permanent"]
    answer = fake.network.handle(httpx.Request("GET", leaving.url))
    brought = parse_qs(urlsplit(answer.headers["location"]).query)
    return fake.connector.finish(leaving.keep, {k: v[0] for k, v in brought.items()}, BACK)


def checks(fake: Fake, **changes: Any) -> Mapping[str, tuple[HealthState, str]]:
    found = fake.connector.health(replace(fake.account, **changes)).checks
    return {check.name: (check.state, check.message) for check in found}


def test_consent_finds_the_account_and_what_it_moderates(reddit: Fake) -> None:
    connected = consented(reddit)
    assert (connected.external_id, connected.handle) == (US, f"u/{net.NAME}")
    assert connected.settings["moderates"] == net.SUBREDDIT
    assert connected.settings["since"].isdecimal()
    health = reddit.connector.health(connected.account)
    assert health.state is HealthState.OK
    assert health.allowance is not None
    assert health.allowance.limit == 1000
    assert health.followers == 77
    assert health.expires_at is None


def test_an_app_without_approval_is_said_at_its_field(reddit: Fake) -> None:
    with pytest.raises(FieldRefused, match="approved") as refused:
        consented(reddit, client_secret="wrong")
    assert refused.value.field_name == "client_secret"


def test_a_right_that_was_not_given_is_named(reddit: Fake) -> None:
    token = {"access_token": "x", "scope": "identity read"}
    reddit.network.next_answer = lambda _: httpx.Response(200, json=token)
    with pytest.raises(failures.ScopeMissing, match="submit"):
        reddit.connector.finish({}, {"code": "code-1"}, BACK)


def test_a_suspended_account_is_not_connected(reddit: Fake) -> None:
    reddit.network.trouble = {"suspended"}
    with pytest.raises(failures.AccountDisabled):
        consented(reddit)
    assert checks(reddit)["credentials"][0] is HealthState.BAD


def test_tokens_renew_themselves_until_consent_is_withdrawn(reddit: Fake) -> None:
    reddit.network.trouble = {"token_expired"}
    with pytest.raises(failures.NeedsReauth):
        reddit.connector.identity(reddit.account)
    fresh = reddit.connector.refresh(reddit.account)
    assert fresh["refresh"] == reddit.account.secrets["refresh"]
    assert reddit.connector.identity(replace(reddit.account, secrets=fresh)) == US
    reddit.network.trouble = {"consent_withdrawn"}
    # Reddit says it within a 200.
    with pytest.raises(failures.NeedsReauth):
        reddit.connector.refresh(reddit.account)
    assert reddit.connector.identity(consented(reddit).account) == US


@pytest.mark.parametrize(
    ("trouble", "name", "words"),
    [
        ("outage", "reach", ""),
        ("garbled", "reach", ""),
        ("throttled", "quota", ""),
        ("few_calls_left", "subscription", "60 seconds"),
        ("token_expired", "credentials", ""),
        ("approval_withdrawn", "credentials", "approval"),
    ],
)
def test_every_trouble_has_its_check(reddit: Fake, trouble: str, name: str, words: str) -> None:
    reddit.network.trouble = {trouble}
    _, said = checks(reddit)[name]
    assert said
    assert words in said


def test_what_is_missing_is_named(reddit: Fake) -> None:
    assert "submit" in checks(reddit, scopes=frozenset(SCOPES) - {"submit"})["scopes"][1]
    state, words = checks(reddit, scopes=frozenset(SCOPES) - {"modposts"})["scopes"]
    assert state is HealthState.OK
    assert "modposts" in words
    assert checks(reddit, settings={"name": net.NAME})["settings"][0] is HealthState.WARNING
    watching = {**reddit.account.settings, "subreddits": "travel"}
    assert "travel" in checks(reddit, settings=watching)["subscription"][1]
    assert checks(reddit, external_id="t2_other")["credentials"][0] is HealthState.BAD


def test_a_used_up_quota_is_a_warning(reddit: Fake) -> None:
    reddit.network._used = 950
    assert checks(reddit)["quota"][0] is HealthState.WARNING


def test_one_address_may_stand_for_all_of_reddit(reddit: Fake) -> None:
    client = httpx.Client(transport=httpx.MockTransport(reddit.network.handle))
    connector = RedditConnector(client, at="http://127.0.0.1:9/")
    leaving = connector.begin({"client_id": "a"}, BACK, "s")
    assert leaving.url.startswith("http://127.0.0.1:9/api/v1/authorize?")
    connector.health(reddit.account)
    connector.refresh(reddit.account)
    assert reddit.network.hosts == connector.hosts(reddit.account) == {"127.0.0.1:9"}
