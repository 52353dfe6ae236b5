"""Keep what networks send, byte for byte, and wake whoever takes it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

from hearwell.channels.rules import kept_headers
from hearwell.connect.model import Raw
from hearwell.kit import jobs
from hearwell.kit.crashpoints import reached
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean

_KEEP = """SELECT channels_keep(%b::uuid[], %b::uuid[], %s::text[], %s::text[], %s::text[],
                                %s::jsonb[], %b::bytea[], %b::timestamptz[])"""
_COUNT = "SELECT channels_count(%s::uuid[], %s::date[], %s::text[], %s::bigint[])"


@dataclass(frozen=True, slots=True)
class RawRow:
    """A raw delivery about to be kept; ``id`` is a UUIDv7 made when it reached us."""

    id: UUID
    endpoint_id: UUID
    source: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    @classmethod
    def of(cls, endpoint_id: UUID, raw: Raw, *, url: str | None = None) -> RawRow:
        """Make the row of a delivery; ``url`` replaces one that names our secret path."""
        return cls(
            id=uuid7(),
            endpoint_id=endpoint_id,
            source=raw.source.value,
            method=raw.method,
            url=clean(raw.url if url is None else url)[0],
            headers={key: clean(value)[0] for key, value in kept_headers(raw.headers).items()},
            body=raw.body,
            received_at=raw.received_at,
        )


def keep(rows: Sequence[RawRow]) -> None:
    """Store deliveries in one statement, in the caller's transaction if there is one.

    The web role has no other way in: it may call the function and read nothing. Raises
    ``django.db.DatabaseError``; nothing is then stored.
    """
    if not rows:
        return
    reached("I0")
    connection.ensure_connection()
    columns = [
        [row.id for row in rows],
        [row.endpoint_id for row in rows],
        [row.source for row in rows],
        [row.method for row in rows],
        [row.url for row in rows],
        [Jsonb(dict(row.headers)) for row in rows],
        [row.body for row in rows],
        [row.received_at for row in rows],
    ]
    # Bound on the server and in binary: client-side binding would double every byte.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_KEEP, columns)


def count(tallies: Mapping[tuple[UUID, date, str], int]) -> None:
    """Add to the durable counters: (endpoint, day, name) -> how many."""
    if not tallies:
        return
    # Sorted, so that two processes adding to the same rows lock them in one order.
    keys = sorted(tallies, key=str)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            [
                [key[0] for key in keys],
                [key[1] for key in keys],
                [key[2] for key in keys],
                [tallies[key] for key in keys],
            ],
        )


def wake(endpoint_ids: Iterable[UUID], *, is_careful: bool = False) -> int:
    """Queue one drain for each endpoint that has none waiting; return how many were queued.

    Never inside the transaction that keeps: a second drain with the same lock would abort it and
    the delivery with it. What no wake-up reaches, the sweep finds.
    """
    from hearwell.channels.tasks import drain

    return sum(
        jobs.defer_once(
            drain,
            f"channels.drain:{endpoint_id}",
            endpoint_id=str(endpoint_id),
            is_careful=is_careful,
        )
        for endpoint_id in endpoint_ids
    )
