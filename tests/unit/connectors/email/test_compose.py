"""Our drafts as mail: what a mail program reads, and what nobody can smuggle in."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.attachments import Attachment
from hearwell.connect.model import Account, Audience, Author, Draft
from hearwell.connectors.email.compose import (
    problems,
    recipient_of,
    subject_of,
    text_of,
    written,
)
from hearwell.connectors.email.mailbox import Mailbox, Server
from hearwell.connectors.email.reading import read
from hearwell.connectors.email.threads import Stamp

BOX = Mailbox(
    address="support@northwind.test",
    user="support",
    imap=Server("imap.northwind.test", 993),
    smtp=Server("smtp.northwind.test", 465),
    name="Northwind Air",
)
ACCOUNT = Account("support@northwind.test")
STAMP = Stamp("secret")
KEY = "0199a000-0000-7000-8000-00000000000b"
AT = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
DRAFT = Draft(
    text="We have found it.",
    audience=Audience.PRIVATE,
    account="support@northwind.test",
    thread_key="abcdefghijklmnopqrst",
    parent_id="second-mail@example.test",
    root_id="first-mail@example.test",
    to=Author("lena@example.test", "lena@example.test", "Lena Hoff"),
    subject="My bag",
)


def _parsed(draft: Draft = DRAFT, box: Mailbox = BOX) -> EmailMessage:
    mail = written(box, STAMP, draft, KEY, AT).mail
    return cast("EmailMessage", email.message_from_bytes(mail, policy=email.policy.default))


def test_a_mail_program_reads_it() -> None:
    """The standard library's own, which shares no code with ours."""
    mail = _parsed()
    assert mail["From"] == "Northwind Air <support@northwind.test>"
    assert mail["To"] == "Lena Hoff <lena@example.test>"
    assert mail["Subject"] == "Re: My bag"
    assert mail["In-Reply-To"] == "<second-mail@example.test>"
    assert mail["References"].split() == ["<first-mail@example.test>", "<second-mail@example.test>"]
    assert mail["Date"].datetime == AT.replace(microsecond=0)
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert plain.get_content() == "We have found it."
    assert '<p dir="auto">We have found it.</p>' in html.get_content()
    assert not mail.defects


@pytest.mark.parametrize(
    "name",
    ["receipt.pdf", "Beleg für Lena 发票.pdf", 'a "quoted" 100% \\ name.pdf', "a\r\nBcc: x@y.test"],
)
def test_files_come_after_the_words_and_are_saved_under_their_names(name: str) -> None:
    body = b"%PDF-1.7\r\n.\r\n--boundary\x00\xff" * 50
    file = Attachment("application/pdf", name, len(body), body=body)
    mail = _parsed(replace(DRAFT, media=(file, replace(file, name="two.pdf"))))
    assert mail.get_content_type() == "multipart/mixed"
    words, one, two = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert [part.get_content() for part in (one, two)] == [body, body]
    assert one.get_content_disposition() == "attachment"
    assert two.get_filename() == "two.pdf"
    plain = "".join(char for char in name if char.isprintable())
    if plain.isascii():
        plain = plain.translate(str.maketrans({'"': "'", "\\": "_", "%": "_"}))
    assert one.get_filename() == plain
    assert "Bcc" not in mail
    assert not mail.defects


def test_a_person_answers_so_nothing_says_that_a_machine_does() -> None:
    names = {name.lower() for name in _parsed()}
    assert not names & {"auto-submitted", "precedence", "x-auto-response-suppress", "list-id"}


def test_the_same_draft_and_key_is_the_same_mail() -> None:
    first = written(BOX, STAMP, DRAFT, KEY, AT)
    again = written(BOX, STAMP, DRAFT, KEY, AT.replace(hour=17))
    assert first.message_id == again.message_id
    assert written(BOX, STAMP, DRAFT, KEY, AT).mail == first.mail
    assert f"Message-ID: <{first.message_id}>\r\n".encode() in first.mail
    other = written(BOX, STAMP, DRAFT, KEY.replace("b", "c"), AT)
    assert other.message_id != first.message_id


_ANYTHING = st.text(
    alphabet=st.sampled_from("abcé日🧳\r\n\t\0\x0b\x85\u2028 \"'\\<>@,;:=?._-()[]&+"), max_size=60
)


@given(_ANYTHING, _ANYTHING, _ANYTHING, _ANYTHING, _ANYTHING)
def test_no_value_adds_a_header(name: str, subject: str, parent: str, text: str, ours: str) -> None:
    draft = replace(
        DRAFT, subject=subject, parent_id=parent, root_id=parent, text=text,
        to=Author("lena@example.test", "", name),
    )  # fmt: skip
    box = replace(BOX, name=ours, takes_plus=True)
    mail = written(box, STAMP, draft, KEY, AT).mail
    head, _, _ = mail.partition(b"\r\n\r\n")
    fields = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert set(fields) <= {
        b"Date", b"From", b"To", b"Reply-To", b"Subject", b"Message-ID", b"In-Reply-To",
        b"References", b"MIME-Version", b"Content-Type",
    }  # fmt: skip
    assert len(fields) == len(set(fields))
    assert mail.isascii()
    assert all(len(line) < 998 for line in mail.split(b"\r\n"))
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert b"\r" not in mail.replace(b"\r\n", b"")
    letter = read(mail)
    assert [box.address for box in letter.to] == ["lena@example.test"]
    assert letter.sender.address == BOX.address


