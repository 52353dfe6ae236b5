"""Who calls, and who we are when LinkedIn asks: against OpenSSL, which shares no code with us."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connectors.linkedin import signing

SECRET = "s3cret-of-the-app"
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
SECRETS = IngressSecrets((SECRET,), challenge=SECRET)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def by_openssl(said: bytes) -> str:
    command = ["openssl", "dgst", "-sha256", "-hmac", SECRET, "-hex"]
    done = subprocess.run(command, input=said, capture_output=True, check=True)
    return done.stdout.decode().rpartition(" ")[2].strip()


def asked(query: str, method: str = "GET") -> Raw:
    return Raw(method, f"https://care.example/hooks/li{query}", {}, b"", NOW)


def called(body: bytes, signature: str) -> Raw:
    return Raw("POST", "https://care.example/hooks/li", {signing.HEADER: signature}, body, NOW)


def test_the_signature_is_that_of_openssl() -> None:
    body = '{"text": "Gepäck \\u00e9 / <b>"}'.encode()
    signing.verify(called(body, by_openssl(b"hmacsha256=" + body)), SECRETS)
    signing.verify(called(body, "hmacsha256=" + by_openssl(b"hmacsha256=" + body)), SECRETS)
    with pytest.raises(BadSignature):
        signing.verify(called(body, by_openssl(body)), SECRETS)


def test_the_challenge_is_answered_in_json() -> None:
    answer = signing.challenge(asked(f"?challengeCode={CODE}"), SECRETS)
    assert answer is not None
    assert answer.content_type == "application/json"
    expected = {"challengeCode": CODE, "challengeResponse": by_openssl(CODE.encode())}
    assert json.loads(answer.body) == expected


def test_it_is_answered_with_the_app_s_secret_whatever_the_house_has_made_since() -> None:
    rotated = replace(SECRETS, signing=("made by the house", SECRET))
    assert signing.challenge(asked(f"?challengeCode={CODE}"), rotated) == signing.challenge(
        asked(f"?challengeCode={CODE}"), SECRETS
    )


def test_nobody_has_us_sign_a_delivery_of_theirs() -> None:
    """The body of a forged delivery as a challenge: its answer would be the signature."""
    forged = "hmacsha256=%7B%22notifications%22%3A%5B%5D%7D"
    for code in (forged, "x", CODE + "%0A", CODE[:-1]):
        with pytest.raises(BadSignature):
            signing.challenge(asked(f"?challengeCode={code}"), SECRETS)


@pytest.mark.parametrize("raw", [asked(""), asked("?a=b"), asked(f"?challengeCode={CODE}", "POST")])
def test_what_is_no_challenge_gets_no_answer(raw: Raw) -> None:
    assert signing.challenge(raw, SECRETS) is None


def test_without_a_secret_there_is_no_answer() -> None:
    with pytest.raises(BadSignature):
        signing.challenge(asked(f"?challengeCode={CODE}"), IngressSecrets(()))
