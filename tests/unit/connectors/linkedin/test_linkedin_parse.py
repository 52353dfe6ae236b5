"""Notifications read into items; Little Text; URNs; anything at all."""

from __future__ import annotations

import json
from dataclasses import replace
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
    Reacted,
    Unknown,
)
from hearwell.connectors.linkedin import little, parse, urns

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "linkedin"
PAGE = "urn:li:organization:71000001"
POST = "urn:li:activity:7094637247890620418"
FIRST = f"urn:li:comment:({POST},7094977717598625792)"


def raw(said: object) -> Raw:
    return Raw("POST", "", {}, json.dumps(said).encode(), datetime(2026, 11, 22, tzinfo=UTC))


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


@pytest.fixture
def items() -> list[Inbound]:
    return parse.parse(raw(payload("webhook_batch")))


def test_a_comment_and_what_belongs_to_it(items: list[Inbound]) -> None:
    comment, like, ours, thanks, edited, gone = items[:6]
    assert isinstance(comment, InboundMessage)
    assert (comment.external_id, comment.thread_key, comment.parent_id) == (FIRST, FIRST, POST)
    assert comment.text == "My bag stayed in Lisbon 😡 (tag LIS_4711)"
    assert comment.author.external_id == "urn:li:person:lEnA-4711"
    assert not comment.is_echo
    assert isinstance(like, Reacted)
    assert (like.reaction, like.target_id) == ("like", POST)
    assert isinstance(ours, InboundMessage)
    assert ours.is_echo
    assert isinstance(thanks, InboundMessage)
    assert {ours.thread_key, thanks.thread_key, ours.parent_id} == {FIRST}
    assert isinstance(edited, MessageEdited)
    assert (edited.external_id, edited.text) == (FIRST, "My blue bag stayed in Lisbon")
    assert edited.version > comment.version
    assert isinstance(gone, MessageDeleted)
    assert gone.external_id == thanks.external_id
    assert gone.must_purge


def test_shares_and_mentions(items: list[Inbound]) -> None:
    share, quote, mention = items[6:9]
    assert isinstance(share, Reacted)
    assert share.reaction == "share"
    assert isinstance(quote, InboundMessage)
    assert (quote.kind, quote.text) == (MessageKind.MENTION, "At last (really)")
    assert isinstance(mention, InboundMessage)
    assert mention.text == "Flew with Northwind Air today #delayed"
    assert [mention.text[e.start : e.end] for e in mention.entities] == [
        "Northwind Air",
        "#delayed",
    ]
    assert mention.thread_key == mention.external_id


def test_without_its_words_it_is_unknown_and_may_still_come(items: list[Inbound]) -> None:
    bare = items[9]
    assert isinstance(bare, Unknown)
    said = payload("webhook_batch")["notifications"][9]
    shown = {"owner": "urn:li:person:x", "text": "Hello"}
    later = parse.parse(
        raw({"elements": [said | {"decoratedGeneratedActivity": {"comment": shown}}]})
    )
    assert later[0].dedup_key != bare.dedup_key
    assert later[0].external_id == bare.external_id


def test_below_another_s_post_the_post_is_the_thread() -> None:
    said = payload("webhook_batch")["notifications"][2]
    said["decoratedSourcePost"] = {"entity": "urn:li:share:9", "owner": "urn:li:person:tOm_0815"}
    said["decoratedGeneratedActivity"]["comment"].pop("parentComment")
    item = parse.parse(raw({"notifications": [said]}))[0]
    assert item.thread_key == "urn:li:share:9"


def test_what_is_fetched_is_the_same_message() -> None:
    comment = parse.parse(raw(payload("comment")))[0]
    assert isinstance(comment, InboundMessage)
    assert (comment.thread_key, comment.text) == (FIRST, "Thank you!")
    assert comment.version > 1
    post = parse.parse(raw(payload("post")))[0]
    assert isinstance(post, InboundMessage)
    assert post.text.endswith("late again (90 min) #delayed")


def test_a_batch_is_for_each_page_once() -> None:
    said = payload("webhook_batch")["notifications"]
    other = said[0] | {"organizationalEntity": "urn:li:organization:2"}
    assert parse.accounts_of(raw({"notifications": [*said, other]})) == [
        PAGE,
        "urn:li:organization:2",
    ]


@pytest.mark.parametrize("missing", ["notificationId", "organizationalEntity", "action"])
def test_a_notification_that_lacks_what_it_must_have(missing: str) -> None:
    said = payload("webhook_batch")["notifications"][0]
    del said[missing]
    with pytest.raises(ContractChanged):
        parse.parse(raw({"notifications": [said]}))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_escaped_little_text_reads_as_it_was(text: str) -> None:
    assert little.read(little.escaped(text)) == (text, ())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="\\@[](){}|#hashtag urn:li:person:1\n", max_size=80))
def test_any_little_text_is_read(text: str) -> None:
    shown, entities = little.read(text)
    assert all(0 <= one.start < one.end <= len(shown) for one in entities)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("12345", ("12345", "")),
        ("urn:li:organization:12345", ("12345", "")),
        ("https://www.linkedin.com/company/12345/admin/", ("12345", "")),
        ("https://www.linkedin.com/company/Northwind-Air/", ("", "northwind-air")),
        ("northwind-air", ("", "northwind-air")),
    ],
)
def test_pages_as_people_name_them(typed: str, expected: tuple[str, str]) -> None:
    assert urns.page_named(typed) == expected


def test_urns_have_one_form_and_are_escaped() -> None:
    short = "urn:li:comment:(activity:1,2)"
    assert urns.normal(short) == "urn:li:comment:(urn:li:activity:1,2)"
    assert (
        urns.encoded(urns.normal(short)) == "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A1%2C2%29"
    )
    assert urns.normal("urn:li:share:1") == "urn:li:share:1"


def test_bytes_that_are_no_json() -> None:
    with pytest.raises(ContractChanged):
        parse.parse(replace(raw({}), body=b"\xff"))