@given(st.text(max_size=300))
def test_the_text_arrives_as_it_was_written(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    mail = _parsed(replace(DRAFT, text=text))
    part = next(iter(mail.iter_parts()))
    got = part.get_payload(decode=True)
    assert isinstance(got, bytes)
    expected = plain.encode("utf-8", "replace").replace(b"\n", b"\r\n")
    assert got.rstrip(b"\r\n") == expected.rstrip(b"\r\n")


@pytest.mark.parametrize(
    "text", ["Grüße", "荷物が届きました。" * 40, "x" * 3000, "a\n.\nb", "é" * 900]
)
def test_every_script_and_line_passes(text: str) -> None:
    part = next(iter(_parsed(replace(DRAFT, text=text)).iter_parts()))
    assert part.get_content().rstrip("\n").replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    ("original", "subject"),
    [
        ("My bag", "Re: My bag"),
        ("Re: My bag", "Re: My bag"),
        ("AW: Re: RE: Mein Koffer", "Re: Mein Koffer"),
        ("回复：行李", "Re: 行李"),
        ("SV: Re[2]: Väska", "Re: Väska"),
        ("Reise: Rom", "Re: Reise: Rom"),
        ("Your software: it hangs", "Re: Your software: it hangs"),
        ("", "Re:"),
        ("a\r\nBcc: x@y.test", "Re: a Bcc: x@y.test"),
    ],
)
def test_the_subject_is_answered_once(original: str, subject: str) -> None:
    assert subject_of(original) == subject


def test_the_signature_is_put_below_once() -> None:
    signed = text_of("Hello", "Northwind Air\nhttps://northwind.test")
    assert signed == "Hello\n\n-- \nNorthwind Air\nhttps://northwind.test"
    assert text_of(signed, "Northwind Air\nhttps://northwind.test") == signed
    assert read(written(replace(BOX, signature="N. Air"), STAMP, DRAFT, KEY, AT).mail).text == (
        "We have found it."
    )


def test_links_in_html_lead_where_they_say() -> None:
    text = 'See https://a.test/?x=1&y="z" and <b>https://b.test/.'
    _, html = _parsed(replace(DRAFT, text=text)).iter_parts()
    shown = html.get_content()
    assert '<a href="https://a.test/?x=1&amp;y=">https://a.test/?x=1&amp;y=</a>' in shown
    assert '<a href="https://b.test/">https://b.test/</a>.' in shown
    assert "<b>" not in shown


def test_an_address_in_other_letters_goes_out_in_the_letters_of_the_net() -> None:
    draft = replace(DRAFT, to=Author("post@straße.test", "", "Jürgen"))
    mail = written(BOX, STAMP, draft, KEY, AT)
    assert mail.recipient == "post@xn--strae-oqa.test"
    assert b"<post@xn--strae-oqa.test>" in mail.mail


def test_a_plus_address_where_the_mailbox_takes_one() -> None:
    assert _parsed()["Reply-To"] is None
    plus = _parsed(box=replace(BOX, takes_plus=True))["Reply-To"]
    assert STAMP.invitations_in(plus)[0][0] == DRAFT.thread_key
    long = replace(BOX, address=f"{'x' * 40}@northwind.test", takes_plus=True)
    assert _parsed(box=long)["Reply-To"] is None


def test_a_mail_without_an_id_is_answered_without_naming_it() -> None:
    draft = replace(DRAFT, parent_id=">abc", root_id="1@localhost>abc")
    assert _parsed(draft)["In-Reply-To"] == "<1@localhost>"
    assert _parsed(replace(draft, root_id=">abc"))["References"] is None


@pytest.mark.parametrize(
    ("changes", "code", "blocking"),
    [
        ({"account": "other@northwind.test"}, "not_allowed", True),
        ({"to": None}, "target_gone", True),
        ({"to": Author("unknown")}, "target_gone", True),
        ({"to": Author("lena@example.test\r\nRCPT TO:<x@y.test>")}, "target_gone", True),
        ({"to": Author("a b@example.test")}, "target_gone", True),
        ({"to": Author("support@northwind.test")}, "not_allowed", True),
        ({"text": " \n"}, "refused", True),
        ({"text": "x" * 50_001}, "too_long", True),
        ({"media": (Attachment("image/png", "x.png", 18_000_001),)}, "media_rejected", True),
        ({"media": (Attachment("a/b", "x", 9_000_001),) * 2}, "media_rejected", True),
        ({"to": Author("unverified:lena@example.test")}, "unverified", False),
        ({"to": Author("no-reply@shop.test")}, "robot", False),
    ],
)
def test_what_would_stop_a_draft(changes: dict[str, object], code: str, blocking: bool) -> None:
    found = problems(ACCOUNT, replace(DRAFT, **changes))  # type: ignore[arg-type]
    assert [(one.code, one.blocking) for one in found] == [(code, blocking)]
    assert all(one.message for one in found)


def test_a_good_draft_is_not_stopped() -> None:
    assert problems(ACCOUNT, DRAFT) == []
    assert recipient_of(replace(DRAFT, to=Author("unverified:Lena@Example.test"))) == (
        "lena@example.test"
    )
