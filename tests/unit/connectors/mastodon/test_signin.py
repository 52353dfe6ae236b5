"""To be let in by a server: registered, sent away, back with a code, known by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Departure, FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import Account
from hearwell.connectors.mastodon import listing
from hearwell.connectors.mastodon.fake import Fake
from hearwell.connectors.mastodon.fake_calls import Call, Reply
from hearwell.connectors.mastodon.manifest import MEDIA_SCOPE, SCOPES

BACK = "https://care.northwind.com/settings/networks/authorize/"
GIVEN = {"server": "@northwind@social.example", "visibility": "unlisted"}


def consented(fake: Fake, departure: Departure, **changes: str) -> dict[str, str]:
    """What the person brings back after saying yes on the server's page."""
    page = urlsplit(departure.url)
    query = {name: values[0] for name, values in parse_qs(page.query).items()} | changes
    params = {name: [value] for name, value in {**query, "acct": "northwind"}.items()}
    reply = fake.api.answer(Call("POST", page.path, params))
    assert reply.status == 302
    back = parse_qs(urlsplit(reply.headers["location"]).query)
    return {name: values[0] for name, values in back.items()}


def let_in(fake: Fake, **changes: str) -> Connected:
    departure = fake.connector.begin(GIVEN, BACK, "state-1")
    return fake.connector.finish(departure.keep, consented(fake, departure, **changes), BACK)


def account(connected: Connected) -> Account:
    return Account(
        connected.external_id, connected.handle, connected.settings, connected.secrets,
        scopes=connected.scopes,
    )  # fmt: skip


def test_where_the_person_is_sent(fake: Fake) -> None:
    departure = fake.connector.begin(GIVEN, BACK, "state-1")
    page = urlsplit(departure.url)
    query = parse_qs(page.query)

    assert f"{page.scheme}://{page.netloc}{page.path}" == "https://social.example/oauth/authorize"
    assert query["state"] == ["state-1"]
    assert query["redirect_uri"] == [BACK]
    assert query["scope"] == [" ".join((*SCOPES, MEDIA_SCOPE))]
    assert query["code_challenge_method"] == ["S256"]
    (app,) = fake.server.apps.values()
    assert (app["name"], app["website"]) == ("Hearwell", "https://care.northwind.com")
    assert app["client_secret"] not in departure.url
    assert departure.keep["verifier"] not in departure.url
    assert departure.keep["verifier"] not in repr(departure)


@pytest.mark.parametrize("kind", ["mastodon", "gotosocial", "takahe"])
def test_who_comes_back_is_known(kind: str) -> None:
    fake = Fake(kind)
    fake.server.say(fake.brand, "Hello")
    connected = let_in(fake)

    assert connected.external_id == connected.handle == "northwind@social.example"
    assert connected.scopes == frozenset((*SCOPES, MEDIA_SCOPE))
    assert connected.settings["account_id"] == fake.brand.id
    assert connected.settings["visibility"] == "unlisted"
    assert connected.settings["software"] == kind
    assert connected.settings[listing.START_NOTIFICATION] == fake.server.notices[-1].id
    assert fake.connector.identity(account(connected)) == "northwind@social.example"
    health = fake.connector.health(account(connected))
    assert [check.name for check in health.checks] == [
        "settings", "reach", "credentials", "scopes", "subscription", "quota",
    ]  # fmt: skip
    assert health.state is HealthState.OK, health
    assert health.followers is not None
    # What was there before is not told.
    for stream in fake.connector.streams(account(connected)):
        assert fake.connector.poll(account(connected), stream, None).raws == ()


