"""Acts on many cases at once, each a fixed number of statements, and the undo of all of one.

What a case was before is kept with the batch. The undo gives it back to each case that is still as
the batch left it; where somebody else has been since, their work stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction

from hearwell.conversations.events import (
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseSnoozed,
    CaseWoken,
)
from hearwell.conversations.models import Batch, BatchKind
from hearwell.conversations.services.place import here
from hearwell.conversations.services.work import log
from hearwell.conversations.services.writing import untag
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now

# A batch older than this is forgotten when the next one is written.
_KEPT: Final = timedelta(days=1)
_CLOSE: Final = """
    WITH old AS MATERIALIZED (
        SELECT c.* FROM unnest(%(ids)s::uuid[], %(seen)s::int[]) AS a(id, seen)
        JOIN conversations_case c ON c.workspace_id = %(workspace)s AND c.id = a.id
        WHERE c.status <> 'closed' AND c.version = coalesce(a.seen, c.version)
        ORDER BY c.id FOR UPDATE OF c),
    gone AS (
        DELETE FROM conversations_waiting w USING old
        WHERE w.workspace_id = old.workspace_id AND w.case_id = old.id RETURNING w.*),
    done AS (
        UPDATE conversations_case c SET status = 'closed', closed_reason = %(reason)s,
            closed_at = %(at)s, turn = 'none', waiting_since = NULL, due_at = NULL,
            snoozed_until = NULL, unread = false, version = c.version + 1
        FROM old WHERE c.workspace_id = old.workspace_id AND c.id = old.id
        RETURNING c.id, c.version)
    SELECT json_build_object('id', old.id, 'version', done.version, 'status', old.status,
        'turn', old.turn, 'waiting_since', old.waiting_since, 'due_at', old.due_at,
        'snoozed_until', old.snoozed_until, 'unread', old.unread,
        'waiting', (SELECT coalesce(json_agg(g), '[]') FROM gone g WHERE g.case_id = old.id))
    FROM old JOIN done ON done.id = old.id
"""
_MOVED_ON: Final = """
    SELECT c.id FROM unnest(%(ids)s::uuid[], %(seen)s::int[]) AS a(id, seen)
    JOIN conversations_case c ON c.workspace_id = %(workspace)s AND c.id = a.id
    WHERE c.status <> 'closed' AND c.version <> a.seen
"""
_SNOOZE: Final = """
    WITH old AS MATERIALIZED (
        SELECT c.* FROM unnest(%(ids)s::uuid[], %(seen)s::int[]) AS a(id, seen)
        JOIN conversations_case c ON c.workspace_id = %(workspace)s AND c.id = a.id
        WHERE c.status <> 'closed' AND c.version = coalesce(a.seen, c.version)
        ORDER BY c.id FOR UPDATE OF c),
    done AS (
        UPDATE conversations_case c SET status = 'snoozed', snoozed_until = %(until)s
        FROM old WHERE c.workspace_id = old.workspace_id AND c.id = old.id RETURNING c.id)
    SELECT json_build_object('id', old.id, 'status', old.status,
        'snoozed_until', old.snoozed_until)
    FROM old JOIN done ON done.id = old.id
"""
_REOPEN: Final = """
    WITH back AS MATERIALIZED (
        SELECT * FROM json_to_recordset(%(rows)s::json) AS b(id uuid, version int, status text,
            turn text, waiting_since timestamptz, due_at timestamptz, snoozed_until timestamptz,
            unread boolean, waiting json)),
    done AS (
        UPDATE conversations_case c SET status = b.status, closed_reason = '', closed_at = NULL,
            turn = b.turn, waiting_since = b.waiting_since, due_at = b.due_at,
            snoozed_until = b.snoozed_until, unread = b.unread, version = c.version + 1
        FROM back b WHERE c.workspace_id = %(workspace)s AND c.id = b.id
            AND c.status = 'closed' AND c.version = b.version
        RETURNING c.id, c.version),
    waits AS (
        INSERT INTO conversations_waiting
        SELECT w.* FROM back b JOIN done ON done.id = b.id
        CROSS JOIN LATERAL json_populate_recordset(NULL::conversations_waiting, b.waiting) w
        ON CONFLICT DO NOTHING)
    SELECT id, version FROM done
