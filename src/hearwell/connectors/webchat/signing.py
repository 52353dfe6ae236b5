"""Proof that an envelope came through our own door: HMAC-SHA256 over time stamp and raw body.

``X-Webchat-Signature: v1=<hex of HMAC(key, timestamp + "." + body)>`` beside
``X-Webchat-Timestamp: <epoch seconds>``. The key is derived from the site's secret, which itself
signs identities: a site's server can say who somebody is, not that they have written something.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from hearwell.connect.failures import BadSignature
from hearwell.connectors.webchat.manifest import LONGEST_STAMP, REPLAY_WINDOW_S
from hearwell.kit.tokens import derived

if TYPE_CHECKING:
    from hearwell.connect.model import IngressSecrets, Raw

TIMESTAMP, SIGNATURE = "x-webchat-timestamp", "x-webchat-signature"
PURPOSE = "hearwell webchat envelope"


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """The header's value for this body at this time."""
    key = derived(secret, PURPOSE).encode()
    return "v1=" + hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the secrets made this signature, just now."""
    timestamp = raw.headers.get(TIMESTAMP, "")
    given = raw.headers.get(SIGNATURE, "").encode("utf-8", "replace")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_STAMP):
        raise BadSignature
    # Every secret is tried, so that the time taken does not tell which one fitted.
    fits = [
        hmac.compare_digest(signature_of(secret, timestamp, raw.body).encode(), given)
        for secret in secrets.signing
        if secret
    ]
    age_s = abs(raw.received_at.timestamp() - int(timestamp))
    if not any(fits) or age_s > REPLAY_WINDOW_S:
        raise BadSignature
