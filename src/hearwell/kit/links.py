"""Secrets of links that open something without signing in: they name their workspace.

A token begins with the workspace, so that its row can be looked up under row-level security; only
its hash is kept, so that whoever reads the table cannot open anything.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Final
from uuid import UUID

_OF_WORKSPACE: Final = 16
_SECRET: Final = 24


def new_token(workspace_id: UUID) -> str:
    """Return a new token, safe in an address; it is shown once."""
    raw = workspace_id.bytes + secrets.token_bytes(_SECRET)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def workspace_in(token: str) -> UUID | None:
    """Return the workspace that a token names; None for what is no token."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    is_whole = len(raw) == _OF_WORKSPACE + _SECRET
    return UUID(bytes=raw[:_OF_WORKSPACE]) if is_whole else None


def digest_of(token: str) -> bytes:
    """Return what is kept of a token: SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()
