"""Leases: which of the listening processes hears which account.

All of it is in a few functions of the database (migration 0007), with the database's own clock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from hearwell.channels.services.connecting import LISTEN_CHANNEL

# A listener that was not seen for so long is dead, and the others take its accounts.
PATIENCE = timedelta(seconds=8)


class LeaseLostError(Exception):
    """Another listener has this account by now: nothing was stored."""


@dataclass(frozen=True, slots=True)
class Held:
    """An account that this listener holds.

    ``connected_at`` tells that it was connected anew. ``is_leaving``: let it go as soon as it can.
    """

    workspace_id: UUID
    channel_id: UUID
    network: str
    connected_at: datetime
    is_leaving: bool


@dataclass(frozen=True, slots=True)
class ListenerRow:
    """A listening process and how many accounts it hears."""

    id: UUID
    label: str
    begun_at: datetime
    seen_at: datetime
    accounts: int


def hold(session: psycopg.Connection[Any], me: UUID, label: str) -> list[Held]:
    """Say that this listener lives, take what is free up to a fair share, return what it holds."""
    rows = session.execute("SELECT * FROM channels_hold(%s, %s, %s)", [me, label, PATIENCE])
    return [Held(*row) for row in rows]


def let_go(me: UUID, channel_ids: Collection[UUID]) -> int:
    """Give accounts back for others to take, and tell them so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels_let_go(%s, %s::uuid[])", [me, list(channel_ids)])
        row = cursor.fetchone()
        cursor.execute(f"NOTIFY {LISTEN_CHANNEL}")
    return int(row[0]) if row else 0


def leave(me: UUID) -> None:
    """Give everything back: this listener ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels_leave(%s)", [me])
        cursor.execute(f"NOTIFY {LISTEN_CHANNEL}")


def make_sure(me: UUID, channel_id: UUID) -> None:
    """Raise LeaseLostError unless the account is ours until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels_is_held(%s, %s)", [me, channel_id])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise LeaseLostError(str(channel_id))


def listeners() -> list[ListenerRow]:
    """Return the listening processes, the oldest first, dead ones too until they are noticed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, label, begun_at, seen_at, accounts FROM channels_listeners()")
        return [ListenerRow(*row) for row in cursor.fetchall()]
