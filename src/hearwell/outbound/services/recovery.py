"""The sweep's work: find what is due, what died on the way, what is still in doubt.

Runs inside the sweep's one transaction, so it only moves states and defers jobs; nothing is
posted here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from hearwell.connect.failures import OutcomeUnknown
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from hearwell.outbound.rowlock import lock_number
from hearwell.outbound.rules import IN_FLIGHT, State, settle_s
from hearwell.outbound.services import instance
from hearwell.outbound.services.moves import locked, move

BATCH = 500
# A job was deferred for the row; if nothing came of it by then, another one is.
_NUDGE = timedelta(seconds=5)


def sweep() -> int:
    """Look at every row whose time has come; returns how many there were."""
    touched = instance.guard()
    by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
    for workspace_id, delivery_id in _due(now(), BATCH):
        by_workspace[workspace_id].append(delivery_id)
    for workspace_id, ids in by_workspace.items():
        with scope(workspace_id):
            _look_at(workspace_id, ids)
    return touched + sum(map(len, by_workspace.values()))


def _due(at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, id FROM outbound_due(%s, %s)", [at, limit])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _look_at(workspace_id: UUID, ids: Sequence[UUID]) -> None:
    from hearwell.outbound.tasks import call_reader, call_sender

    rows = locked(workspace_id, ids)
    dead = [row for row in rows if row.state == State.SENDING]
    waiting = [row for row in rows if row.state == State.QUEUED]
    doubtful = [row for row in rows if row.state in (State.UNKNOWN, State.PENDING)]
    doubt_the_dead(dead)
    call_sender(_unblocked(workspace_id, waiting))
    call_reader(doubtful)
    Delivery.objects.filter(
        workspace_id=workspace_id, id__in=[row.id for row in rows], wake_at__lte=now()
    ).update(wake_at=now() + _NUDGE)


def _unblocked(workspace_id: UUID, rows: Sequence[Delivery]) -> list[Delivery]:
    """Those that nothing in their lane precedes: the others would only be turned away."""
    lane = Delivery.objects.filter(workspace_id=workspace_id, lane_id=OuterRef("lane_id"))
    free = Delivery.objects.filter(
        ~Exists(lane.filter(state__in=sorted(IN_FLIGHT))),
        ~Exists(lane.filter(state=State.QUEUED, id__lt=OuterRef("id"))),
        workspace_id=workspace_id,
        id__in=[row.id for row in rows],
    )
    ids = set(free.values_list("id", flat=True))
    return [row for row in rows if row.id in ids]


def doubt_the_dead(rows: Sequence[Delivery]) -> None:
    """SENDING becomes UNKNOWN where the lease is over and nobody holds the row's lock.

    A paused sender keeps its lock, a dead one's is free; the lease covers a sender whose
    database connection broke while its call went on.
    """
    at = now()
    over = [row for row in rows if row.lease_until is not None and row.lease_until <= at]
    free = _unlocked([row.id for row in over])
    move(
        [row for row in over if row.id in free],
        State.UNKNOWN,
        reason="its sender is gone",
        failure_code=OutcomeUnknown.code,
        failure_message=OutcomeUnknown.default_message,
        each=lambda row: {
            "unknown_since": row.unknown_since or at,
            "read_back_after": at
            + timedelta(seconds=settle_s(connector_for(row.network).manifest)),
        },
    )


def _unlocked(ids: Sequence[UUID]) -> set[UUID]:
    """Those whose row lock is free; it is ours until the transaction ends."""
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::uuid[], %s::bigint[]) AS asked (id, number)"
            " WHERE pg_try_advisory_xact_lock(number)",
            [list(ids), [lock_number(id_) for id_ in ids]],
        )
        return {row[0] for row in cursor.fetchall()}
