"""A service's secret, bound to its row: sealed by the web process, opened by the worker only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from hearwell.kit.keyrings import egress

if TYPE_CHECKING:
    from hearwell.commerce.models import Service


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
