"""What one may be told of, when, and in which addresses a device may be reached. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

LONGEST_ENDPOINT: Final = 2000
POINT_BYTES, AUTH_BYTES = 65, 16
MOST_DEVICES: Final = 10
# A device is told of so much in a quarter of an hour; a storm must not make a phone useless.
MOST_NOTICES: Final = 20
# Even of what waits for them by name: what comes on top stands on its page.
MOST_ALARMS: Final = 60
CAP_SPAN: Final = timedelta(minutes=15)
# What could not be told for so long is no news any more.
STALE_AFTER: Final = timedelta(minutes=10)
MOST_TRIES: Final = 4


class Topic(StrEnum):
    """What a device is told of."""

    GIVEN = "given"
    ANSWERED = "answered"
    SOON = "soon"
    LATE = "late"
    REVIEW = "review"
    RETURNED = "returned"
    APPROVED = "approved"
    GRANT = "grant"
    DOUBTED = "doubted"
    SPIKE = "spike"
    INCIDENT = "incident"
    ESCALATION = "escalation"
    SIGNING = "signing"
    UPDATE = "update"
    NETWORK = "network"


# Somebody is waited for by name: told on every device, whatever it asks for, away or not, and by
# e-mail; nobody chooses not to be asked.
ALARMS: Final = frozenset({Topic.ESCALATION, Topic.SIGNING, Topic.UPDATE})


class BadDeviceError(ValueError):
    """What a browser sent describes no device that may be told anything."""


def checked_endpoint(endpoint: str, origins: Collection[str] = ()) -> str:
    """Return the address of a push service. Raises BadDeviceError.

    Only https on the usual port, by name; `origins` (HEARWELL_EGRESS_ALLOW) may be called too.
    Where the name leads is checked when it is called (kit.http).
    """
    try:
        parts = urlsplit(endpoint)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise BadDeviceError(endpoint[:80]) from error
    is_listed = f"{parts.scheme}://{parts.netloc}" in origins
    is_named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    is_plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    is_open = parts.scheme == "https" and port in (None, 443) and not parts.username
    is_callable = is_listed or (is_named and is_open)
    if not (is_callable and is_plain and len(endpoint) <= LONGEST_ENDPOINT):
        raise BadDeviceError(endpoint[:80])
    return endpoint


def unpacked(text: str, size: int) -> bytes:
    """Return what base64url text holds. Raises BadDeviceError unless it is of this size."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise BadDeviceError(text[:80]) from error
    if len(raw) != size:
        raise BadDeviceError(text[:80])
    return raw


def packed(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def retry_after(tries: int) -> timedelta:
    """Return after how long a push service that was busy is asked again: 15 s, 30 s, a minute."""
    return timedelta(seconds=15 * 2 ** max(0, tries - 1))
