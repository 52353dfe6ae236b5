"""Proof that an envelope came through our own door; see ``connect.rooms``."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from hearwell.connect.failures import BadSignature
from hearwell.connect.rooms import ENVELOPE, SIGNATURE, TIMESTAMP, keys_for, signature_of
from hearwell.connectors.webchat.manifest import LONGEST_STAMP, REPLAY_WINDOW_S

if TYPE_CHECKING:
    from hearwell.connect.model import IngressSecrets, Raw


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of our keys made this signature, just now."""
    timestamp = raw.headers.get(TIMESTAMP, "")
    given = raw.headers.get(SIGNATURE, "").encode("utf-8", "replace")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_STAMP):
        raise BadSignature
    # Every key is tried, so that the time taken does not tell which one fitted.
    fits = [
        hmac.compare_digest(signature_of(key, timestamp, raw.body).encode(), given)
        for key in keys_for(ENVELOPE, secrets)
    ]
    age_s = abs(raw.received_at.timestamp() - int(timestamp))
    if not any(fits) or age_s > REPLAY_WINDOW_S:
        raise BadSignature
