"""Seventy mails as people, programs and robots write them, each read as a person would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hearwell.connect.model import InboundMessage, Receipt, Unknown
from hearwell.connectors.email import limited
from hearwell.connectors.email.fake import CUSTOMER, Fake
from hearwell.connectors.email.letter import dumped, loaded
from hearwell.connectors.email.reading import read
from hearwell.connectors.email.threads import key_of

MAILS = Path(__file__).parents[3] / "conformance/payloads/email"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "expected.yaml").read_text()
)
THREAD = key_of("first-mail@example.test", CUSTOMER)


def _mail(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def _message(name: str) -> InboundMessage:
    fake = Fake()
    (item,) = fake.connector.parse(fake.raw(_mail(name)))
    assert isinstance(item, InboundMessage)
    return item


def test_every_mail_is_expected_and_every_expected_mail_is_there() -> None:
    assert sorted(path.stem for path in MAILS.glob("*.eml")) == sorted(EXPECTED)
    assert len(EXPECTED) > 40


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_says_what_its_reader_would_see(name: str) -> None:
    fake = Fake()
    (item,) = fake.connector.parse(fake.raw(_mail(name)))
    said: dict[str, Any]
    if isinstance(item, Receipt):
        said = {"receipt": item.state.value, "reason": item.reason}
    elif isinstance(item, Unknown):
        said = {"counted": item.type_name}
    else:
        assert isinstance(item, InboundMessage)
        said = _seen(item)
    assert said == EXPECTED[name]


def _seen(item: InboundMessage) -> dict[str, Any]:
    media = [f"{one.kind} {one.name}" for one in item.media]
    seen = {
        "subject": item.subject,
        "from": item.author.external_id,
        "name": item.author.name,
        "text": item.text,
        "folded": bool(item.full_text) or None,
        "authenticity": item.authenticity.value if item.authenticity else None,
        "needs_reply": item.needs_reply,
        "media": (media if len(media) < 5 else [media[0], f"{len(media)} in all"]) or None,
        "is_cut": item.is_cut or None,
    }
    return {name: value for name, value in seen.items() if value is not None}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_letter_crosses_into_the_child_and_back_unchanged(name: str) -> None:
    letter = read(_mail(name))
    assert loaded(dumped(letter)) == letter == limited.read(_mail(name))


@pytest.mark.parametrize("name", [name for name in EXPECTED if "folded" in EXPECTED[name]])
def test_nothing_that_is_folded_is_lost(name: str) -> None:
    item = _message(name)
    for line in item.text.splitlines():
        assert line in item.full_text
    assert len(item.full_text) > len(item.text)


@pytest.mark.parametrize(
    "name",
    [
        "gmail-reply-english", "gmail-html-only", "answer-to-the-plus-address", "away-english",
        "away-german", "away-french", "away-spanish", "away-italian", "away-japanese",
    ],
)  # fmt: skip
def test_what_the_customer_answers_comes_into_their_thread(name: str) -> None:
    assert _message(name).thread_key == THREAD


@pytest.mark.parametrize(
    "name", ["forged-sender", "stranger-in-the-thread", "web-form", "two-senders"]
)
def test_what_somebody_else_writes_does_not(name: str) -> None:
    """Though two of them know our signed Message-ID and name the customer as their sender."""
    assert _message(name).thread_key != THREAD


def test_a_forger_is_nobody_we_know() -> None:
    forged, real = _message("forged-sender"), _message("gmail-reply-english")
    assert forged.author.handle == real.author.handle
    assert forged.author.external_id != real.author.external_id


def test_a_stranger_cannot_vouch_for_themselves() -> None:
    """Anybody can write Authentication-Results; only the account's own server is believed."""
    assert _message("forged-verdict").authenticity is None


@pytest.mark.parametrize("name", ["bounce-postfix", "bounce-head-only", "bounce-qmail"])
def test_a_bounce_is_about_the_mail_that_we_sent(name: str) -> None:
    fake = Fake()
    (item,) = fake.connector.parse(fake.raw(_mail(name)))
    assert isinstance(item, Receipt)
    assert item.echo_key == "0199a000-0000-7000-8000-00000000000b"
    assert item.target_id == item.external_id
    assert item.thread_key == THREAD


def test_two_mails_with_the_id_that_everybody_uses_are_two() -> None:
    first = _message("id-that-everybody-uses")
    fake = Fake()
    other = _mail("id-that-everybody-uses").replace(b"order 78", b"order 79")
    (second,) = fake.connector.parse(fake.raw(other))
    assert first.external_id != second.external_id
    assert first.external_id.startswith("1@localhost>")


def test_attachments_know_where_they_lie() -> None:
    first, second = _message("iphone-with-photos").media
    assert first.ref == "imap:/INBOX;UIDVALIDITY=1/;UID=7/;SECTION=2#photos-1-iphone%40example.test"
    assert second.ref.endswith(";SECTION=4#photos-1-iphone%40example.test")
    assert (first.url, first.size) == ("", 12)
