"""Mail on the screen: subject, what is folded, who is to be believed, where it may belong."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.connect.model import InboundMessage
from hearwell.connectors.email.fake import ADDRESS, Fake, mail
from hearwell.conversations.models import Message
from hearwell.inbox.intake import take_in
from hearwell.web.components.thread import folded

MAILS = Path(__file__).parents[1] / "conformance/payloads/email"


@pytest.fixture
def mailbox(workspace) -> Channel:
    return connect_channel(
        workspace_id=workspace.id,
        network="email",
        handle=ADDRESS,
        external_id=ADDRESS,
        brand="Northwind Air",
        settings={"address": ADDRESS, "imap_host": "imap.x.test", "smtp_host": "smtp.x.test"},
    )


def _come(mailbox: Channel, *bodies: bytes) -> list[Message]:
    """Take mails in as the worker does; returns what was new."""
    fake, fresh = Fake(), []
    for body in bodies:
        (item,) = fake.connector.parse(fake.raw(body))
        assert isinstance(item, InboundMessage)
        fresh += take_in(mailbox, [item])
    return fresh


def _page(client, message: Message) -> str:
    response = client.get(f"/c/{message.case_id}/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def _from_corpus(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def test_a_mail_shows_its_subject_and_folds_what_it_quotes(owner, mailbox) -> None:
    (message,) = _come(mailbox, _from_corpus("gmail-reply-english"))
    page = _page(owner, message)
    assert '<p class="subject" dir="auto">Re: My bag</p>' in page
    said = re.search(r'<div class="b"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert said
    assert "LIS 4711" in said[1]
    assert "Is it blue?" not in said[1]
    quoted = re.search(r"Show quoted text</summary>(.*?)</details>", page, re.DOTALL)
    assert quoted
    assert "Is it blue?" in quoted[1]
    assert "LIS 4711" not in quoted[1]


def test_a_subject_is_shown_again_only_when_it_changes(owner, mailbox) -> None:
    (first, *_) = _come(
        mailbox,
        mail("one", message_id="subject-one@x.test", subject="My bag"),
        mail("two", message_id="subject-two@x.test", subject="AW: My bag",
             answers=("subject-one@x.test",)),
        mail("three", message_id="subject-three@x.test", subject="My refund",
             answers=("subject-one@x.test",)),
    )  # fmt: skip
    assert re.findall(r'class="subject"[^>]*>(.*?)<', _page(owner, first)) == [
        "My bag",
        "My refund",
    ]


def test_who_is_believed_is_said_and_who_is_not_stands_out(owner, mailbox) -> None:
    proven, forged = _come(
        mailbox, _from_corpus("gmail-reply-english"), _from_corpus("forged-sender")
    )
    assert "Sender verified (dkim=pass spf=pass dmarc=pass)" in _page(owner, proven)
    page = _page(owner, forged)
    assert "Probably not from lena@example.test" in page
    assert "Sender disowned" in page
    assert "Probably not" not in _page(owner, proven)


def test_attachments_are_named_and_weighed(owner, mailbox) -> None:
    (message,) = _come(mailbox, _from_corpus("names-of-files-rfc2231"))
    page = _page(owner, message)
    assert "Rechnung für München und Rom.pdf (9\xa0bytes)" in page
    assert "Picture: Kratzer am Koffer" in page


def test_a_mail_that_was_cut_says_so(owner, mailbox) -> None:
    (message,) = _come(mailbox, _from_corpus("bomb-a-thousand-parts"))
    assert "Only a part of it could be taken in" in _page(owner, message)


def test_a_mail_to_others_too_says_to_whom(owner, mailbox) -> None:
    to = f"{ADDRESS}, Tom <tom@x.test>"
    (message,) = _come(mailbox, mail("hello", message_id="to-others@x.test", to=to))
    assert f"to {ADDRESS} and tom@x.test" in _page(owner, message)


def test_a_stranger_who_answers_is_led_to_the_case_and_not_put_into_it(owner, mailbox) -> None:
    first, stranger = _come(
        mailbox,
        mail("one", message_id="first-of-all@x.test"),
        mail("It is me.", message_id="other-address@y.test", sender="lena.hoff@y.test",
             answers=("first-of-all@x.test",)),
    )  # fmt: skip
    page = _page(owner, stranger)
    assert f'href="/c/{first.case_id}/"' in page
    assert "It answers a mail there." in page
    assert "It answers a mail there." not in _page(owner, first)


def test_the_same_sender_and_subject_is_only_a_suggestion(owner, mailbox) -> None:
    first, second = _come(
        mailbox,
        mail("one", message_id="same-subject-1@x.test", subject="My bag"),
        mail("two", message_id="same-subject-2@x.test", subject="Re: my bag"),
    )
    assert first.case_id != second.case_id
    assert "Same sender, same subject." in _page(owner, second)
    (other,) = _come(mailbox, mail("three", message_id="other-subject@x.test", subject="Seats"))
    assert "Same sender, same subject." not in _page(owner, other)


def test_a_page_of_mail_keeps_its_budget(owner, mailbox, budget) -> None:
    _, stranger = _come(
        mailbox,
        mail("one", message_id="first-of-all@x.test"),
        mail("It is me.", message_id="other-address@y.test", sender="lena.hoff@y.test",
             answers=("first-of-all@x.test",)),
    )  # fmt: skip
    _page(owner, stranger)
    with budget(12):
        _page(owner, stranger)


def test_nothing_of_a_mail_is_markup(owner, mailbox) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    body = mail(
        evil, message_id="evil-markup@x.test", subject=evil, sender=f'"{evil}" <eve@x.test>'
    ).replace(b"text/plain", b"text/plain; name-is-not=here")
    (message,) = _come(mailbox, body)
    page = owner.get(f"/c/{message.case_id}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_rest_is_what_the_new_part_is_not() -> None:
    whole = "One\n\nTwo\n\n> Two\n> old\n\n-- \nLena"
    assert folded("One\n\nTwo", whole) == "> Two\n> old\n\n-- \nLena"
    assert folded("Two", "> q\n\nTwo") == "> q"
    assert folded("x", "x") == ""
