"""The session lock that says: somebody alive is posting this very delivery.

It lives on a connection of its own. A paused process keeps it, the server frees it when the
process dies or its host is gone (keepalives). It needs a direct connection: a pooler that shares
sessions between transactions would hand the lock to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from django.db import connection

_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


def lock_number(delivery_id: UUID) -> int:
    """The 64-bit number of a delivery's lock: the random half of its id."""
    return int.from_bytes(delivery_id.bytes[8:], "big", signed=True)


@contextmanager
def lock_session() -> Iterator[psycopg.Connection]:
    """A database session of its own, for as long as one sender works on one lane."""
    connection.ensure_connection()
    parameters = {**connection.get_connection_params(), **_KEEPALIVES}
    session: psycopg.Connection = psycopg.connect(**parameters, autocommit=True)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def row_lock(session: psycopg.Connection, delivery_id: UUID) -> Iterator[bool]:
    """Hold a delivery's lock if it is free; yields whether it is held."""
    number = lock_number(delivery_id)
    held = _ask(session, "SELECT pg_try_advisory_lock(%s)", number)
    try:
        yield held
    finally:
        if held and not session.broken and not session.closed:
            _ask(session, "SELECT pg_advisory_unlock(%s)", number)


def _ask(session: psycopg.Connection, statement: str, number: int) -> bool:
    row = session.execute(statement.encode(), [number]).fetchone()
    return bool(row and row[0])
