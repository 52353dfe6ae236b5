"""A browser's push secret, bound to its row: sealed by the web process, opened by the worker only.

One that is as long as a secret is was stored before they were sealed.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from hearwell.kit.keyrings import egress
from hearwell.kit.resealing import Renew, SealedColumn
from hearwell.notifications.models import Device
from hearwell.notifications.rules import AUTH_BYTES


def _place(workspace_id: UUID, device_id: UUID) -> bytes:
    return f"{workspace_id}:notifications_device:{device_id}:auth".encode()


def sealed(workspace_id: UUID, device_id: UUID, auth: bytes) -> bytes:
    """Return a secret as it is stored."""
    return egress().seal(auth, _place(workspace_id, device_id))


def opened(workspace_id: UUID, device_id: UUID, stored: bytes) -> bytes:
    """Return the secret. Raises kit.seal.KeyMissingError, UnsealError."""
    if len(stored) == AUTH_BYTES:
        return stored
    return egress().open(stored, _place(workspace_id, device_id))


def _renewed(stored: Any, renew: Renew) -> Any:
    return stored if len(stored) == AUTH_BYTES else renew(bytes(stored))


SEALED: Final = (
    SealedColumn(Device, "auth", egress, lambda row: _place(row.workspace_id, row.id), _renewed),
)
