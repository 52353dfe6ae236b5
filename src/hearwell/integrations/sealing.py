"""Secrets of webhooks, each bound to its subscription.

Sealed by the web process with the egress key: it shows a new one once and cannot open it again;
only the worker, which signs, can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from hearwell.integrations.models import Subscription
from hearwell.kit.keyrings import egress
from hearwell.kit.resealing import SealedColumn

if TYPE_CHECKING:
    from datetime import datetime


def _place(workspace_id: UUID, subscription_id: UUID) -> bytes:
    return f"{workspace_id}:integrations_subscription:{subscription_id}:secret".encode()


def sealed(workspace_id: UUID, subscription_id: UUID, secret: str) -> bytes:
    """Return a secret as it is stored."""
    return egress().seal(secret.encode(), _place(workspace_id, subscription_id))


def opened(row: Subscription, at: datetime) -> list[str]:
    """Return the secrets that are valid at a time, the newest first.

    Raises kit.seal.KeyMissingError where it may not be done.
    """
    place = _place(row.workspace_id, row.id)
    found = [row.sealed]
    if row.sealed_before and row.before_until and row.before_until > at:
        found.append(row.sealed_before)
    return [egress().open(bytes(one), place).decode() for one in found]


def _place_of(row: Subscription) -> bytes:
    return _place(row.workspace_id, row.id)


SEALED: Final = (
    SealedColumn(Subscription, "sealed", egress, _place_of),
    SealedColumn(Subscription, "sealed_before", egress, _place_of),
)
