"""What the real Reddit said to somebody else's program is understood, all of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hearwell.connect.failures import ContractChanged, Failure, Throttled
from hearwell.connect.model import InboundMessage, MessageDeleted, Raw, Source, Unknown
from hearwell.connectors.reddit import parse, sending
from hearwell.connectors.reddit.wire import Line
from tests.live.reddit.recordings import Exchange, exchanges, things

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Record = Callable[[str, object], None]


def told(*found: dict[str, Any]) -> Raw:
    body = {"account": "t2_us", "name": "us", "things": list(found)}
    return Raw("GET", "https://oauth.reddit.com", {}, json.dumps(body).encode(), NOW, Source.POLL)


def line_to(one: Exchange) -> Line:
    headers = {k: v for k, v in one.headers.items() if k.startswith(("x-rate", "content-type"))}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(one.status, headers=headers, content=one.text.encode())

    client = httpx.Client(transport=httpx.MockTransport(answer))
    return Line(client, "https://oauth.reddit.com", "us", "token")


def test_every_comment_post_and_message_is_read(record_property: Record) -> None:
    counts: Counter[str] = Counter()
    for thing in things("t1", "t3", "t4"):
        # Parts of a thing only, as a few answers have them, are no things that lists bring.
        if not {"name", "created_utc"} <= thing["data"].keys():
            counts["parts"] += 1
            continue
        items = parse.parse(told(thing))
        assert items == parse.parse(told(thing))
        counts[thing["kind"]] += 1
        counts[type(items[0]).__name__] += 1
        for item in items:
            assert isinstance(item, InboundMessage | MessageDeleted)
            if isinstance(item, InboundMessage):
                assert item.thread_key
                assert item.author.external_id
                assert item.occurred_at < NOW
    for name, count in sorted(counts.items()):
        record_property(name, count)
    assert counts["InboundMessage"] > 10_000
    assert counts["MessageDeleted"] > 100
    assert counts["parts"] < 50


def test_other_things_are_kept_as_unknown() -> None:
    for thing in things("t2", "t5", "more", "modaction"):
        assert isinstance(parse.parse(told(thing))[0], Unknown)


def test_every_listing_is_read_as_one(record_property: Record) -> None:
    read = 0
    for one in exchanges():
        body = one.body
        if one.status == 200 and isinstance(body, dict) and body.get("kind") == "Listing":
            assert isinstance(sending.things_in(line_to(one).get(one.path, {}, "read").body), list)
            read += 1
    record_property("listings", read)
    assert read > 500


def test_the_pace_is_read_from_every_answer_that_tells_it(record_property: Record) -> None:
    read = 0
    for one in exchanges():
        is_object = one.status == 200 and isinstance(one.body, dict)
        if not is_object or "x-ratelimit-reset" not in one.headers:
            continue
        try:
            answer = line_to(one).get(one.path, {}, "read")
        except Failure:
            continue
        assert answer.left is not None
        assert answer.used is not None
        assert answer.resets_at is not None
        read += 1
    record_property("answers with a pace", read)
    assert read > 1_000


def test_every_error_becomes_a_failure(record_property: Record) -> None:
    found: Counter[str] = Counter()
    for one in exchanges():
        body = one.body
        within = isinstance(body, dict) and isinstance(body.get("json"), dict)
        if one.method != "POST" or not (
            one.status >= 400 or (within and body["json"].get("errors"))
        ):
            continue
        with pytest.raises(Failure) as raised:
            line_to(one).do(one.path, {}, "submit")
        assert raised.value.message
        if not isinstance(raised.value, Throttled):
            assert raised.value.network_code
        found[f"{one.status} as {type(raised.value).__name__}"] += 1
    for name, count in sorted(found.items()):
        record_property(name, count)
    assert sum(found.values()) > 20


def test_what_was_said_is_read_from_the_answer(record_property: Record) -> None:
    """Some answers hold no thing at all: whether it was said, only reading back can tell."""
    counts: Counter[str] = Counter()
    for one in exchanges():
        if one.path.rstrip("/") != "/api/comment" or one.status != 200:
            continue
        if one.body["json"]["errors"]:
            continue
        answer = line_to(one).do("/api/comment", {}, "submit")
        if not one.body["json"]["data"]["things"]:
            with pytest.raises(ContractChanged):
                sending.sent_in(answer.body)
            counts["without a thing"] += 1
            continue
        assert sending.sent_in(answer.body).external_id.startswith(("t1_", "t4_"))
        counts["with a thing"] += 1
    for name, count in counts.items():
        record_property(name, count)
    assert counts["with a thing"] > 0


def test_they_are_as_many_as_we_know() -> None:
    assert len({one.cassette for one in exchanges()}) == 648
