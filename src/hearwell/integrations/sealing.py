"""Secrets of webhooks, each bound to its subscription.

Sealed by the web process with the egress key: it shows a new one once and cannot open it again;
only the worker, which signs, can.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from hearwell.kit.seal import EgressKeyring

if TYPE_CHECKING:
    from datetime import datetime

    from hearwell.integrations.models import Subscription

_OPENERS = frozenset({"worker"})


@cache
def _keyring(folder: Path, *, can_open: bool) -> EgressKeyring:
    return EgressKeyring.load(folder, can_open=can_open)


def _egress() -> EgressKeyring:
    can_open = settings.HEARWELL_ROLE in _OPENERS
    return _keyring(Path(settings.HEARWELL_KEYS), can_open=can_open)


def _place(workspace_id: UUID, subscription_id: UUID) -> bytes:
    return f"{workspace_id}:integrations_subscription:{subscription_id}:secret".encode()


def sealed(workspace_id: UUID, subscription_id: UUID, secret: str) -> bytes:
    """Return a secret as it is stored."""
    return _egress().seal(secret.encode(), _place(workspace_id, subscription_id))


def opened(row: Subscription, at: datetime) -> list[str]:
    """Return the secrets that are valid at a time, the newest first.

    Raises kit.seal.KeyMissingError where it may not be done.
    """
    place = _place(row.workspace_id, row.id)
    found = [row.sealed]
    if row.sealed_before and row.before_until and row.before_until > at:
        found.append(row.sealed_before)
    return [_egress().open(bytes(one), place).decode() for one in found]
