"""The gate between claims and those who stop them.

A claim passes the gate shared, a stop takes it alone: once a stop has committed, no claim that
missed it can still commit. Locks are PostgreSQL's advisory ones, held to the transaction's end.
"""

from __future__ import annotations

from uuid import UUID
from zlib import crc32

from django.db import connection

_CLASS = crc32(b"hearwell.outbound.gate") - 2**31
_WHOLE_INSTANCE = 0


def _of(workspace_id: UUID) -> int:
    return crc32(workspace_id.bytes) - 2**31


def pass_gate(workspace_id: UUID) -> None:
    """Wait until nobody is stopping this workspace or the instance, and keep them waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock_shared(%s, %s)",
            [_CLASS, _WHOLE_INSTANCE, _CLASS, _of(workspace_id)],
        )


def close_gate(workspace_id: UUID | None = None) -> None:
    """Wait for the claims under way and let no further one pass until the commit."""
    place = _WHOLE_INSTANCE if workspace_id is None else _of(workspace_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLASS, place])
