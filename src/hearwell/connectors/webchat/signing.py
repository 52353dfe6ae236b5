"""Proof that an envelope came through our own door; see ``connect.rooms``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect import signed
from hearwell.connect.rooms import ENVELOPE, SIGNATURE, TIMESTAMP, keys_for, signature_of
from hearwell.connectors.webchat.manifest import REPLAY_WINDOW_S

if TYPE_CHECKING:
    from hearwell.connect.model import IngressSecrets, Raw


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of our keys made this signature, just now."""
    stamp = signed.stamp_in(raw, TIMESTAMP, REPLAY_WINDOW_S)
    given, keys = raw.headers.get(SIGNATURE, ""), keys_for(ENVELOPE, secrets)
    signed.check(given, keys, lambda key: signature_of(key, stamp, raw.body))
