"""The model's key, bound to its workspace: sealed by the web process, opened by the worker only."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hearwell.kit.keyrings import egress
from hearwell.kit.resealing import SealedColumn
from hearwell.secondopinion.models import Connection


def _place(workspace_id: UUID, connection_id: UUID) -> bytes:
    return f"{workspace_id}:secondopinion_connection:{connection_id}:sealed".encode()


def sealed(workspace_id: UUID, connection_id: UUID, key: str) -> bytes:
    """Return a key as it is stored."""
    return egress().seal(key.encode(), _place(workspace_id, connection_id))


def opened(row: Connection) -> str:
    """Return the key, empty if there is none. Raises kit.seal.KeyMissingError, UnsealError."""
    if row.sealed is None:
        return ""
    return egress().open(bytes(row.sealed), _place(row.workspace_id, row.id)).decode()


def _place_of(row: Connection) -> bytes:
    return _place(row.workspace_id, row.id)


SEALED: Final = (SealedColumn(Connection, "sealed", egress, _place_of),)
