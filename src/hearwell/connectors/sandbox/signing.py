"""Proof that a webhook came from Harbour: HMAC-SHA256 over time stamp and raw body.

``X-Harbour-Signature: v1=<hex of HMAC(secret, timestamp + "." + body)>`` beside
``X-Harbour-Timestamp: <epoch seconds>``. During a rotation two secrets are good. A delivery more
than five minutes from our clock is refused: a recorded one cannot be played again later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect import signed
from hearwell.connectors.sandbox.manifest import REPLAY_WINDOW_S

if TYPE_CHECKING:
    from hearwell.connect.model import IngressSecrets, Raw

TIMESTAMP, SIGNATURE = "x-harbour-timestamp", "x-harbour-signature"


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """The header's value for this body at this time."""
    message = timestamp.encode() + b"." + body
    return "v1=" + signed.mac(secret, message).hex()


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the secrets made this signature, just now."""
    stamp = signed.stamp_in(raw, TIMESTAMP, REPLAY_WINDOW_S)
    given = raw.headers.get(SIGNATURE, "")
    signed.check(given, secrets.signing, lambda secret: signature_of(secret, stamp, raw.body))
