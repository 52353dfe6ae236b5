"""A mail out of a file: whose it is and when it came, by its head alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import InboundMessage, Source
from hearwell.connectors.email.connector import EmailConnector

US, INFO = "support@northwind.example", "info@northwind.example"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DATE = "Date: Mon, 02 Mar 2026 10:00:00 +0100\n"
CONNECTOR = EmailConnector()


def read(head: str, *own: str, at: datetime | None = None) -> InboundMessage:
    body = f"Message-ID: <a-long-number@example.com>\n{head}\nHello\n".encode()
    raw = CONNECTOR.filed(body, own=own or (US,), at=at)
    assert raw.source is Source.IMPORT
    (item,) = CONNECTOR.parse(raw)
    assert isinstance(item, InboundMessage)
    return item


def test_what_we_wrote_is_ours_and_what_we_got_is_theirs() -> None:
    ours = read(f"From: Mara <{US.upper()}>\nTo: lena@example.com\n{DATE}")
    theirs = read(f"From: lena@example.com\nTo: {US}\n{DATE}")
    assert (ours.is_echo, ours.account) == (True, US)
    assert (theirs.is_echo, theirs.account) == (False, US)
    # What we write to Lena and what she writes to us below one mail is one conversation.
    assert ours.thread_key == theirs.thread_key
    assert ours.occurred_at == theirs.occurred_at == AT


@pytest.mark.parametrize(
    ("head", "own", "account"),
    [
        (f"To: {INFO}, {US}\n", (US, INFO), INFO),
        (f"Delivered-To: {US}\nTo: {INFO}\n", (US, INFO), US),
        (f"To: x@example.com\nCc: {US}\n", (US, INFO), US),
        ("To: undisclosed-recipients:;\n", (US,), US),
        (f"To: {US}\n", (f" {US.title()} ",), US),
    ],
)
def test_whose_it_is(head: str, own: tuple[str, ...], account: str) -> None:
    assert read(f"From: lena@example.com\n{head}{DATE}", *own).account == account


@pytest.mark.parametrize(
    ("head", "at", "hour"),
    [
        (f"Received: from a by b; Mon, 2 Mar 2026 11:00:00 +0000\n{DATE}", None, 11),
        (f"Received: from a by b; some day\n{DATE}", AT, 9),
        ("Date: Mon, 02 Mar 2126 10:00:00 +0100\n", AT.replace(hour=7), 7),
        ("", AT.replace(hour=7), 7),
    ],
)
def test_when_it_came(head: str, at: datetime | None, hour: int) -> None:
    item = read(f"From: lena@example.com\nTo: {US}\n{head}", at=at)
    assert item.occurred_at == AT.replace(hour=hour)


@pytest.mark.parametrize(
    ("head", "own", "code"),
    [
        (f"From: lena@example.com\nTo: {US}\n", (US,), "time"),
        (f"From: lena@example.com\nTo: x@example.com\n{DATE}", (US, INFO), "not_ours"),
        (f"From: lena@example.com\nTo: x@example.com\n{DATE}", ("northwind",), "not_ours"),
    ],
)
def test_what_cannot_be_placed_says_why(head: str, own: tuple[str, ...], code: str) -> None:
    with pytest.raises(ContractChanged) as caught:
        read(head, *own)
    assert caught.value.network_code == code


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_filed_or_refused(body: bytes) -> None:
    try:
        raw = CONNECTOR.filed(body, own=(US,), at=AT)
    except ContractChanged:
        return
    assert raw.body == body
