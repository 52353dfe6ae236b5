"""A service's secret, bound to its row: sealed by the web process, opened by the worker only."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hearwell.commerce.models import Service
from hearwell.kit.keyrings import egress
from hearwell.kit.resealing import SealedColumn


def _place(workspace_id: UUID, service_id: UUID) -> bytes:
    return f"{workspace_id}:commerce_service:{service_id}:sealed".encode()


def sealed(workspace_id: UUID, service_id: UUID, secret: str) -> bytes:
    """Return a secret as it is stored."""
    return egress().seal(secret.encode(), _place(workspace_id, service_id))


def opened(row: Service) -> str:
    """Return the secret, empty if there is none. Raises kit.seal.KeyMissingError, UnsealError."""
    if row.sealed is None:
        return ""
    return egress().open(bytes(row.sealed), _place(row.workspace_id, row.id)).decode()


def _place_of(row: Service) -> bytes:
    return _place(row.workspace_id, row.id)


SEALED: Final = (SealedColumn(Service, "sealed", egress, _place_of),)
