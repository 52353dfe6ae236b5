"""What proves a switchboard's call, any of three. Pure.

``Authorization: Bearer <token>``, for those that can only set a header;
``X-Hearwell-Signature: sha256=<hex of HMAC-SHA256(token, timestamp + "." + body)>`` beside
``X-Hearwell-Timestamp`` (seconds), which vouches for every byte; and Twilio's own signature.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from hearwell.connect import formsig
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.kit.numbers import whole_number

SIGNATURE, TIMESTAMP = "x-hearwell-signature", "x-hearwell-timestamp"
_BEARER: Final = "bearer "
_AGE_S: Final = 300
_DIGITS: Final = 12


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the ways holds. Who signs is not let in by less."""
    if SIGNATURE in raw.headers:
        _signed(raw, secrets)
    elif formsig.SIGNATURE in raw.headers:
        formsig.verify(raw, secrets)
    else:
        _borne(raw, secrets)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body at a time."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return "sha256=" + mac.hexdigest()


def _signed(raw: Raw, secrets: IngressSecrets) -> None:
    timestamp = raw.headers.get(TIMESTAMP, "")
    seconds = whole_number(timestamp, digits=_DIGITS)
    if seconds is None or abs(raw.received_at.timestamp() - seconds) > _AGE_S:
        raise BadSignature
    given = raw.headers[SIGNATURE].encode("utf-8", "replace")
    known = [signature(one, timestamp, raw.body).encode() for one in secrets.signing if one]
    _one_of(given, known)


def _borne(raw: Raw, secrets: IngressSecrets) -> None:
    said = raw.headers.get("authorization", "")
    if not said.lower().startswith(_BEARER):
        raise BadSignature
    given = said[len(_BEARER) :].strip().encode("utf-8", "replace")
    _one_of(given, [one.encode() for one in secrets.signing if one])


def _one_of(given: bytes, known: list[bytes]) -> None:
    if not any([hmac.compare_digest(given, one) for one in known]):  # noqa: C419 -- the same time for all
        raise BadSignature
