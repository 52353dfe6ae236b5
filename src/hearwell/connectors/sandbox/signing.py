"""Proof that a webhook came from Harbour: HMAC-SHA256 over time stamp and raw body.

``X-Harbour-Signature: v1=<hex of HMAC(secret, timestamp + "." + body)>`` beside
``X-Harbour-Timestamp: <epoch seconds>``. During a rotation two secrets are good. A delivery more
than five minutes from our clock is refused: a recorded one cannot be played again later.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from hearwell.connect.failures import BadSignature
from hearwell.connectors.sandbox.manifest import REPLAY_WINDOW_S

if TYPE_CHECKING:
    from hearwell.connect.model import IngressSecrets, Raw

TIMESTAMP, SIGNATURE = "x-harbour-timestamp", "x-harbour-signature"


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """The header's value for this body at this time."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the secrets made this signature, just now."""
    timestamp = raw.headers.get(TIMESTAMP, "")
    given = raw.headers.get(SIGNATURE, "").encode("utf-8", "replace")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise BadSignature
    # Every secret is tried, so that the time taken does not tell which one fitted.
    fits = [
        hmac.compare_digest(signature_of(secret, timestamp, raw.body).encode(), given)
        for secret in secrets.signing
        if secret
    ]
    age_s = abs(raw.received_at.timestamp() - int(timestamp[:20]))
    if not any(fits) or age_s > REPLAY_WINDOW_S:
        raise BadSignature
