"""Webhooks are Harbour's or they are refused."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connectors.sandbox.connector import SandboxConnector

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONNECTOR = SandboxConnector()
SECRETS = IngressSecrets(("new", "old"), challenge="let me in")


def _raw(secret: str = "new", at: datetime = NOW, body: bytes = b"{}") -> Raw:  # noqa: S107 -- invented
    timestamp = str(int(at.timestamp()))
    # Written out, not borrowed from the product: an oracle of its own.
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    headers = {
        "x-harbour-timestamp": timestamp,
        "x-harbour-signature": f"v1={mac.hexdigest()}",
    }
    return Raw("POST", "https://x/hooks/1", headers, body, NOW)


@pytest.mark.parametrize("secret", ["new", "old"])
def test_both_secrets_of_a_rotation_are_good(secret: str) -> None:
    CONNECTOR.verify(_raw(secret), SECRETS)


@pytest.mark.parametrize("off", [-299, 299])
def test_a_little_late_or_early_is_good(off: int) -> None:
    CONNECTOR.verify(_raw(at=NOW + timedelta(seconds=off)), SECRETS)


@pytest.mark.parametrize(
    "raw",
    [
        _raw("older"),
        _raw(""),
        _raw(at=NOW - timedelta(seconds=301)),
        _raw(at=NOW + timedelta(seconds=301)),
        replace(_raw(), body=b"{ }"),
        replace(_raw(), headers={}),
        replace(_raw(), headers={**_raw().headers, "x-harbour-timestamp": "now"}),
        replace(_raw(), headers={**_raw().headers, "x-harbour-timestamp": "9" * 400}),
        replace(_raw(), headers={**_raw().headers, "x-harbour-timestamp": "²"}),
        replace(_raw(), headers={**_raw().headers, "x-harbour-signature": "v1=\udc80"}),
    ],
    ids=range(10),
)
def test_all_else_is_refused(raw: Raw) -> None:
    with pytest.raises(BadSignature):
        CONNECTOR.verify(raw, SECRETS)


def test_an_empty_secret_opens_nothing() -> None:
    with pytest.raises(BadSignature):
        CONNECTOR.verify(_raw(""), IngressSecrets(("",)))


def test_the_handshake() -> None:
    url = "https://x/hooks/1?harbour.challenge=abc&harbour.token="
    answer = CONNECTOR.challenge(Raw("GET", url + "let+me+in", {}, b"", NOW), SECRETS)
    assert answer is not None
    assert answer.body == b"abc"
    with pytest.raises(BadSignature):
        CONNECTOR.challenge(Raw("GET", url + "please", {}, b"", NOW), SECRETS)
    with pytest.raises(BadSignature):
        CONNECTOR.challenge(Raw("GET", url, {}, b"", NOW), IngressSecrets(("new",)))
    assert CONNECTOR.challenge(_raw(), SECRETS) is None
