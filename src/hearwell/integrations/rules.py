"""How webhooks are signed and when they are tried again. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

VERSION: Final = 1
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
ROTATION: Final = timedelta(hours=24)
# Twelve attempts over some 71 hours.
DELAYS_S: Final = (5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 86_400)
MOST_ATTEMPTS: Final = len(DELAYS_S) + 1
GIVE_UP_AFTER: Final = timedelta(hours=76)
# An address that fails is called again at least this often, whatever waits longer.
LONGEST_PAUSE_S: Final = 600
OFF_AFTER: Final = timedelta(days=7)
# What waited for an address that was away this long goes as soon as it is back.
AWAY_AFTER: Final = timedelta(minutes=5)
JITTER: Final = 0.2
LONGEST_RETRY_AFTER_S: Final = 3600


class BadSecretError(ValueError):
    """The text is not a secret of ours."""


def made_secret() -> str:
    """Return a new secret as the Standard Webhooks specification writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,…`` for one secret (Standard Webhooks 1.0, symmetric). Raises BadSecretError."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "not base64 after whsec_"
        raise BadSecretError(message) from error
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    mac = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def headers(keys: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers; one signature a secret, the newest first."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message_id, timestamp, body) for key in keys),
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. `error` is empty, or why there was no answer."""

    status: int | None
    error: str = ""
    answer: str = ""
    took_ms: int = 0
    retry_after_s: int = 0

    @property
    def is_delivered(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    @property
    def is_gone(self) -> bool:
        """410: the receiver wants no more."""
        return self.status == 410  # noqa: PLR2004

    @property
    def is_refusal(self) -> bool:
        """Only this notice was refused: the address is well and may want the next."""
        return (
            self.status is not None
            and 400 <= self.status < 500  # noqa: PLR2004
            and self.status not in (408, 425, 429)
        )


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the notice waits, and how long its address; seconds."""

    notice_s: float
    address_s: float


def waits(outcome: Outcome, attempts: int, failures: int, chance: float) -> Waits:
    """Return the pauses after a failure.

    ``attempts`` of this notice and ``failures`` in a row of its address count this one;
    ``chance`` in [0, 1) is the jitter. While both are alike, the notice keeps its place: its pause
    ends with the address's. A refused one lets the next pass at once, an old one after some
    thirteen minutes, so that no single notice stops all others.
    """
    factor = 1 - JITTER + 2 * JITTER * chance
    step = attempts - 1 + outcome.is_refusal
    notice = DELAYS_S[min(step, len(DELAYS_S) - 1)] * factor
    address = min(DELAYS_S[min(failures, len(DELAYS_S)) - 1], LONGEST_PAUSE_S) * factor
    asked = min(outcome.retry_after_s, LONGEST_RETRY_AFTER_S)
    return Waits(max(notice, asked), max(address, asked))
