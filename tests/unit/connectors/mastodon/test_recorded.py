"""Answers that a real GoToSocial gave, read from the folder of test data where it is at hand."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.model import (
    Audience,
    InboundMessage,
    MessageKind,
    Raw,
    Reacted,
    Source,
    Unknown,
)
from hearwell.connect.textrule import CodePoints
from hearwell.connectors.mastodon import instance, listing
from hearwell.connectors.mastodon.parse import parse
from hearwell.connectors.mastodon.statuses import version_of
from hearwell.connectors.mastodon.streaming import Ear
from hearwell.connectors.mastodon.wire import Line

FOLDER = Path(os.environ.get("HEARWELL_DATA", "../shared")) / "specs" / "recorded" / "mastodon"
BRAND, CUSTOMER = "brand@localhost:8085", "cust@localhost:8085"


def recorded(name: str) -> Any:
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not here: set HEARWELL_DATA to the folder of recorded answers")
    return json.loads(path.read_text())


def answering(name: str) -> Line:
    said = recorded(name)

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(said["status"], json=said["body"], headers=said["headers"])

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return Line(client, "http://localhost:8085", "token")


def parsed(part: str, entries: list[Any]) -> list[Any]:
    body = json.dumps({"account": BRAND, part: entries}).encode()
    return parse(Raw("GET", "http://localhost:8085/x", {}, body, datetime.now(UTC), Source.POLL))


def test_notifications() -> None:
    entries = recorded("gts_notifications")["body"]
    items = parsed("notifications", entries)

    assert len(items) == len(entries)
    messages = [item for item in items if isinstance(item, InboundMessage)]
    assert {item.author.external_id for item in messages} == {CUSTOMER}
    assert {item.kind for item in messages} == {MessageKind.DM, MessageKind.MENTION}
    assert all(BRAND in item.addressed_to for item in messages)
    assert {item.reaction for item in items if isinstance(item, Reacted)} == {"like", "repost"}
    assert {item.type_name for item in items if isinstance(item, Unknown)} == {"follow_request"}
    private = next(item for item in messages if item.audience is Audience.PRIVATE)
    assert private.text == "@brand dm"
    assert private.thread_key == f"dm:{CUSTOMER}"


def test_conversations_are_what_the_notifications_told() -> None:
    talks = parsed(
        "statuses", [one["last_status"] for one in recorded("gts_conversations")["body"]]
    )
    told = parsed("notifications", recorded("gts_notifications")["body"])

    theirs = {item.dedup_key for item in talks if not item.is_echo}
    assert theirs
    assert theirs <= {item.dedup_key for item in told}


def test_the_stream_tells_what_the_notifications_told() -> None:
    line = answering("gts_conversations")
    account = type("Account", (), {"external_id": BRAND})()
    ear = Ear(listing.Teller(line, account, Source.STREAM), BRAND)
    told = {
        item.dedup_key for item in parsed("notifications", recorded("gts_notifications")["body"])
    }
    heard: set[str] = set()
    for said in recorded("gotosocial_ws_user_stream")["messages"]:
        raw = ear.tell(said["event"], said["payload"])
        assert raw is not None
        heard |= {item.dedup_key for item in parse(raw)}

    assert heard & told


def test_how_it_describes_itself() -> None:
    said = instance.ask(answering("gts_instance_v2"))

    assert said.software == "gotosocial"
    assert (said.domain, said.streaming) == ("localhost:8085", "wss://localhost:8085")
    assert (said.characters, said.per_link) == (500, 25)
    assert instance.rule_of(said.settings) == CodePoints(500)


def test_its_refusals() -> None:
    with pytest.raises(failures.TargetGone):
        answering("gts_error_missing").get("/api/v1/statuses/1")
    with pytest.raises(failures.Refused) as caught:
        answering("gts_error_too_long").post("/api/v1/statuses", {"status": "x"})
    # Its words say that it was the length; we find that out by its limit, not by its words.
    assert type(caught.value) is failures.Refused


def test_the_lists_are_read() -> None:
    line = answering("gts_notifications")
    account = type("Account", (), {"external_id": BRAND, "settings": {}})()
    page = listing._LISTERS["mentions"](account).page(line)

    assert [entry.version for entry in page if entry.key] == [version_of(None)] * 3
    assert sorted(entry.id for entry in page) == sorted(
        one["id"] for one in recorded("gts_notifications")["body"]
    )
