"""Harbour's deliveries become the contract's items."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Entity,
    Inbound,
    InboundMessage,
    MessageKind,
    Raw,
    Unknown,
)
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.connectors.sandbox.fake import LENA, PAGE, FakeHarbour

CONNECTOR = SandboxConnector()


def _raw(body: bytes) -> Raw:
    return Raw("POST", "http://x/hooks/1", {}, body, datetime.now(UTC))


def _parsed(harbour: FakeHarbour) -> list[Inbound]:
    body = {"page": PAGE["id"], "entries": harbour.entries}
    return CONNECTOR.parse(_raw(json.dumps(body).encode()))


def _message(**more: Any) -> InboundMessage:
    harbour = FakeHarbour()
    harbour.post(LENA, "🧳 @northwindair lost it", **more)
    (item,) = _parsed(harbour)
    assert isinstance(item, InboundMessage)
    return item


@pytest.mark.parametrize(
    ("more", "kind", "audience", "thread"),
    [
        ({"on_page": True}, MessageKind.POST, Audience.PUBLIC, "item-1"),
        ({"on_page": False}, MessageKind.MENTION, Audience.PUBLIC, "item-1"),
        ({"parent_id": "p", "root_id": "r"}, MessageKind.COMMENT, Audience.PUBLIC, "r"),
        (
            {"parent_id": "p", "root_id": "r", "branch_id": "b", "root_by_page": True},
            MessageKind.COMMENT, Audience.PUBLIC, "b",
        ),
        ({"kind": "message"}, MessageKind.DM, Audience.PRIVATE, "dm:lena-1"),
    ],
)  # fmt: skip
def test_kinds_and_threads(
    more: dict[str, Any], kind: MessageKind, audience: Audience, thread: str
) -> None:
    item = _message(**more)
    assert (item.kind, item.audience, item.thread_key) == (kind, audience, thread)


def test_entities_are_in_code_points() -> None:
    item = _message(mentions=[{"start": 2, "end": 15, "handle": "northwindair"}])
    assert item.entities == (Entity(2, 15, "mention", "northwindair"),)
    assert item.text[2:15] == "@northwindair"
    assert item.addressed_to == ("northwindair",)


def test_times_are_turned_to_utc() -> None:
    item = _message(created_at="2026-03-02T14:00:00+02:00")
    assert item.occurred_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_unknown_type_is_kept() -> None:
    entry = {"id": "story.created:1", "type": "story.created", "at": "2026-03-02T12:00:00Z"}
    body = json.dumps({"page": "page-1", "entries": [entry]}).encode()
    (item,) = CONNECTOR.parse(_raw(body))
    assert isinstance(item, Unknown)
    assert (item.type_name, item.account) == ("story.created", "page-1")


def test_one_unreadable_entry_keeps_the_whole_delivery() -> None:
    harbour = FakeHarbour()
    harbour.post(LENA, "fine")
    harbour.post(LENA, "broken")
    del harbour.entries[1]["item"]["author"]["id"]
    with pytest.raises(ContractChanged, match="no id"):
        _parsed(harbour)


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    with pytest.raises(ContractChanged):
        CONNECTOR.parse(_raw(body))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("id", "type", "at", "item", "author", "actor", "text", "version", "mentions", "kind")
TYPES = st.sampled_from(["post.created", "comment.edited", "message.read", "like.added", "x"])


@given(st.lists(st.fixed_dictionaries({"type": TYPES}, optional=dict.fromkeys(NAMES[2:], JSON))))
def test_any_entries(entries: list[Any]) -> None:
    body = json.dumps({"page": "p", "entries": entries}).encode()
    try:
        items = CONNECTOR.parse(_raw(body))
    except ContractChanged:
        return
    assert len(items) == len(entries)