def test_an_empty_account_begins_with_the_first_word(fake: Fake) -> None:
    fake.server.delete(fake.first)
    connected = let_in(fake)
    assert connected.settings[listing.START_NOTIFICATION] == ""
    said = fake.server.say(fake.lena, "@northwind hello")
    page = fake.connector.poll(account(connected), "mentions", None)
    assert [i.external_id for raw in page.raws for i in fake.connector.parse(raw)] == [said.id]


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("", "does not look like"),
        ("two words", "does not look like"),
        ("javascript:alert(1)", "does not look like"),
    ],
)
def test_what_is_no_server(fake: Fake, server: str, words: str) -> None:
    with pytest.raises(FieldRefused, match=words) as caught:
        fake.connector.begin({**GIVEN, "server": server}, BACK, "s")
    assert caught.value.field_name == "server"
    assert fake.hosts == {"social.example"}, "nobody was called for it"


@pytest.mark.parametrize(
    "reply", [Reply(200, "<html>"), Reply(404, "nothing"), Reply(200, {"hello": 1}), Reply(403, {})]
)
def test_somebody_else_lives_there(fake: Fake, reply: Reply) -> None:
    def always(_: Call) -> Reply:
        fake.api.next_reply = always
        return reply

    fake.api.next_reply = always
    with pytest.raises(FieldRefused, match="no server of this name"):
        fake.connector.begin(GIVEN, BACK, "s")


def test_nobody_lives_there(fake: Fake) -> None:
    def unknown(_: Call) -> Reply:
        message = "no such name"
        raise httpx.ConnectError(message)

    fake.api.next_reply = unknown
    with pytest.raises(FieldRefused, match="cannot be reached"):
        fake.connector.begin(GIVEN, BACK, "s")


def test_a_server_that_is_ill_is_not_the_persons_fault(fake: Fake) -> None:
    fake.api.next_reply = lambda _: Reply(503, "")
    with pytest.raises(failures.Unavailable):
        fake.connector.begin(GIVEN, BACK, "s")


def test_too_many_registrations(fake: Fake) -> None:
    def after_looking(call: Call) -> Reply:
        fake.api.next_reply = lambda _: Reply(429, {"error": "x"}, {"retry-after": "600"})
        return real(call)

    real = fake.api._route
    fake.api.next_reply = after_looking
    with pytest.raises(failures.Throttled):
        fake.connector.begin(GIVEN, BACK, "s")


@pytest.mark.parametrize(
    "query", [{}, {"error": "access_denied"}, {"code": "made up"}], ids=["none", "no", "false"]
)
def test_without_a_good_code_nobody_is_let_in(fake: Fake, query: Mapping[str, str]) -> None:
    departure = fake.connector.begin(GIVEN, BACK, "s")
    with pytest.raises(failures.NeedsReauth, match="begin again"):
        fake.connector.finish(departure.keep, query, BACK)


def test_a_code_is_only_good_for_who_asked_for_it(fake: Fake) -> None:
    departure = fake.connector.begin(GIVEN, BACK, "s")
    query = consented(fake, departure)
    stolen = {**departure.keep, "verifier": "another"}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.finish(stolen, query, BACK)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(503, ""), failures.Unavailable),
        (Reply(200, "<html>"), failures.Unavailable),
        (Reply(429, {"error": "x"}, {"retry-after": "600"}), failures.Throttled),
        (Reply(401, {"error": "invalid_client"}), failures.NeedsReauth),
        (Reply(422, {"error": "Unprocessable"}), failures.NeedsReauth),
        (Reply(400, ""), failures.NeedsReauth),
    ],
    ids=["outage", "page", "pace", "client", "form", "silence"],
)
def test_a_token_that_does_not_come_has_its_reason(
    fake: Fake, reply: Reply, expected: type[failures.Failure]
) -> None:
    departure = fake.connector.begin(GIVEN, BACK, "s")
    query = consented(fake, departure)
    fake.api.next_reply = lambda _: reply
    with pytest.raises(expected) as caught:
        fake.connector.finish(departure.keep, query, BACK)
    said = f"{caught.value!r}{caught.value.__cause__!r}"
    assert departure.keep["client_secret"] not in said
    assert query["code"] not in said


def test_a_right_that_was_not_given_is_named(fake: Fake) -> None:
    some = " ".join(one for one in SCOPES if one != "write:favourites")
    with pytest.raises(failures.ScopeMissing, match="write:favourites"):
        let_in(fake, scope=some)


