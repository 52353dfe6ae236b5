"""Things read into items, and Markdown both ways."""

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
    Audience,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Unknown,
)
from hearwell.connectors.reddit import markdown, parse

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "reddit"
POST = "t3_1j7g9uj"
LENA = "t2_lena1"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def read(said: object) -> list[Inbound]:
    body = json.dumps(said).encode()
    return parse.parse(Raw("GET", "", {}, body, datetime(2026, 11, 22, tzinfo=UTC)))


def test_what_lists_bring() -> None:
    comment, reply, private, post, ours, other = read(payload("things"))
    assert isinstance(comment, InboundMessage)
    assert (comment.external_id, comment.parent_id, comment.root_id) == ("t1_mk77", POST, POST)
    assert comment.thread_key == f"{POST}:{LENA}"
    assert [comment.text[e.start : e.end] for e in comment.entities] == ["u/northwind_care"]
    assert isinstance(reply, InboundMessage)
    # The inbox tells the post within an address only: the thread is the same.
    assert (reply.thread_key, reply.root_id) == (comment.thread_key, POST)
    assert isinstance(private, InboundMessage)
    assert (private.kind, private.audience) == (MessageKind.DM, Audience.PRIVATE)
    assert private.thread_key == "t4_30ru7t9"
    assert isinstance(post, InboundMessage)
    assert (post.text, post.subject) == (
        "Late again with Northwind\n\nNinety minutes.",
        "Late again with Northwind",
    )
    assert post.version == 1750340900
    assert isinstance(ours, InboundMessage)
    assert ours.is_echo
    # An answer of ours belongs to the person it answers.
    assert ours.thread_key == comment.thread_key
    assert isinstance(other, Unknown)


def test_deleted_removed_and_gone() -> None:
    items = read(payload("gone"))
    assert [item.external_id for item in items] == ["t1_mk80", "t1_mk81", "t1_mk82"]
    assert all(isinstance(item, MessageDeleted) and item.must_purge for item in items)


def test_what_was_changed() -> None:
    edited, removed = read(payload("changed"))
    assert isinstance(edited, MessageEdited)
    assert (edited.version, edited.text) == (1750349000, "My blue bag stayed in Lisbon")
    assert isinstance(removed, MessageDeleted)


@pytest.mark.parametrize("edited", [False, None, True, "x", -1, 1e300])
def test_edited_is_a_time_or_nothing(edited: object) -> None:
    thing = payload("things")["things"][0]
    thing["data"]["edited"] = edited
    assert parse.version_of(thing) == 1


@pytest.mark.parametrize("link", [None, "", "/r/travel/comments/", "/r/x/comments/a-b/c/"])
def test_a_comment_below_nothing(link: str | None) -> None:
    thing = payload("things")["things"][1]
    thing["data"]["context"] = link
    with pytest.raises(ContractChanged):
        read({"account": "t2_us", "name": "us", "things": [thing]})


def test_what_is_no_envelope() -> None:
    for said in ({}, {"account": "a", "name": "b", "things": 1}, [], {"account": "a", "name": ""}):
        with pytest.raises(ContractChanged):
            read(said)
    with pytest.raises(ContractChanged):
        read({"account": "a", "name": "b", "gone": [1]})


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab *_^~`#>-+.)1\\[]\n", max_size=60))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    text = " ".join(text.split(" "))
    if "  \n" in text:
        return
    assert markdown.read(markdown.escaped(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Found it. ^AB", r"Found it. \^AB"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("Dear Lena,\nit is here", "Dear Lena,  \nit is here"),
        ("https://x.example/a_b_(c)*d _so_", r"https://x.example/a_b_(c)*d \_so\_"),
        ("snake_case stays", "snake_case stays"),
    ],
)
def test_what_would_be_formatted_is_escaped(text: str, expected: str) -> None:
    assert markdown.escaped(text) == expected
