"""A mail out of a file: whose it is and when it came, by its head alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

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


# --- what is enclosed ---------------------------------------------------------------------------


def enclosing(*files: tuple[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lena@example.com", US, "My bag"
    mail["Message-ID"], mail["Date"] = "<a-long-number@example.com>", format_datetime(AT)
    mail.set_content("As you see.")
    for name, body in files:
        mail.add_attachment(body, maintype="image", subtype="png", filename=name)
    return mail.as_bytes()


def found_in(body: bytes, *, is_cut: bool = False) -> list[tuple[str, bytes | None]]:
    raw = CONNECTOR.filed(body, own=(US,), at=None, is_cut=is_cut)
    (item,) = CONNECTOR.parse(raw)
    assert isinstance(item, InboundMessage)
    return [(one.name, CONNECTOR.enclosed(raw, one.ref)) for one in item.media]


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=4))
def test_files_of_a_letter_are_their_bytes(bodies: list[bytes]) -> None:
    files = [(f"bag-{n}.png", body) for n, body in enumerate(bodies)]
    assert found_in(enclosing(*files)) == files


def test_of_a_cut_letter_only_whole_files_are_taken() -> None:
    files = [("one.png", b"1" * 900), ("two.png", b"2" * 900)]
    cut = enclosing(*files)[:-600]
    assert found_in(cut, is_cut=True) == [files[0], ("two.png", None)]


def test_every_encoding_and_a_mail_within_the_mail() -> None:
    parts = (
        "--x\nContent-Type: text/plain\n\nHello\n"
        "--x\nContent-Type: application/pdf; name=a.pdf\n"
        "Content-Transfer-Encoding: quoted-printable\n\n=25PDF=\n-1\n"
        "--x\nContent-Type: text/csv; name=b.csv\nContent-Transfer-Encoding: 8bit\n\na;b\n"
        "--x\nContent-Type: text/plain; name=c.txt\nContent-Transfer-Encoding: x-uuencode\n\n"
        "begin 644 c.txt\n#86)C\n`\nend\n"
        "--x\nContent-Type: message/rfc822\n\nSubject: Old\n\nText\n--x--\n"
    )
    head = f"From: lena@example.com\nTo: {US}\n{DATE}Content-Type: multipart/mixed; boundary=x\n\n"
    assert found_in((head + parts).encode()) == [
        ("a.pdf", b"%PDF-1"),
        ("b.csv", b"a;b"),
        ("c.txt", b"abc"),
        ("Old.eml", b"Subject: Old\n\nText"),
    ]


@pytest.mark.parametrize(
    "ref", ["", "filed:", "filed:0-99999999;", "filed:9-3;base64", "imap:/INBOX", "filed:1-2;rot13"]
)
def test_what_is_no_place_in_a_letter_has_no_bytes(ref: str) -> None:
    raw = CONNECTOR.filed(enclosing(), own=(US,), at=None)
    assert CONNECTOR.enclosed(raw, ref) in {None, raw.body[1:2]}
