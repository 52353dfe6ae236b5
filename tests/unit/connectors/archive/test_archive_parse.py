from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.connectors.archive.fake import Fake

LINE = {
    "id": "102",
    "thread": "100",
    "brand": "NorthwindAir",
    "author": "lena_h",
    "inbound": True,
    "at": "2026-03-02T10:00:00+01:00",
    "text": "where is my bag?",
    "in_reply_to": "101",
}


def parsed(**changes) -> InboundMessage:
    subject = Fake()
    line = {name: value for name, value in (LINE | changes).items() if value is not ...}
    (item,) = subject.connector.parse(subject.raw(json.dumps(line).encode()))
    return item


def test_a_line_is_one_message():
    assert parsed() == InboundMessage(
        external_id="102",
        dedup_key="archive:102",
        occurred_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        account="northwindair",
        thread_key="100",
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=Author("lena_h", "lena_h", "lena_h"),
        text="where is my bag?",
        parent_id="101",
        root_id="100",
    )


def test_what_the_brand_wrote_comes_as_an_echo():
    assert parsed(inbound=False).is_echo


def test_without_a_thread_a_reply_goes_under_what_it_replies_to():
    assert parsed(thread=...).thread_key == "101"
    assert parsed(thread=..., in_reply_to=...).thread_key == "102"


@pytest.mark.parametrize(
    ("changes", "kind", "audience"),
    [
        ({}, MessageKind.MENTION, Audience.PUBLIC),
        ({"private": True}, MessageKind.DM, Audience.PRIVATE),
        ({"kind": "dm"}, MessageKind.DM, Audience.PRIVATE),
        ({"kind": "mail"}, MessageKind.MAIL, Audience.PRIVATE),
        ({"kind": "review"}, MessageKind.REVIEW, Audience.PUBLIC),
        ({"kind": "chat", "private": False}, MessageKind.CHAT, Audience.PUBLIC),
    ],
)
def test_kinds_and_who_could_read_them(changes, kind, audience):
    item = parsed(**changes)
    assert (item.kind, item.audience) == (kind, audience)


def test_ids_may_be_numbers_and_names_apart_from_handles():
    item = parsed(id=102, in_reply_to=101, author_id=77, author_name="Lena Hoff")
    assert (item.external_id, item.parent_id) == ("102", "101")
    assert item.author == Author("77", "lena_h", "Lena Hoff")


def test_a_time_without_a_zone_is_utc():
    assert parsed(at="2026-03-02 09:00:00").occurred_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ...},
        {"id": ""},
        {"brand": ...},
        {"author": None},
        {"at": "yesterday"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"kind": "telegram"},
        {"text": ["a"]},
        {"id": True},
    ],
)
def test_a_line_that_says_something_else_is_refused(changes):
    with pytest.raises(ContractChanged):
        parsed(**changes)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000, b'"x"'])
def test_any_other_bytes_are_refused(body):
    subject = Fake()
    with pytest.raises(ContractChanged):
        subject.connector.parse(subject.raw(body))


def test_an_empty_delivery_holds_nothing():
    subject = Fake()
    assert subject.connector.parse(subject.raw(b"\n\n")) == []
