"""A Jetstream: what concerns us is told, the rest goes by; against a real WebSocket on loopback."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve

from hearwell.connect import failures
from hearwell.connect.model import InboundMessage, MessageDeleted, Raw, Source
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.connectors.bluesky.fake import Fake
from hearwell.connectors.bluesky.fake_network import BRAND, LENA, FakeBluesky, refusal
from hearwell.connectors.bluesky.stream import Ear
from tests.aside import run_aside

OTHER = "did:plc:otherotherotherotherothe"


def line(did: str, operation: str = "create", rkey: str = "1", **record: Any) -> str:
    """One line of a Jetstream."""
    commit: dict[str, Any] = {
        "rev": "3k", "operation": operation, "collection": uris.POST, "rkey": rkey,
    }  # fmt: skip
    if operation == "create":
        created = {"$type": uris.POST, "text": "hi", "createdAt": "2026-03-02T12:00:00Z"}
        commit |= {"record": created | record, "cid": "bafy"}
    return json.dumps(
        {"did": did, "time_us": time.time_ns() // 1000, "kind": "commit", "commit": commit}
    )


def mention() -> dict[str, Any]:
    return dict(FakeBluesky().post(LENA, "@northwind.test hello")["value"])


def below(did: str) -> dict[str, Any]:
    ref = {"uri": uris.uri_of(did, uris.POST, "9"), "cid": "bafy"}
    return {"reply": {"root": ref, "parent": ref}}


def test_who_uses_our_words_is_heard_and_said_to_be_found():
    ear = Ear(BRAND, ("Northwind", "Nord (Wind)"))
    found = ear.heard(line(LENA, rkey="2", text="is NORTHWIND late again?"))
    assert found is not None
    assert ear.source_of(found) is Source.SEARCH
    assert ear.heard(line(LENA, rkey="3", text="nord wind")) is None
    told = ear.heard(line(LENA, rkey="4", **mention()))
    assert told is not None
    assert ear.source_of(told) is Source.STREAM, "a mention is a mention, whatever its words"
    gone = ear.heard(line(LENA, "delete", rkey="2"))
    assert gone is not None
    assert ear.source_of(gone) is Source.SEARCH
    assert ear.heard(line(LENA, rkey="5", embed={"alt": "Northwind"})) is None, "not what they say"


@pytest.mark.parametrize(
    ("said", "is_for_us"),
    [
        (line(LENA, **mention()), True),
        (line(LENA, **below(BRAND)), True),
        (line(LENA, embed={"record": {"uri": uris.uri_of(BRAND, uris.POST, "1")}}), True),
        (line(BRAND), True),
        (line(BRAND, "delete"), True),
        (line(LENA), False),
        (line(LENA, text=f"look at {BRAND}"), False),
        (line(LENA, **below(OTHER)), False),
        (line(LENA, "delete"), False),
        (line(LENA, "update", **mention()), False),
        (f"not json {BRAND}", False),
        (json.dumps([BRAND]), False),
        (json.dumps({"did": BRAND, "kind": "identity", "time_us": 1}), False),
        ("[" * 50_000 + BRAND, False),
    ],
)
def test_what_concerns_us(said: str, is_for_us: bool) -> None:
    assert (Ear(BRAND).heard(said) is not None) is is_for_us
    assert (Ear(BRAND).heard(said.encode()) is not None) is is_for_us


def test_the_deletion_of_what_was_told_is_told() -> None:
    ear = Ear(BRAND)
    assert ear.heard(line(LENA, rkey="7", **mention()))
    assert ear.heard(line(LENA, "delete", "7"))
    assert not ear.heard(line(LENA, "delete", "8"))


async def _heard(
    said: list[str], *, profile: httpx.Response | None = None, **settings: str
) -> list[Raw]:
    """What the connector tells of a Jetstream that says this and ends."""
    asked: list[str] = []

    async def speak(connection: ServerConnection) -> None:
        assert connection.request
        asked.append(connection.request.path)
        for one in said:
            await connection.send(one)

    async with serve(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        fake = Fake()
        if profile is not None:
            fake.network.next_answer = lambda _: profile
        connector = BlueskyConnector(fake.connector._open, origins=[f"http://127.0.0.1:{port}"])
        stream = settings.get("stream", f"ws://127.0.0.1:{port}")
        account = replace(fake.account, settings={**fake.account.settings, "stream": stream})
        heard = [raw async for raw in connector.listen(account)]
    assert not asked or asked == ["/subscribe?wantedCollections=app.bsky.feed.post"]
    return heard


def test_lines_become_messages_with_whoever_wrote_them() -> None:
    said = [line(OTHER), line(LENA, rkey="7", **mention()), line(LENA, "delete", "7")]
    raws = run_aside(_heard(said))
    (message,), (gone,) = (BlueskyConnector().parse(raw) for raw in raws)
    assert isinstance(message, InboundMessage)
    assert (message.author.external_id, message.author.handle) == (LENA, "lena.test")
    assert isinstance(gone, MessageDeleted)
    assert gone.external_id == message.external_id == uris.uri_of(LENA, uris.POST, "7")


def test_what_cannot_be_told_whose_it_is_is_left_to_the_poll() -> None:
    said = [line(LENA, rkey="7", **mention()), line(LENA, "delete", "7")]
    down = httpx.Response(503)
    (raw,) = run_aside(_heard(said, profile=down))
    (gone,) = BlueskyConnector().parse(raw)
    assert isinstance(gone, MessageDeleted)


def test_a_token_that_ran_out_ends_it_so_that_it_begins_with_a_new_one() -> None:
    said = [line(LENA, **mention()), line(BRAND, "delete")]
    assert run_aside(_heard(said, profile=refusal(400, "ExpiredToken"))) == []


def test_without_the_setting_there_is_nothing_to_hold_open() -> None:
    assert run_aside(_heard([line(BRAND)], stream="")) == []


@pytest.mark.parametrize(
    "address",
    ["ws://127.0.0.1:9", "ws://example.com", "https://example.com", "wss://127.0.0.1", "x"],
)
def test_it_cannot_be_talked_into_reaching_inside_or_going_without_tls(address: str) -> None:
    with pytest.raises(failures.Unavailable):
        run_aside(_heard([], stream=address))