"""
_WAKE: Final = """
    UPDATE conversations_case c SET status = b.status, snoozed_until = b.snoozed_until
    FROM json_to_recordset(%(rows)s::json) AS b(id uuid, status text, snoozed_until timestamptz)
    WHERE c.workspace_id = %(workspace)s AND c.id = b.id AND c.status = 'snoozed'
        AND c.snoozed_until = %(until)s
    RETURNING c.id, c.version
"""
# Who solved it stays who solved it; who has left the workspace is given nothing.
_GIVE_BACK: Final = """
    WITH back AS MATERIALIZED (
        SELECT * FROM json_to_recordset(%(rows)s::json)
            AS b(id uuid, assignee_id uuid, status text))
    UPDATE conversations_case c SET assignee_id = b.assignee_id FROM back b
    WHERE c.workspace_id = %(workspace)s AND c.id = b.id
        AND c.assignee_id IS NOT DISTINCT FROM %(to)s
        AND (c.status <> 'closed' OR b.status = 'closed')
        AND (b.assignee_id IS NULL OR EXISTS (
            SELECT FROM accounts_membership m
            WHERE m.workspace_id = c.workspace_id AND m.user_id = b.assignee_id))
    RETURNING c.id, c.version
"""
# In the order of all who lock many: two who act on the same cases at once never block each other.
_LOCK: Final = """
    SELECT FROM conversations_case
    WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s) ORDER BY id FOR UPDATE
"""
_UNTAGGED: Final = """
    SELECT c.id FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT FROM conversations_casetag ct
        JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
        WHERE ct.workspace_id = c.workspace_id AND ct.case_id = c.id
            AND lower(t.name) = lower(%(tag)s))
"""
_HELD: Final = """
    SELECT id, assignee_id, status FROM conversations_case
    WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s)
        AND assignee_id IS DISTINCT FROM %(to)s AND (NOT %(free)s OR assignee_id IS NULL)
    ORDER BY id FOR UPDATE