def test_broad_rights_contain_the_narrow_ones(fake: Fake) -> None:
    connected = let_in(fake, scope="read write")
    assert fake.connector.health(account(connected)).state is HealthState.OK


# --- health --------------------------------------------------------------------------------------


def verdicts(fake: Fake, **changes: Any) -> list[tuple[str, str]]:
    health = fake.connector.health(replace(fake.account, **changes))
    return [(check.name, check.state.value) for check in health.checks]


OK = [("settings", "ok"), ("reach", "ok"), ("credentials", "ok"), ("scopes", "ok")]


def test_each_check_that_fails_ends_the_list(fake: Fake) -> None:
    settings = fake.account.settings
    assert verdicts(fake, settings={}) == [("settings", "bad")]
    assert verdicts(fake, secrets={}) == [("settings", "bad")]
    assert verdicts(fake, settings={**settings, "server": "two words"}) == [("settings", "bad")]
    fake.api.next_reply = lambda _: Reply(503, "")
    assert verdicts(fake) == [*OK[:1], ("reach", "bad")]
    assert verdicts(fake, secrets={"access": "revoked"}) == [*OK[:2], ("credentials", "bad")]
    other = fake.server.let_in(fake.server.join("other"), SCOPES)
    assert verdicts(fake, secrets={"access": other}) == [*OK[:2], ("credentials", "bad")]
    anew = {**settings, "account_id": "1"}
    assert verdicts(fake, settings=anew) == [*OK[:2], ("credentials", "bad")]
    fake.brand.is_suspended = True
    assert verdicts(fake) == [*OK[:2], ("credentials", "bad")]


def test_the_missing_right_is_named(fake: Fake) -> None:
    scopes = frozenset(SCOPES) - {"read:search", "write:statuses"}
    health = fake.connector.health(replace(fake.account, scopes=scopes))
    assert (health.checks[-1].name, health.checks[-1].state) == ("scopes", HealthState.BAD)
    assert "read:search, write:statuses" in health.checks[-1].message
    # Also where we believe to have it and the server knows better.
    access = fake.server.let_in(fake.brand, {"read:accounts", "write"})
    health = fake.connector.health(replace(fake.account, secrets={"access": access}))
    assert (health.checks[-1].name, health.checks[-1].state) == ("scopes", HealthState.BAD)
    assert "read:notifications" in health.checks[-1].message


def test_notifications_that_are_thrown_away_are_warned_of(fake: Fake) -> None:
    fake.brand.policy["for_private_mentions"] = "drop"
    assert verdicts(fake)[4:] == [("subscription", "warning"), ("quota", "ok")]


def test_a_stream_that_moved_is_warned_of(fake: Fake) -> None:
    fake.server.streaming = "wss://streams.social.example"
    assert verdicts(fake)[4:] == [("subscription", "warning"), ("quota", "ok")]


def test_a_server_without_a_stream_is_no_fault() -> None:
    fake = Fake("takahe")
    fake.server.streaming = ""
    fake.account = fake.account_of(fake.brand)
    health = fake.connector.health(fake.account)
    assert health.state is HealthState.OK
    assert "half minute" in health.checks[4].message


def test_a_low_allowance_is_warned_of(fake: Fake) -> None:
    fake.api.used[fake.account.secrets["access"]] = 280
    assert verdicts(fake)[-1] == ("quota", "warning")
    allowance = fake.connector.health(fake.account).allowance
    assert allowance
    assert (allowance.limit, allowance.used > 280, bool(allowance.resets_at)) == (300, True, True)
    fake.api.used[fake.account.secrets["access"]] = 300
    assert verdicts(fake)[-1] == ("quota", "warning")


def test_only_the_accounts_own_hosts(fake: Fake) -> None:
    settings = {**fake.account.settings, "streaming": "wss://Streams.social.example:4000"}
    hosts = fake.connector.hosts(replace(fake.account, settings=settings))
    assert hosts == {"social.example", "streams.social.example:4000"}
