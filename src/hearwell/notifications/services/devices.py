"""Switch push on in a browser, choose what for, and off again. A device is its owner's alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from hearwell.accounts.models import Membership
from hearwell.kit.ids import uuid7
from hearwell.notifications.models import Device
from hearwell.notifications.rules import (
    ALARMS,
    AUTH_BYTES,
    MOST_DEVICES,
    POINT_BYTES,
    BadDeviceError,
    Topic,
    checked_endpoint,
    unpacked,
)
from hearwell.notifications.sealing import sealed
from hearwell.notifications.webpush import encrypt

_NOT_UNASKED = {Topic.LATE, Topic.APPROVED, *ALARMS}
DEFAULT_TOPICS = [topic.value for topic in Topic if topic not in _NOT_UNASKED]


class TooManyDevicesError(Exception):
    """A person has as many devices as they may have."""


def switch_on(membership: Membership, subscription: Mapping[str, Any], name: str) -> Device:
    """Keep what a browser's PushSubscription says; the same browser again keeps its choices.

    Raises BadDeviceError and TooManyDevicesError. A browser that somebody else had before is now
    this person's, for it is they who sit in front of it.
    """
    keys = subscription.get("keys")
    if not isinstance(keys, dict):
        raise BadDeviceError(name)
    endpoint = checked_endpoint(
        str(subscription.get("endpoint", "")), settings.HEARWELL_EGRESS_ALLOW
    )
    point = unpacked(str(keys.get("p256dh", "")), POINT_BYTES)
    auth = unpacked(str(keys.get("auth", "")), AUTH_BYTES)
    encrypt(b"", point, auth)  # a key that is none is found now and not at night
    digest = hashlib.sha256(endpoint.encode()).digest()
    _lock(membership)
    known = Device.objects.filter(workspace_id=membership.workspace_id, digest=digest).first()
    if known is not None and known.user_id == membership.user_id:
        kept = sealed(known.workspace_id, known.id, auth)
        Device.objects.filter(id=known.id).update(public_key=point, auth=kept)
        return known
    if known is not None:
        known.delete()
    if len(own_devices(membership)) >= MOST_DEVICES:
        raise TooManyDevicesError
    device_id = uuid7()
    return Device.objects.create(
        id=device_id,
        workspace_id=membership.workspace_id,
        user_id=membership.user_id,
        name=name,
        endpoint=endpoint,
        digest=digest,
        public_key=point,
        auth=sealed(membership.workspace_id, device_id, auth),
        topics=DEFAULT_TOPICS,
    )


def _lock(membership: Membership) -> None:
    """Let one person's devices be changed one after another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"notifications.device {membership.id}"],
        )


def own_devices(membership: Membership) -> list[Device]:
    """Return a person's devices, newest first."""
    found = Device.objects.filter(workspace_id=membership.workspace_id, user_id=membership.user_id)
    return list(found.order_by("-created_at"))


def change_device(
    membership: Membership,
    device_id: UUID,
    topics: Collection[str],
    *,
    only_here: bool,
    shows_words: bool,
) -> bool:
    """Choose what a device is told; False where the person has no such device."""
    chosen = [topic.value for topic in Topic if topic.value in topics]
    found = _own(membership, device_id)
    return bool(found.update(topics=chosen, only_here=only_here, shows_words=shows_words))


def forget_device(membership: Membership, device_id: UUID) -> bool:
    """Tell a device nothing any more; False where the person has no such device."""
    deleted, _ = _own(membership, device_id).delete()
    return bool(deleted)


def _own(membership: Membership, device_id: UUID) -> Any:
    return Device.objects.filter(
        workspace_id=membership.workspace_id, user_id=membership.user_id, id=device_id
    )
