"""Servers by name and by what they say of themselves; calls and what their answers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from hearwell.connect import failures
from hearwell.connect.model import Audience
from hearwell.connect.textrule import Abridged, CodePoints, Graphemes, TextRule
from hearwell.connectors.mastodon import instance
from hearwell.connectors.mastodon.fake import Fake
from hearwell.connectors.mastodon.fake_calls import Reply
from hearwell.connectors.mastodon.names import address_of, home_of, server_of, short
from hearwell.connectors.mastodon.wire import Line, allowance, reset_at

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("mastodon.social", "https://mastodon.social"),
        ("@northwind@Mastodon.Social", "https://mastodon.social"),
        ("northwind@mastodon.social ", "https://mastodon.social"),
        ("https://mastodon.social/@northwind", "https://mastodon.social"),
        ("https://social.example:8443/", "https://social.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("bücher.example", "https://bücher.example"),
        ("", None),
        ("@northwind", "https://northwind"),
        ("two words", None),
        ("a..example", None),
        ("javascript:alert(1)", None),
        ("ftp://mastodon.social", None),
        ("https://user:word@mastodon.social", None),
        ("https://mastodon.social:port", None),
        ("x" * 300 + ".example", None),
        ("[::1", None),
    ],
)
def test_the_server_that_somebody_typed(typed: str, server: str | None) -> None:
    assert server_of(typed) == server


def test_addresses() -> None:
    assert address_of("Lena", "Social.Example") == "lena@social.example"
    assert address_of("@lena@people.example", "social.example") == "lena@people.example"
    assert home_of("lena@people.example") == "people.example"
    assert short("lena@social.example", "social.example") == "lena"
    assert short("lena@people.example", "social.example") == "lena@people.example"


def said(**changes: Any) -> instance.Instance:
    body = {"domain": "Social.Example", "version": "4.7.3"} | changes
    handle = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    return instance.ask(Line(httpx.Client(transport=handle), "https://social.example"))


@pytest.mark.parametrize(
    ("changes", "software", "rule"),
    [
        ({}, "mastodon", Abridged(500)),
        ({"version": "4.7.3+glitch"}, "mastodon", Abridged(500)),
        (
            {"configuration": {"statuses": {"max_characters": 5000,
                                            "characters_reserved_per_url": 30}}},
            "mastodon", Abridged(5000, per_link=30),
        ),
        ({"version": "2.7.2 (compatible; Pleroma 2.6.0)", "max_toot_chars": 5000},
         "pleroma", Graphemes(5000)),
        ({"version": "2.7.2 (compatible; Akkoma 3.13)"}, "akkoma", Graphemes(500)),
        ({"version": "", "source_url": "https://codeberg.org/superseriousbusiness/gotosocial"},
         "gotosocial", CodePoints(500)),
        ({"version": "takahe/0.11"}, "takahe", CodePoints(500)),
        ({"version": "4.2.1 (compatible; Iceshrimp.NET/2025.1)"}, "iceshrimp.net",
         CodePoints(500)),
        ({"configuration": {"statuses": {"max_characters": -1}}}, "mastodon", Abridged(500)),
        ({"configuration": []}, "mastodon", Abridged(500)),
    ],
)  # fmt: skip
def test_each_family_counts_in_its_way(
    changes: dict[str, Any], software: str, rule: TextRule
) -> None:
    found = said(**changes)
    assert found.software == software
    assert instance.rule_of(found.settings) == rule


@pytest.mark.parametrize(
    ("given", "streaming"),
    [
        ("wss://Streams.Example", "wss://streams.example"),
        ("wss://streams.example:4000/api/v1/streaming", "wss://streams.example:4000"),
        ("https://streams.example", "wss://streams.example"),
        ("ws://localhost:4000", "ws://localhost:4000"),
        ("ws://[::1]:4000", "ws://[::1]:4000"),
        ("wss://user:word@streams.example", "wss://streams.example"),
        ("javascript:alert(1)", ""),
        ("wss://streams.example:port", ""),
        ("wss://[::1", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_where_streams_are(given: object, streaming: str) -> None:
    assert said(configuration={"urls": {"streaming": given}}).streaming == streaming
    assert said(urls={"streaming_api": given}).streaming == streaming


def test_an_old_server_has_only_the_first_version(fake: Fake) -> None:
    def missing(_: object) -> Reply:
        return Reply(404, {"error": "Not Found"})

    fake.api.next_reply = missing
    with fake._line() as client:
        found = instance.ask(Line(client, fake.server.origin))
    assert (found.domain, found.characters) == ("social.example", 500)


@pytest.mark.parametrize(
    "body", [{}, {"domain": "x"}, {"version": "4"}, {"version": 4, "uri": "x"}]
)
def test_what_does_not_describe_itself_so_is_no_such_server(body: dict[str, Any]) -> None:
    handle = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    with pytest.raises(failures.ContractChanged):
        instance.ask(Line(httpx.Client(transport=handle), "https://x.example"))


def test_the_account_counts_as_its_server_does(fake: Fake) -> None:
    gotosocial = Fake("gotosocial")
    remote = "@lena@people.example"

    def count(one: Fake) -> int:
        return one.connector.text_rule(one.account, Audience.PUBLIC).count(remote)

    assert (count(fake), count(gotosocial)) == (5, 20)


# --- calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"retry-after": "30"}, NOW + timedelta(seconds=30)),
        ({"x-ratelimit-reset": "2026-11-22T08:05:00.634001Z"},
         datetime(2026, 11, 22, 8, 5, 0, 634001, tzinfo=UTC)),
        ({"x-ratelimit-reset": "2026-11-22T10:05:00+02:00"}, NOW + timedelta(minutes=5)),
        ({"x-ratelimit-reset": "1795334400"}, NOW),
        ({"x-ratelimit-reset": "later"}, None),
        ({"retry-after": "9" * 20}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_when_to_come_back(headers: dict[str, str], at: datetime | None) -> None:
    with time_machine.travel(NOW, tick=False):
        assert reset_at(httpx.Headers(headers)) == at


def test_what_is_left_of_the_allowance() -> None:
    headers = {"x-ratelimit-remaining": "12", "x-ratelimit-limit": "300"}
    assert allowance(httpx.Headers(headers)) == (12, 300)
    assert allowance(httpx.Headers({"x-ratelimit-limit": "300"})) is None
    assert allowance(httpx.Headers({**headers, "x-ratelimit-limit": "many"})) is None


def test_too_many_calls_are_told_with_the_time(fake: Fake) -> None:
    fake.api.limit = 0
    with pytest.raises(failures.Throttled) as caught:
        fake.connector.identity(fake.account)
    assert caught.value.retry_at is not None
    assert timedelta(0) < caught.value.retry_at - datetime.now(UTC) <= timedelta(minutes=5)


def test_a_bad_token_at_takahe_is_a_400_to_everything() -> None:
    fake = Fake("takahe")
    fake.server.tokens.clear()
    with pytest.raises(failures.NeedsReauth):
        fake.connector.identity(fake.account)
    with pytest.raises(failures.NeedsReauth):
        fake.connector.send(fake.account, fake.draft(), "key")


def test_another_400_is_no_word_about_the_token(fake: Fake) -> None:
    fake.api.next_reply = lambda _: Reply(400, "Bad Request")
    with pytest.raises(failures.Refused) as caught:
        fake.connector.identity(fake.account)
    assert type(caught.value) is failures.Refused


def test_a_missing_right_is_named(fake: Fake) -> None:
    with pytest.raises(failures.ScopeMissing, match="write:statuses"):
        fake._without_right()
    with pytest.raises(failures.ScopeMissing, match="read:notifications"):
        fake._right_taken()


def test_gotosocial_does_not_say_why_but_we_know_what_we_lack() -> None:
    with pytest.raises(failures.ScopeMissing, match="write:statuses"):
        Fake("gotosocial")._without_right()
