"""Ten thousand mails that nobody would send: every one gives an item or a failure of the contract.

Most go straight to the reader, which a child would only slow down; a tenth go the whole way.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import InboundMessage
from hearwell.connectors.email.envelope import envelope_of, headers_of, place_from
from hearwell.connectors.email.fake import ADDRESS, Fake
from hearwell.connectors.email.fake_server import ago
from hearwell.connectors.email.letter import dumped, loaded
from hearwell.connectors.email.limits import MAX_PARTS, MAX_TEXT
from hearwell.connectors.email.reading import read
from hearwell.connectors.email.threads import Stamp
from tests.many import many

MAILS = [
    path.read_bytes()
    for path in sorted((Path(__file__).parents[3] / "conformance/payloads/email").glob("*.eml"))
    if path.stat().st_size < 8000
]
WORDS = [
    b"From: a@b.test\r\n", b"From:", b"To: =?utf-8?q?", b"?=", b"Subject: ", b"Content-Type: ",
    b"multipart/mixed; boundary=b\r\n", b"multipart/alternative; boundary=b\r\n",
    b"multipart/report; boundary=b; report-type=delivery-status\r\n", b"message/rfc822\r\n",
    b"message/delivery-status\r\n", b"text/html\r\n", b"text/plain; charset=", b"utf-7\r\n",
    b"iso-2022-jp\r\n", b"idna\r\n", b"hz\r\n", b"rot13\r\n", b"; format=flowed; delsp=yes\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n", b"Content-Disposition: attachment; filename*=",
    b"utf-8''%zz%e2", b"\r\n\r\n", b"\n\n", b"\r\n", b"--b\r\n", b"--b--\r\n", b"<", b">", b"<!--",
    b"<blockquote type=cite>", b"</div>", b"&#x110000;", b"> ", b"-- \r\n", b"=E2=82=", b"====",
    b"\x00", b"\xff\xfe", b"\x1b$B", b"Date: Mon, 99 Foo 0000 99:99:99 +9999\r\n",
    b"Message-ID: <", b"References: <a@b> <c@d>\r\n", b"Received: x; ", b"Action: failed\r\n",
    b"Authentication-Results: mx.northwind.test; dmarc=pass\r\n", b"Return-Path: <>\r\n",
]  # fmt: skip

PIECES = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=12)), max_size=30)
QUICK = many(500)


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with some stretches cut out, doubled or replaced."""
    mail = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(mail)))
        end = min(len(mail), at + draw(st.integers(0, 40)))
        what = draw(st.sampled_from([b"", mail[at:end] * 2, *WORDS]))
        mail = mail[:at] + what + mail[end:]
    return mail


def _holds(mail: bytes) -> None:
    letter = read(mail)
    assert loaded(dumped(letter)) == letter
    assert len(letter.full_text) <= MAX_TEXT + 2
    assert len(letter.attachments) <= MAX_PARTS
    for one in letter.attachments:
        assert one.name
        assert not set(one.name) & set("/\\\0\n\r")
        assert not one.name.startswith(".")
    for box in (letter.sender, *letter.to, *letter.cc, *letter.reply_to):
        assert not set(box.address) & set(" <>\r\n\0")


@pytest.mark.parametrize("part", range(9))
@settings(QUICK)
@given(mutants())
def test_a_mutant_is_read(part: int, mail: bytes) -> None:
    _holds(mail)


@pytest.mark.parametrize("part", range(9))
@settings(QUICK)
@given(PIECES)
def test_a_patchwork_is_read(part: int, pieces: list[bytes]) -> None:
    _holds(b"".join(pieces))


@pytest.mark.parametrize("make", [mutants(), PIECES.map(b"".join)], ids=["mutants", "patchwork"])
def test_any_mail_gives_one_item_or_is_refused(make: st.SearchStrategy[bytes]) -> None:
    fake = Fake()

    @settings(QUICK)
    @given(make, st.sampled_from(["inbox", "sent"]))
    def holds(mail: bytes, folder: str) -> None:
        raw = fake.raw(mail)
        headers = {**raw.headers, "x-mail-folder": folder}
        raw = type(raw)(raw.method, raw.url, headers, raw.body, raw.received_at)
        try:
            (item,) = fake.connector.parse(raw)
        except ContractChanged:
            return
        assert fake.connector.parse(raw) == [item]
        assert item.dedup_key
        assert item.account == ADDRESS
        if isinstance(item, InboundMessage):
            assert item.author.external_id
            assert item.thread_key

    holds()


HEADERS = [
    *headers_of(
        envelope_of(
            b"",
            account="a",
            folder="inbox",
            arrived_at=ago(0),
            stamp=Stamp("s"),
            trusted="t",
            forms=frozenset({"f"}),
            is_cut=True,
        )
    ),
    "x-mail-ours",
    "x-mail-invited",
    "x-mail-part",
]


@settings(QUICK)
@given(st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=60)), st.text(max_size=40))
def test_any_envelope_is_read_or_refused(headers: dict[str, str], url: str) -> None:
    """They are ours, yet a replay may meet what an older version of us wrote."""
    fake = Fake()
    raw = fake.raw(b"From: a@b.test\r\n\r\nHello")
    raw = type(raw)(raw.method, url, headers, raw.body, raw.received_at)
    try:
        items = fake.connector.parse(raw)
    except ContractChanged:
        return
    assert len(items) == 1


@given(st.text(max_size=80))
def test_any_address_is_a_place_or_none(url: str) -> None:
    place = place_from(url)
    assert place is None or place_from(place.url()) == place
