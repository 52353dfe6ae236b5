"""The epoch guard: a restored or failed-over database holds replies that may have gone out.

PostgreSQL knows who it is: ``system_identifier`` is new after a restore into a new cluster, the
timeline is new after a failover or a point-in-time recovery. A claim compares both with what they
were when this system last sent; on any change everything is held before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from hearwell.accounts.models import Workspace
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery, InstanceMark, SwitchScope
from hearwell.outbound.rules import State, settle_s
from hearwell.outbound.services.gate import close_gate
from hearwell.outbound.services.moves import locked, move
from hearwell.outbound.services.switches import stop

# The timeline from the write-ahead log's file name: pg_control_checkpoint() has the new one only
# after the first checkpoint that follows a promotion.
_WHO = """
    SELECT (SELECT system_identifier::text FROM pg_control_system()),
           ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint
"""
CHANGED = "the database was restored or failed over"


class InstanceChangedError(Exception):
    """The database is another one than the one that last sent: hold everything first."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One life of a database."""

    system_identifier: str
    timeline: int


def current() -> Instance:
    """The database we are talking to."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO)
        row = cursor.fetchone()
    return Instance(*row)


def marked() -> Instance | None:
    """The database that last sent; None if nothing was ever sent."""
    mark = InstanceMark.objects.first()
    return Instance(mark.system_identifier, mark.timeline) if mark else None


def check() -> None:
    """Raise InstanceChangedError if this is not the database that last sent."""
    known, here = marked(), current()
    if known is None:
        _mark(here)
    elif known != here:
        raise InstanceChangedError


def guard() -> int:
    """Hold everything if the database has changed; returns how many deliveries that touched."""
    return hold_everything(CHANGED) if marked() not in (None, current()) else 0


def hold_everything(reason: str) -> int:
    """Hold what is queued, doubt what is being sent, stop every workspace; then mark the database.

    Each workspace starts sending again when somebody there takes its switch off and releases what
    was held. Called by the guard and by `hearwell restore`.
    """
    with transaction.atomic():
        close_gate()
        touched = sum(_hold_workspace(id_, reason) for id_ in _workspaces())
        _mark(current())
    return touched


def _workspaces() -> list[UUID]:
    return list(Workspace.objects.order_by("id").values_list("id", flat=True))


def _hold_workspace(workspace_id: UUID, reason: str) -> int:
    with scope(workspace_id):
        rows = Delivery.objects.filter(workspace_id=workspace_id)
        # Whatever was held already may have gone out too in the life that was lost.
        waiting = rows.filter(state__in=[State.QUEUED, State.HELD, State.STALE])
        doubtful = waiting.update(look_first=True)
        stop(workspace_id, SwitchScope.WORKSPACE, reason=reason)
        sending = rows.filter(state=State.SENDING).values_list("id", flat=True)
        in_doubt = locked(workspace_id, sending, {State.SENDING})
        move(in_doubt, State.UNKNOWN, reason=reason, each=_doubt)
    return doubtful + len(in_doubt)


def _doubt(row: Delivery) -> dict[str, object]:
    at = now()
    wait = timedelta(seconds=settle_s(connector_for(row.network).manifest))
    return {"read_back_after": at + wait, "unknown_since": row.unknown_since or at}


def _mark(here: Instance) -> None:
    InstanceMark.objects.update_or_create(
        only=True,
        defaults={
            "system_identifier": here.system_identifier,
            "timeline": here.timeline,
            "seen_at": now(),
        },
    )