"""


# Case -> its version on the screen of whoever acts; None: it does not matter to them.
Seen = Mapping[UUID, int | None]


class BatchGoneError(LookupError):
    """There is no such batch of theirs, or it has been undone."""


class Undone(NamedTuple):
    """What an undo gave back, and how many cases it left because somebody else had been there."""

    batch: Batch
    case_ids: list[UUID]
    left: int


def _asked(seen: Seen) -> dict[str, Any]:
    return {"workspace": here(), "ids": list(seen), "seen": list(seen.values())}


def moved_on(seen: Seen) -> frozenset[UUID]:
    """Return which of these cases are open and not as they were seen."""
    return frozenset(row[0] for row in rows.fetch(_MOVED_ON, _asked(seen)))


@transaction.atomic
def close_many(seen: Seen, reason: str, actor_id: UUID) -> list[dict[str, Any]]:
    """Close open cases that are as they were seen, with a reason; returns what they had been."""
    parameters = {**_asked(seen), "reason": reason[:40], "at": now()}
    closed = [row[0] for row in rows.fetch(_CLOSE, parameters)]
    ids = [UUID(row["id"]) for row in closed]
    log(ids, "closed", actor_id=actor_id, data={"reason": reason})
    emit(CaseClosed(here(), UUID(row["id"]), actor_id, reason, row["version"]) for row in closed)
    return closed


@transaction.atomic
def snooze_many(seen: Seen, until: datetime, actor_id: UUID) -> list[dict[str, Any]]:
    """Put open cases away that are as they were seen; returns what they had been."""
    parameters = {**_asked(seen), "until": until}
    snoozed = [row[0] for row in rows.fetch(_SNOOZE, parameters)]
    ids = [UUID(row["id"]) for row in snoozed]
    log(ids, "snoozed", actor_id=actor_id, data={"until": until.isoformat()})
    emit(CaseSnoozed(here(), case_id, actor_id, until) for case_id in ids)
    return snoozed


def held_by_others(
    case_ids: Collection[UUID], user_id: UUID | None, *, is_free: bool = False
) -> list[dict[str, Any]]:
    """Return the cases that this person (None: nobody) does not have yet, locked, with who does.

    `is_free`: only those that nobody has.
    """
    parameters = {"workspace": here(), "ids": list(case_ids), "to": user_id, "free": is_free}
    found = rows.fetch(_HELD, parameters)
    return [
        {"id": str(case_id), "assignee_id": str(holder) if holder else None, "status": status}
        for case_id, holder, status in found
    ]


def untagged(case_ids: Collection[UUID], tag: str) -> list[dict[str, Any]]:
    """Return the cases without this tag."""
    found = rows.fetch(_UNTAGGED, {"workspace": here(), "ids": list(case_ids), "tag": tag})
    return [{"id": str(row[0])} for row in found]


def keep_batch(
    kind: BatchKind,
    actor_id: UUID,
    data: Mapping[str, Any],
    before: Sequence[dict[str, Any]],
    at: datetime,
) -> Batch:
    """Keep what was done to which cases, begun at `at`; batches of days ago are forgotten."""
    workspace_id = here()
    Batch.objects.filter(workspace_id=workspace_id, at__lt=now() - _KEPT).delete()
    return Batch.objects.create(
        workspace_id=workspace_id,
        kind=kind,
        actor_id=actor_id,
        data=dict(data),
        rows=list(before),
        at=at,
    )


@transaction.atomic
def undo_batch(batch_id: UUID, actor_id: UUID, within: timedelta) -> Undone:
    """Give every case back what it was, where it is still as the batch left it.

    Raises BatchGoneError: only who did it can undo it, once, and not for ever.
    """
    found = Batch.objects.select_for_update().filter(
        workspace_id=here(), id=batch_id, actor_id=actor_id, undone_at__isnull=True
    )
    batch = found.filter(at__gte=now() - within).first()
    if batch is None:
        raise BatchGoneError(batch_id)
    ids = [UUID(row["id"]) for row in batch.rows]
    rows.fetch(_LOCK, {"workspace": batch.workspace_id, "ids": ids})
    back = _BACK[BatchKind(batch.kind)](batch)
    batch.undone_at = now()
    batch.save(update_fields=["undone_at"])
    return Undone(batch, back, len(batch.rows) - len(back))


def _given_back(statement: str, batch: Batch, **values: object) -> dict[UUID, int]:
    """Run an undo; returns case -> its version."""
    parameters = {"workspace": batch.workspace_id, "rows": rows.document(batch.rows), **values}
    return dict(rows.fetch(statement, parameters))


def _reopen(batch: Batch) -> list[UUID]:
    back = _given_back(_REOPEN, batch)
    log(back, "reopened", actor_id=batch.actor_id, data={"undone": True})
    emit(
        CaseReopened(batch.workspace_id, case_id, batch.actor_id, version)
        for case_id, version in back.items()
    )
    return list(back)


def _wake(batch: Batch) -> list[UUID]:
    back = list(_given_back(_WAKE, batch, until=datetime.fromisoformat(batch.data["until"])))
    log(back, "woken", actor_id=batch.actor_id)
    emit(CaseWoken(batch.workspace_id, case_id, batch.actor_id) for case_id in back)
    return back


def _give_back(batch: Batch) -> list[UUID]:
    to = UUID(batch.data["to"]) if batch.data["to"] else None
    back = list(_given_back(_GIVE_BACK, batch, to=to))
    was = {UUID(row["id"]): row["assignee_id"] for row in batch.rows}
    log(back, "assigned", actor_id=batch.actor_id, data={"undone": True})
    emit(
        CaseAssigned(
            batch.workspace_id,
            case_id,
            batch.actor_id,
            UUID(was[case_id]) if was[case_id] else None,
            to,
        )
        for case_id in back
    )
    return back


def _untag(batch: Batch) -> list[UUID]:
    back = [UUID(row["id"]) for row in batch.rows]
    untag(back, [batch.data["tag"]], batch.actor_id)
    return back


_BACK: Final = {
    BatchKind.CLOSE: _reopen,
    BatchKind.SNOOZE: _wake,
    BatchKind.ASSIGN: _give_back,
    BatchKind.TAG: _untag,
}
