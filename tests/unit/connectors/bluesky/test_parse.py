"""What Bluesky told us becomes the contract's items; whatever it tells, nothing else happens."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageKind,
    Raw,
    Reacted,
    Unknown,
)
from hearwell.connect.noise import noise
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.fake import Fake
from hearwell.connectors.bluesky.fake_network import BRAND, LENA, FakeBluesky, Fields
from hearwell.connectors.bluesky.parse import parse

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "bluesky"
RECORDED = {path.stem: path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))}
MARKED = FakeBluesky().post(LENA, "@northwind.test")["value"]["facets"]
ELSEWHERE = {"root": {"uri": "at://did:plc:x/c/1"}, "parent": {"uri": "at://did:plc:y/c/2"}}
AT = "2026-03-02T12:00:00.000Z"


def raw_of(body: Any) -> Raw:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Raw("GET", "https://pds.example.com/xrpc/x", {}, encoded, datetime.now(UTC))


def told(**said: Any) -> list[Inbound]:
    return parse(raw_of({"account": BRAND, **said}))


def entry(record: Fields | None = None, **more: Any) -> Fields:
    uri = uris.uri_of(LENA, uris.POST, "3mzzzzzzzzz2q")
    return {
        "uri": uri,
        "author": {"did": LENA, "handle": "lena.test", "displayName": "Lena Hoff"},
        "reason": "mention",
        "record": {"text": "hi", "createdAt": AT} | (record or {}),
        "indexedAt": AT,
    } | more


def message(record: Fields | None = None, **more: Any) -> InboundMessage:
    (item,) = told(notifications=[entry(record, **more)])
    assert isinstance(item, InboundMessage)
    return item


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({}, MessageKind.POST),
        ({"facets": MARKED}, MessageKind.MENTION),
        ({"reply": ELSEWHERE}, MessageKind.COMMENT),
        ({"embed": {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{BRAND}/c/1"}}},
         MessageKind.MENTION),
        ({"embed": {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{LENA}/c/1"}}},
         MessageKind.POST),
        ({"embed": {"$type": "app.bsky.embed.recordWithMedia",
                    "record": {"record": {"uri": f"at://{BRAND}/c/1"}}}}, MessageKind.MENTION),
    ],
    ids=["post", "mention", "comment", "quote of ours", "quote of another", "quote with picture"],
)  # fmt: skip
def test_kinds(record: Fields, kind: MessageKind) -> None:
    assert message({"text": "@northwind.test", **record}).kind is kind


def test_a_post_is_the_same_item_whichever_way_it_came() -> None:
    network = FakeBluesky()
    post = network.post(LENA, "@northwind.test 😡", langs=["pt-BR"])
    event = {
        "did": LENA,
        "time_us": 1_772_452_800_000_000,
        "kind": "commit",
        "commit": {
            "operation": "create",
            "collection": uris.POST,
            "rkey": post["uri"].rpartition("/")[2],
            "record": post["value"],
            "cid": post["cid"],
        },
    }
    ways = [
        *told(notifications=[network.told(post)]),
        *told(posts=[network.view(post)]),
        *told(event=event, author={"did": LENA, "handle": "lena.test"}),
    ]
    first = ways[0]
    for way in ways:
        assert isinstance(way, InboundMessage)
        assert (way.dedup_key, way.external_id, way.thread_key, way.kind, way.author) == (
            first.dedup_key, first.external_id, first.thread_key, MessageKind.MENTION,
            first.author,  # type: ignore[attr-defined]
        )  # fmt: skip
        assert (way.language, way.version) == ("pt-BR", 1)


def test_what_only_claims_to_be_from_somebody_is_from_whose_record_it_is() -> None:
    item = message(author={"did": BRAND, "handle": "northwind.test"})
    assert (item.author.external_id, item.is_echo) == (LENA, False)


def test_an_invalid_handle_is_none() -> None:
    assert message(author={"handle": "handle.invalid"}).author.handle == ""


def test_times_are_the_server_s_and_in_utc() -> None:
    item = message({"createdAt": "1999-01-01T00:00:00Z"}, indexedAt="2026-03-02T14:00:00+02:00")
    assert item.occurred_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_our_own_post_takes_its_time_from_its_key_where_it_claims_none() -> None:
    uri = uris.uri_of(BRAND, uris.POST, uris.tid_at(datetime(2026, 3, 2, tzinfo=UTC)))
    record = {"uri": uri, "cid": "c", "value": {"text": "hi", "createdAt": "soon"}}
    (item,) = told(records=[record], handle="northwind.test")
    assert isinstance(item, InboundMessage)
    assert (item.is_echo, item.occurred_at) == (True, datetime(2026, 3, 2, tzinfo=UTC))
    assert item.author.handle == "northwind.test"


@pytest.mark.parametrize(
    ("embed", "media"),
    [
        ({"$type": "app.bsky.embed.images#view",
          "images": [{"fullsize": "https://cdn/1", "alt": "A cup"}, {"fullsize": "javascript:x"}]},
         (Media("image", "https://cdn/1", alt="A cup"),)),
        ({"$type": "app.bsky.embed.video#view", "playlist": "https://cdn/v.m3u8"},
         (Media("video", "https://cdn/v.m3u8"),)),
        ({"$type": "app.bsky.embed.external#view",
          "external": {"uri": "https://example.com", "title": "A page"}},
         (Media("link", "https://example.com", alt="A page"),)),
        ({"$type": "app.bsky.embed.record#view",
          "record": {"uri": f"at://{BRAND}/{uris.POST}/1", "author": {"handle": "n.test"},
                     "value": {"text": "Our cup"}}},
         (Media("quote", f"https://bsky.app/profile/{BRAND}/post/1",
                ref=f"at://{BRAND}/{uris.POST}/1", alt="@n.test: Our cup"),)),
        ({"$type": "app.bsky.embed.somethingNew#view"}, ()),
        ("nonsense", ()),
    ],
    ids=["images", "video", "link", "quote", "new", "nonsense"],
)  # fmt: skip
def test_what_is_attached_as_a_server_shows_it(embed: Any, media: tuple[Media, ...]) -> None:
    one = entry()
    (item,) = told(posts=[{**one, "embed": embed}])
    assert isinstance(item, InboundMessage)
    assert item.media == media


def test_pictures_without_a_view_are_where_the_app_keeps_them() -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafkreiabc"}, "mimeType": "image/png"}
    images = [{"alt": "A cup", "image": blob}, {"alt": "x", "image": {"ref": {"$link": "../x"}}}]
    item = message({"embed": {"$type": "app.bsky.embed.images", "images": images}})
    address = f"https://cdn.bsky.app/img/feed_fullsize/plain/{LENA}/bafkreiabc"
    assert item.media == (Media("image", address, alt="A cup"),)


@pytest.mark.parametrize(
    ("reason", "reaction"),
    [("like", "like"), ("repost", "repost"), ("like-via-repost", "like"), ("follow", "follow")],
)
def test_reactions(reason: str, reaction: str) -> None:
    ours = uris.uri_of(BRAND, uris.POST, "1")
    target = {} if reason == "follow" else {"reasonSubject": ours}
    (item,) = told(notifications=[entry(reason=reason, **target)])
    assert isinstance(item, Reacted)
    expected = BRAND if reason == "follow" else ours
    assert (item.reaction, item.target_id, item.actor.external_id) == (reaction, expected, LENA)


def test_a_reason_nobody_knows_is_kept() -> None:
    (item,) = told(notifications=[entry(reason="waved-at")])
    assert isinstance(item, Unknown)
    assert item.type_name == "waved-at"


def test_deletions_are_dated_by_when_they_were_noticed() -> None:
    raw = raw_of({"account": BRAND, "gone": ["at://did:plc:x/c/1"]})
    (item,) = parse(raw)
    assert isinstance(item, MessageDeleted)
    assert (item.external_id, item.occurred_at) == ("at://did:plc:x/c/1", raw.received_at)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b"[" * 50_000, b"\xff",
        {"account": "northwind.test", "posts": []},
        {"account": BRAND},
        {"account": BRAND, "posts": {}},
        {"account": BRAND, "gone": [1]},
        {"account": BRAND, "posts": [entry(indexedAt="yesterday")]},
        {"account": BRAND, "posts": [entry(indexedAt="9999-12-31T23:59:59-23:59")]},
        {"account": BRAND, "posts": [entry(indexedAt="2026-03-02T12:00:00")]},
        {"account": BRAND, "posts": [entry(uri="at://lena.test/c/1")]},
        {"account": BRAND, "posts": [entry(record={"text": 1})]},
        {"account": BRAND, "notifications": [entry(reason=["mention"])]},
        {"account": BRAND, "event": {"kind": "commit", "time_us": 10**30}},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_as_a_whole(body: Any) -> None:
    with pytest.raises(ContractChanged):
        parse(raw_of(body))


def _survives(body: bytes) -> None:
    raw = raw_of(body)
    try:
        items = parse(raw)
    except ContractChanged:
        return
    assert items == parse(raw)
    for item in items:
        assert item.occurred_at.utcoffset() is not None
        if isinstance(item, InboundMessage):
            assert all(0 <= e.start < e.end <= len(item.text) for e in item.entities)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from([AT, BRAND, LENA, uris.POST, f"at://{LENA}/{uris.POST}/1", "mention"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["uri", "record", "text", "author", "reason", "indexedAt", "facets",
                         "embed", "reply", "root", "parent", "index", "features", "$type"]),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize(
    "part", ["notifications", "posts", "records", "views", "gone", "event", "author"]
)
@settings(max_examples=250, deadline=None)
@given(value=_values, number=st.integers(0, 4))
def test_any_json_in_any_part(part: str, value: Any, number: int) -> None:
    body = {"account": BRAND, "notifications": [entry()]} | {part: [value] * number or value}
    _survives(json.dumps(body).encode())


@settings(max_examples=1000, deadline=None)
@given(
    body=st.binary(max_size=64) | st.text(max_size=64).map(lambda t: t.encode("utf-8", "replace"))
)
def test_any_bytes(body: bytes) -> None:
    _survives(body)


@pytest.mark.parametrize("name", RECORDED)
def test_ten_thousand_mutants_of_what_was_recorded(name: str) -> None:
    """A part torn out or swapped, at random, some 10,000 over all recordings."""
    rounds = 10_000 // len(RECORDED) + 1
    for body in noise([RECORDED[name]], seed=crc32(name.encode()), rounds=rounds):
        _survives(body)


def test_the_story_of_the_fake_reads_as_the_recordings_do() -> None:
    kinds = {type(i) for raw in Fake().story() for i in parse(raw)}
    assert kinds == {InboundMessage, MessageDeleted}
