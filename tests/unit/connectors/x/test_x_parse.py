"""Events and pages of X become messages, whichever way and in whatever order they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Receipt,
    Source,
    Unknown,
)
from hearwell.connect.terms import Charge
from hearwell.connectors.x import metering, parse
from hearwell.connectors.x.fake_network import Network
from hearwell.connectors.x.fake_people import LENA, TOM, US

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "x"


def raw_of(body: bytes, source: Source = Source.WEBHOOK) -> Raw:
    return Raw("POST", "https://care.example/hooks/x", {}, body, datetime.now(UTC), source)


def read(name: str) -> list[Inbound]:
    return parse.parse(raw_of((PAYLOADS / name).read_bytes()))


def one(network: Network, number: str) -> list[Inbound]:
    page = network.page([network.posts[number]])
    return parse.parse(raw_of(json.dumps({"account": US, "page": page}).encode()))


def first(items: list[Inbound]) -> InboundMessage:
    assert isinstance(items[0], InboundMessage)
    return items[0]


def test_a_mention() -> None:
    item = first(read("event_mention.json"))
    assert item.kind is MessageKind.MENTION
    assert item.text == "My bag stayed in Lisbon 😡 @northwind"
    assert (item.author.external_id, item.author.handle) == (LENA, "@lena")
    (mark,) = item.entities
    assert item.text[mark.start : mark.end] == "@northwind"
    assert item.thread_key == f"post:{item.external_id}"
    assert item.permalink == f"https://x.com/i/status/{item.external_id}"


def test_a_reply_that_only_x_addressed_to_us_is_a_comment() -> None:
    item = first(read("event_reply.json"))
    assert item.kind is MessageKind.COMMENT
    assert item.parent_id is not None
    assert item.thread_key == f"post:{item.root_id}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("@northwind thank you", MessageKind.COMMENT),
        ("@tom @northwind thank you", MessageKind.COMMENT),
        ("@tom ask @northwind about it", MessageKind.MENTION),
        ("no name at all", MessageKind.COMMENT),
    ],
)
def test_who_is_called_beyond_the_names_in_front(text: str, kind: MessageKind) -> None:
    network = Network()
    number = network.customer_says(text, below=network.ours, calls=False)
    assert first(one(network, number)).kind is kind


def test_a_quote_calls_us_and_shows_what_it_quotes() -> None:
    item = first(read("event_quote.json"))
    assert item.kind is MessageKind.MENTION
    assert [file.kind for file in item.media] == ["quote"]
    assert item.media[0].alt.startswith("@northwind: New routes")


def test_our_own_post_is_an_echo() -> None:
    item = first(read("event_own_post.json"))
    assert item.is_echo
    assert item.kind is MessageKind.COMMENT


def test_an_edit_is_a_new_version_of_the_same_message() -> None:
    made, edited = read("page_edited_with_media.json")
    assert isinstance(made, InboundMessage)
    assert isinstance(edited, MessageEdited)
    assert made.external_id == edited.external_id
    assert (made.version, edited.version) == (1, 2)
    assert made.dedup_key != edited.dedup_key
    assert edited.text == "Still waiting <3 & hoping. Tag LIS 4711 @northwind"
    (mark,) = edited.entities
    assert edited.text[mark.start : mark.end] == "@northwind"
    assert [(file.kind, file.url) for file in made.media] == [
        ("image", "https://pbs.twimg.com/media/bag.jpg"),
        ("video", "https://video.twimg.com/b.mp4"),
    ]


def test_an_answer_to_an_edited_post_is_below_the_first_one() -> None:
    network = Network()
    asked = network.customer_says("Where is my bag?")
    newer = network.edits(asked, "Where is my blue bag? @northwind")
    answer = network.post(TOM, "@lena same here", newer)
    assert first(one(network, answer)).parent_id == asked


def test_long_posts_are_whole_and_reposts_are_not_messages() -> None:
    long, repost = read("page_long_and_repost.json")
    assert isinstance(long, InboundMessage)
    assert len(long.text) == 490
    assert long.kind is MessageKind.MENTION
    assert isinstance(repost, Unknown)


def test_what_is_gone_must_go_here() -> None:
    for name in ("gone.json", "event_own_deletion.json"):
        (item,) = read(name)
        assert isinstance(item, MessageDeleted)
        assert item.must_purge


def test_direct_messages_are_the_same_whichever_way() -> None:
    told = [first(read(f"event_dm_{way}.json")) for way in ("received", "sent")]
    listed = [item for item in read("page_messages.json") if isinstance(item, InboundMessage)]
    assert {item.dedup_key for item in told} == {item.dedup_key for item in listed}
    assert {item.thread_key for item in (*told, *listed)} == {f"dm:{LENA}"}
    assert [item.is_echo for item in told] == [False, True]
    (seen,) = read("event_dm_read.json")
    assert isinstance(seen, Receipt)


@pytest.mark.parametrize("name", ["typing", "encrypted_chat", "revoked"])
def test_what_cannot_be_shown_is_kept_as_unknown(name: str) -> None:
    (item,) = read(f"event_{name}.json")
    assert isinstance(item, Unknown)


def test_what_being_told_costs() -> None:
    costs = {
        "event_mention.json": (Charge("post_read"),),
        "event_own_post.json": (Charge("own_read"),),
        "event_dm_received.json": (Charge("dm_read"),),
        "event_own_deletion.json": (),
        "gone.json": (),
    }
    for name, charges in costs.items():
        body = (PAYLOADS / name).read_bytes()
        assert metering.heard(raw_of(body)) == charges
        assert metering.heard(raw_of(body, Source.POLL)) == ()
    assert metering.heard(raw_of(b"[")) == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "data", "text", "entities", "page"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(payload=_JSON, kind=st.sampled_from([parse.MENTION, parse.DM_SENT, parse.DM_READ, "new"]))
def test_any_event_is_read_or_refused(payload: Any, kind: str) -> None:
    event = {"filter": {"user_id": US}, "event_type": kind, "payload": payload}
    try:
        parse.parse(raw_of(json.dumps({"data": event}).encode()))
    except ContractChanged:
        return
