"""Updates of the Bot API become the contract's items."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Entity,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    ThreadsMoved,
    Unknown,
)
from hearwell.connectors.telegram.parse import parse
from tests.many import many

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "telegram"
AT = datetime(2026, 11, 25, tzinfo=UTC)
URL = "/hooks/x?bot=7000000001"


def raw(body: bytes, url: str = URL) -> Raw:
    return Raw("POST", url, {}, body, AT)


def told(name: str) -> list[Any]:
    return parse(raw((PAYLOADS / f"{name}.json").read_bytes()))


def test_a_private_message() -> None:
    (item,) = told("private")
    assert isinstance(item, InboundMessage)
    assert (item.kind, item.audience, item.account) == (
        MessageKind.DM, Audience.PRIVATE, "7000000001",
    )  # fmt: skip
    assert (item.external_id, item.thread_key, item.language) == ("42:11", "chat:42", "nb")
    assert (item.author.handle, item.author.name) == ("lenavik", "Lena Vik")
    link, tag = item.entities
    assert item.text[link.start : link.end] == link.target == "https://northwind.example/bag"
    assert tag == Entity(53, 58, "tag", "lost"), "the hand counts two in UTF-16"


def test_an_edit_is_a_later_version() -> None:
    (item,) = told("edited")
    assert isinstance(item, MessageEdited)
    assert (item.external_id, item.version, item.text) == (
        "42:11", 1795312860, "Where is my blue bag?",
    )  # fmt: skip


def test_an_album_is_one_thread_with_the_largest_pictures() -> None:
    items = told("album")
    assert {item.thread_key for item in items} == {"chat:42"}
    assert [item.media for item in items] == [
        (Media("image", "", ref=f"large{n}"),) for n in range(3)
    ]
    assert [item.text for item in items] == ["These are the scratches", "", ""]


def test_a_group_that_moved_says_so_in_both_chats() -> None:
    (leaving,), (arrived,) = told("moved_to"), told("moved_from")
    for item in (leaving, arrived):
        assert isinstance(item, ThreadsMoved)
        assert (item.before, item.after) == ("group:-501:", "group:-1001500:")
    assert leaving.dedup_key == arrived.dedup_key, "one event, told twice"
    (hers,) = told("group_reply")
    assert hers.thread_key.startswith(arrived.after)


def test_in_a_group_each_person_has_a_thread() -> None:
    (item,) = told("group_reply")
    assert (item.kind, item.audience) == (MessageKind.MENTION, Audience.PUBLIC)
    assert item.thread_key == "group:-1001500:42"
    assert item.parent_id == "-1001500:70"
    assert item.permalink == "https://t.me/northwind_regulars/77"


def test_a_reaction() -> None:
    (item,) = told("reaction")
    assert isinstance(item, Reacted)
    assert (item.target_id, item.reaction, item.actor.external_id) == ("42:15", "👍", "42")


def test_a_business_chat_knows_the_two_sides_and_deletions() -> None:
    theirs, ours, gone = told("business")
    assert (theirs.is_echo, ours.is_echo) == (False, True)
    assert theirs.thread_key == ours.thread_key == "business:bc1:42"
    assert isinstance(gone, MessageDeleted)
    assert gone.external_id == theirs.external_id


def test_what_has_no_words_still_says_what_came() -> None:
    voice, sticker, place = told("voice_sticker_place")
    assert voice.media == (Media("audio", "", ref="v1"),)
    assert (sticker.text, place.text) == ("😢", "📍 59.9, 10.75")


def test_what_nobody_said_is_kept_as_unknown() -> None:
    items = told("service")
    assert all(isinstance(item, Unknown) for item in items)
    assert [item.type_name for item in items] == [
        "service message", "my_chat_member", "channel_post",
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["/hooks/x", "/hooks/x?bot=", "/hooks/x?bot=ab", "//[?bot=1"])
def test_a_delivery_for_nobody_is_refused(url: str) -> None:
    with pytest.raises(ContractChanged):
        parse(raw(b'{"update_id": 1}', url))


@pytest.mark.parametrize(
    "mark",
    [
        {"offset": -1, "length": 2, "type": "url"},
        {"offset": 0, "length": 99, "type": "url"},
        {"offset": "0", "length": 1, "type": "url"},
        {"offset": 0, "length": 0, "type": "mention"},
        {"type": "url"},
        {"offset": 0, "length": 1, "type": "bold"},
    ],
)
def test_a_mark_that_makes_no_sense_is_left_out(mark: dict[str, Any]) -> None:
    body = json.loads((PAYLOADS / "private.json").read_text())
    body["message"] |= {"text": "Hi", "entities": [mark]}
    (item,) = parse(raw(json.dumps(body).encode()))
    assert item.entities == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)  # fmt: skip
WHOLE = [json.loads(path.read_text()) for path in sorted(PAYLOADS.iterdir())]
NAMES = ["update_id", "message", "edited_message", "chat", "from", "text", "date", "entities",
         "photo", "message_reaction", "deleted_business_messages", "message_ids", "edit_date",
         "reply_to_message", "new_reaction", "user", "id", "result"]  # fmt: skip


def _spoilt(value: Any, name: str, other: Any) -> Any:
    if isinstance(value, dict):
        return {k: other if k == name else _spoilt(v, name, other) for k, v in value.items()}
    return [_spoilt(one, name, other) for one in value] if isinstance(value, list) else value


@many(10_000)
@given(st.sampled_from(WHOLE), st.sampled_from(NAMES), JSON)
def test_any_update_is_read_or_refused(whole: Any, name: str, other: Any) -> None:
    delivery = raw(json.dumps(_spoilt(whole, name, other)).encode())
    try:
        items = parse(delivery)
    except ContractChanged:
        return
    assert items == parse(replace(delivery, received_at=AT))
