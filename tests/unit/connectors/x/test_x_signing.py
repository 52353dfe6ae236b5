"""X's calls are proven by the app's key, and so are we."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connectors.x import signing

SECRETS = IngressSecrets(("key-1",), challenge="key-1")


def asked(token: str, method: str = "GET") -> Raw:
    url = f"https://care.example/hooks/x?crc_token={token}"
    return Raw(method, url, {}, b"", datetime.now(UTC))


def test_the_challenge_is_answered_as_openssl_would() -> None:
    answer = signing.challenge(asked("MGZi-token_1"), SECRETS)
    assert answer is not None
    digest = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "key-1", "-binary"],
        input=b"MGZi-token_1", capture_output=True, check=True,
    ).stdout  # fmt: skip
    encoded = subprocess.run(
        ["base64", "-w0"],
        input=digest,
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert json.loads(answer.body) == {"response_token": f"sha256={encoded}"}
    assert answer.content_type == "application/json"


def test_what_is_no_challenge_is_none() -> None:
    assert signing.challenge(asked(""), SECRETS) is None
    assert signing.challenge(asked("abc", "POST"), SECRETS) is None


@pytest.mark.parametrize("token", ["%7B%22data%22%3A1%7D", "a" * 300, "a%20b"])
def test_nobody_has_us_sign_a_delivery(token: str) -> None:
    with pytest.raises(BadSignature):
        signing.challenge(asked(token), SECRETS)


def test_a_challenge_without_a_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        signing.challenge(asked("abc"), IngressSecrets(()))


def test_the_very_bytes_are_signed() -> None:
    body = b'{"text":"Gr\\u00fc\\u00dfe \\/ <3"}'
    signed = {signing.HEADER: signing.signature_of("key-1", body)}
    raw = Raw("POST", "https://care.example/hooks/x", signed, body, datetime.now(UTC))
    signing.verify(raw, SECRETS)
    signing.verify(raw, IngressSecrets(("key-2", "key-1")))
    again = json.dumps(json.loads(body)).encode()
    with pytest.raises(BadSignature):
        signing.verify(replace(raw, body=again), SECRETS)
