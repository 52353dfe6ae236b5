"""What proves a switchboard's call, any of three. Pure.

``Authorization: Bearer <token>``, for those that can only set a header;
``X-Hearwell-Signature: sha256=<hex of HMAC-SHA256(token, timestamp + "." + body)>`` beside
``X-Hearwell-Timestamp`` (seconds), which vouches for every byte; and Twilio's own signature.
"""

from __future__ import annotations

from typing import Final

from hearwell.connect import formsig, signed
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw

SIGNATURE, TIMESTAMP = "x-hearwell-signature", "x-hearwell-timestamp"
_BEARER: Final = "bearer "
_AGE_S: Final = 300


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
    message = timestamp.encode() + b"." + body
    return "sha256=" + signed.mac(secret, message).hex()


def _signed(raw: Raw, secrets: IngressSecrets) -> None:
    stamp = signed.stamp_in(raw, TIMESTAMP, _AGE_S)
    made_by = lambda secret: signature(secret, stamp, raw.body)  # noqa: E731
    signed.check(raw.headers[SIGNATURE], secrets.signing, made_by)


def _borne(raw: Raw, secrets: IngressSecrets) -> None:
    said = raw.headers.get("authorization", "")
    if not said.lower().startswith(_BEARER):
        raise BadSignature
    signed.check(said[len(_BEARER) :].strip(), secrets.signing, str)
