"""Read kept deliveries back and write down what became of them; for the worker's eyes only."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hearwell.channels.models import Endpoint, RawState
from hearwell.connect.contract import Receives
from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Inbound, Raw, Source
from hearwell.connect.registry import connector_for
from hearwell.kit.text import clean

BATCH_BYTES = 16 * 1024 * 1024

# The first row always comes, however large; after it, as many as fit in the bytes.
_NEXT = """
WITH head AS (
    SELECT id, octet_length(body) AS size FROM channels_rawdelivery
    WHERE endpoint_id = %s AND state = 0 ORDER BY id LIMIT %s
), cut AS (
    SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM head) h
    WHERE before < %s
)
SELECT r.id, r.source, r.method, r.url, r.headers, r.body, r.received_at
FROM channels_rawdelivery r WHERE r.id IN (SELECT id FROM cut) ORDER BY r.id
"""
_SOME = """
SELECT r.id, r.source, r.method, r.url, r.headers, r.body, r.received_at
FROM channels_rawdelivery r WHERE r.id = ANY (%s) ORDER BY r.id
"""
_MARK = """
UPDATE channels_rawdelivery r SET state = m.state, reason = m.reason
FROM unnest(%s::uuid[], %s::smallint[], %s::text[]) AS m (id, state, reason) WHERE r.id = m.id
"""


@dataclass(frozen=True, slots=True)
class StoredRaw:
    """A raw delivery read back."""

    id: UUID
    raw: Raw


@contextmanager
def only_drainer(endpoint_id: UUID) -> Iterator[bool]:
    """Hold the endpoint's advisory lock on this session; yields False if another one has it.

    A drainer that dies frees it with its connection.
    """
    key = f"channels.drain:{endpoint_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        row = cursor.fetchone()
    is_ours = bool(row and row[0])
    try:
        yield is_ours
    finally:
        session = connection.connection
        if is_ours and session is not None and not session.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def hold_drains(endpoint_ids: Collection[UUID]) -> None:
    """Let nothing be taken in at these endpoints until the caller's transaction ends."""
    with connection.cursor() as cursor:
        for endpoint_id in sorted(endpoint_ids):
            key = f"channels.drain:{endpoint_id}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def next_raws(endpoint_id: UUID, at_most: int) -> list[StoredRaw]:
    """Return the oldest deliveries not taken in yet, bounded in number and in bytes."""
    return _read(_NEXT, [endpoint_id, at_most, BATCH_BYTES])


def raws_by_id(ids: Collection[UUID]) -> list[StoredRaw]:
    """Return deliveries that are still kept, in their order."""
    return _read(_SOME, [list(ids)])


def _read(statement: str, parameters: list[Any]) -> list[StoredRaw]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_stored(*row) for row in cursor.fetchall()]


def _stored(
    raw_id: UUID, source: str, method: str, url: str, headers: str, body: bytes, at: datetime
) -> StoredRaw:
    # Django hands jsonb of plain SQL over as text.
    return StoredRaw(raw_id, Raw(method, url, json.loads(headers), bytes(body), at, Source(source)))


def mark(states: Mapping[UUID, tuple[RawState, str]]) -> None:
    """Write down what became of deliveries: id -> (state, reason), in the caller's transaction."""
    if not states:
        return
    ids = sorted(states)
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ids, [int(states[i][0]) for i in ids], [states[i][1] for i in ids]])


def has_more(endpoint_id: UUID) -> bool:
    """Say whether anything of the endpoint waits to be taken in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM channels_rawdelivery WHERE endpoint_id = %s AND state = 0)",
            [endpoint_id],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def parsed(endpoint: Endpoint, raw: Raw) -> list[Inbound]:
    """Return the items in a delivery. Raises UnknownNetworkError and connect failures."""
    connector = connector_for(endpoint.network)
    if not isinstance(connector, Receives):
        message = "This connector does not receive."
        raise ContractChanged(message)
    return connector.parse(raw)


def routes_of(
    endpoint_id: UUID, accounts: Collection[str] | None = None
) -> dict[str, list[tuple[UUID, UUID]]]:
    """Return account -> [(workspace, channel)] of an endpoint; all accounts where None is given."""
    # What a text column cannot hold is no account of ours, and must not fail the whole batch.
    wanted = None if accounts is None else [a for a in accounts if not clean(a)[1]]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id, channel_id, external_id FROM channels_routes(%s, %s::text[])",
            [endpoint_id, wanted],
        )
        found: dict[str, list[tuple[UUID, UUID]]] = {}
        for workspace_id, channel_id, account in cursor.fetchall():
            found.setdefault(account, []).append((workspace_id, channel_id))
    return found
