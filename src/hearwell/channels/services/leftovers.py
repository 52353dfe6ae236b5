"""Raw deliveries that hold somebody who was erased: noted, and emptied when they are done with.

A delivery may bring many people's messages. Until all of them are taken in its bytes are needed,
and what the erased person said in it is let go on the way in; then nobody needs them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from hearwell.channels.models import Leftover, ParkedState, RawState
from hearwell.kit import rows

# What is shorter may be part of anything.
SHORTEST: Final = 4
_FIND: Final = """
    INSERT INTO channels_leftover (raw_id, noted_at)
    SELECT r.id, now() FROM channels_rawdelivery r
    WHERE r.endpoint_id = ANY(%(endpoints)s)
        AND EXISTS (SELECT FROM unnest(%(names)s::text[]) AS n(name)
            WHERE position(convert_to(n.name, 'UTF8') IN r.body) > 0
                OR position(n.name IN r.url) > 0 OR position(n.name IN r.headers::text) > 0)
    ON CONFLICT DO NOTHING
"""
_EMPTY: Final = """
    UPDATE channels_rawdelivery r SET url = '', headers = '{}'::jsonb, body = ''::bytea
    FROM channels_leftover l WHERE r.id = l.raw_id AND r.state = ANY(%(done)s)
    RETURNING r.id
"""
_DONE_WITH: Final = """
    DELETE FROM channels_leftover l WHERE NOT EXISTS (
        SELECT FROM channels_rawdelivery r WHERE r.id = l.raw_id AND r.state <> ALL(%(done)s))
"""
_NAMELESS: Final = """
    UPDATE channels_parkeddelivery p SET dedup_key = '', thread_key = ''
    WHERE p.workspace_id = %(place)s AND p.state = ANY(%(settled)s)
        AND (p.dedup_key <> '' OR p.thread_key <> '')
        AND NOT EXISTS (SELECT FROM channels_rawdelivery r
            WHERE r.id = p.raw_id AND r.body <> ''::bytea)
    RETURNING p.id
"""


def note_leftovers(raw_ids: Collection[UUID]) -> None:
    """Note deliveries that hold somebody erased, in the caller's transaction."""
    Leftover.objects.bulk_create([Leftover(raw_id=one) for one in raw_ids], ignore_conflicts=True)


def find_leftovers(endpoint_ids: Collection[UUID], names: Iterable[str]) -> None:
    """Note all deliveries of these endpoints that name somebody, as text or as JSON writes it."""
    wanted = {name for name in names if len(name) >= SHORTEST}
    wanted |= {name.replace("/", "\\/") for name in wanted}
    if wanted and endpoint_ids:
        values = {"endpoints": list(endpoint_ids), "names": sorted(wanted)}
        rows.fetch(_FIND, values, is_read=False)


def empty_leftovers() -> int:
    """Empty what is noted and done with; return how many. What waits or is parked stays for now."""
    done = {"done": [RawState.DONE.value, RawState.IGNORED.value]}
    emptied = len(rows.fetch(_EMPTY, done))
    rows.fetch(_DONE_WITH, done, is_read=False)
    return emptied


def forget_names_of_settled(workspace_id: UUID) -> int:
    """Take the network's names out of parked rows that are settled and whose bytes are gone."""
    settled = [ParkedState.REPLAYED.value, ParkedState.DISMISSED.value]
    return len(rows.fetch(_NAMELESS, {"place": workspace_id, "settled": settled}))
