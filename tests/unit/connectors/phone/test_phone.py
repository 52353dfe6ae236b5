"""Calls of switchboards: the documented examples as they stand, proofs, numbers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from hearwell.connect.connecting import FieldRefused
from hearwell.connect.failures import BadSignature, ContractChanged
from hearwell.connect.model import InboundMessage, IngressSecrets, Raw, Unknown
from hearwell.connectors.phone.connector import PhoneConnector
from hearwell.connectors.phone.signing import SIGNATURE, TIMESTAMP, signature
from hearwell.kit.e164 import e164

TOKEN = "a-long-token-of-the-pbx"
URL = "https://care.example/hooks/HOOK?line=%2B493012345678&country=49"
SECRETS = IngressSecrets((TOKEN,))
PHONE = PhoneConnector()
DOC = Path(__file__).parents[4] / "docs/how-to/connect-phone.md"
_FENCES = re.compile(r"^```(form|json)\n(.*?)\n```", re.MULTILINE | re.DOTALL)
CALL = {"id": "1", "direction": "in", "from": "+351912345678", "outcome": "missed"}
POSTED = _FENCES.findall(DOC.read_text("utf-8"))
KINDS = {"form": "application/x-www-form-urlencoded", "json": "application/json"}


def raw(body: bytes, kind: str = "json", **headers: str) -> Raw:
    return Raw("POST", URL, {"content-type": KINDS[kind], **headers}, body, datetime.now(UTC))


def test_every_documented_example_is_heard() -> None:
    assert len(POSTED) == 3
    for kind, body in POSTED:
        one = raw(body.encode(), kind, authorization=f"Bearer {TOKEN}")
        PHONE.verify(one, SECRETS)
        items = PHONE.parse(one)
        first = items[0]
        assert isinstance(first, InboundMessage)
        assert first.account == "+493012345678"
        assert first.author.handle in {"+49301234567", "+4930765432"}
        assert PHONE.route(one) == ["+493012345678"]
        assert len(items) == (1 if "NOANSWER" in body else 2)


def test_the_provider_signs_its_own() -> None:
    body = POSTED[2][1]
    signed = RequestValidator(TOKEN).compute_signature(URL, dict(parse_qsl(body)))
    PHONE.verify(raw(body.encode(), "form", **{"x-twilio-signature": signed}), SECRETS)
    (theirs, _) = PHONE.parse(raw(body.encode(), "form"))
    assert isinstance(theirs, InboundMessage)
    assert (theirs.permalink or "").startswith("https://api.twilio.com/")


def test_an_old_signature_is_refused() -> None:
    for minutes, is_good in ((0, True), (4, True), (6, False), (-6, False)):
        seconds = str(int((datetime.now(UTC) - timedelta(minutes=minutes)).timestamp()))
        proof = {TIMESTAMP: seconds, SIGNATURE: signature(TOKEN, seconds, b"{}")}
        if is_good:
            PHONE.verify(raw(b"{}", **proof), SECRETS)
        else:
            with pytest.raises(BadSignature):
                PHONE.verify(raw(b"{}", **proof), SECRETS)


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic eA=="])
def test_no_token_no_entry(said: str) -> None:
    with pytest.raises(BadSignature):
        PHONE.verify(raw(b"{}", authorization=said), SECRETS)
    with pytest.raises(BadSignature):
        PHONE.verify(raw(b"{}", authorization="Bearer "), IngressSecrets(("",)))


def test_a_call_that_goes_on_says_nothing_yet() -> None:
    (item,) = PHONE.parse(raw(b'{"CallSid":"CA1","CallStatus":"ringing","To":"+493012345678"}'))
    assert isinstance(item, Unknown)


def test_a_call_of_ours_in_vain_is_an_attempt() -> None:
    body = b'{"id":"1","direction":"out","to":"+351912345678","outcome":"busy"}'
    (item,) = PHONE.parse(raw(body))
    assert isinstance(item, InboundMessage)
    assert (item.is_echo, item.is_attempt) == (True, True)


def test_a_short_token_is_refused() -> None:
    given = {"number": "+493012345678", "token": "short", "provider_token": ""}
    with pytest.raises(FieldRefused):
        PHONE.connect(given)
    made = PHONE.connect(given | {"token": TOKEN, "provider_token": "theirs"})
    assert made.ingress == IngressSecrets((TOKEN, "theirs"))


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [("+49 30 1234567", "", "+49301234567"), ("0049301234567", "", "+49301234567"),
     ("+49 (0)30 1234567", "", "+49301234567"), ("030/123 45-67", "49", "+49301234567"),
     ("912 345 678", "351", "+351912345678"), ("1 (500) 555-0006", "1", "+15005550006"),
     ("06 698 12345", "+39", "+390669812345"), ("tel:+351912345678;ext=9", "", "+351912345678"),
     ("sip:+351912345678@pbx.example", "", "+351912345678"), ("030 1234567", "", None),
     ("", "49", None), ("+0123456789", "", None), ("+" + "1" * 16, "", None), ("x" * 999, "", None),
     ("\u0660\u0669\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "49", "+49912345678")],
)  # fmt: skip
def test_numbers_are_written_in_one_way(text: str, country: str, found: str | None) -> None:
    assert e164(text, country) == found


@pytest.mark.parametrize(
    "when", ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "0"]
)
def test_a_switchboard_whose_clock_is_wrong_loses_no_call(when: str) -> None:
    one = raw(json.dumps(CALL | {"started_at": when, "id": ""}).encode())
    (item,) = PHONE.parse(one)
    (again,) = PHONE.parse(replace(one, received_at=one.received_at + timedelta(hours=1)))
    assert item.occurred_at == one.received_at
    assert again.external_id == item.external_id


def test_a_clock_may_differ_a_little() -> None:
    soon = datetime.now(UTC) + timedelta(minutes=4)
    (item,) = PHONE.parse(raw(json.dumps(CALL | {"started_at": soon.isoformat()}).encode()))
    assert item.occurred_at == soon


@pytest.mark.parametrize("moved", [timedelta(minutes=-1), timedelta(days=1)])
def test_an_answer_is_not_before_its_call_nor_to_come(moved: timedelta) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=2)
    told = {"started_at": begun.isoformat(), "answered_at": (begun + moved).isoformat()}
    items = PHONE.parse(raw(json.dumps(CALL | told | {"outcome": "reached"}).encode()))
    assert [item.occurred_at for item in items] == [begun, begun]


@pytest.mark.parametrize("when", ["9" * 13, "9" * 5000, "2026-03-02T09:30:00", "yesterday"])
def test_what_is_no_time_is_said(when: str) -> None:
    with pytest.raises(ContractChanged, match="started_at"):
        PHONE.parse(raw(json.dumps(CALL | {"started_at": when}).encode()))


def test_no_call_of_a_long_list_is_lost_without_a_word() -> None:
    many = [CALL | {"id": str(n)} for n in range(501)]
    assert len(PHONE.parse(raw(json.dumps({"calls": many[:500]}).encode()))) == 500
    with pytest.raises(ContractChanged, match="500"):
        PHONE.parse(raw(json.dumps({"calls": many}).encode()))


@pytest.mark.parametrize(
    "number",
    ["anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "+266696687", "+7378742833",
     "+2562533", "+8656696", "+86282452253", "<sip:anonymous@pbx.example>"],
)  # fmt: skip
def test_hidden_numbers_are_nobody_s(number: str) -> None:
    (item,) = PHONE.parse(raw(json.dumps(CALL | {"from": number}).encode()))
    assert isinstance(item, InboundMessage)
    assert (item.author.external_id, item.author.handle) == ("tel:withheld:1", "")


@pytest.mark.parametrize("country", ["49", "+49", "0049", " 49 ", "٤٩", "+٤٩"])
def test_the_calling_code_is_taken_in_any_notation(country: str) -> None:
    assert e164("030 1234567", country) == "+49301234567"


@pytest.mark.parametrize("said", ["3:12", "٣:١٢", "192", "１９２"])
def test_how_long_is_taken_in_any_digits(said: str) -> None:
    told = CALL | {"outcome": "voicemail", "duration_s": said}
    (item,) = PHONE.parse(raw(json.dumps(told).encode()))
    assert isinstance(item, InboundMessage)
    assert "3:12" in item.text
