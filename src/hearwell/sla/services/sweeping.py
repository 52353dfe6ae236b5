"""Find the clocks that are nearly due or ran past it, and tell of each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.sla.events import ClockBreached, ClockNearlyDue
from hearwell.sla.models import Alarm, Clock, ClockEvent, ClockState

AT_MOST = 1000
BREACHED, WARNED = "breached", "warned"
_LATE = "SELECT workspace_id, id FROM sla_late(%s, %s)"
_SOON = "SELECT workspace_id, id FROM sla_soon(%s, %s)"


def sweep_breaches() -> int:
    """Mark late clocks and raise one alarm for each; return how many were found.

    Looks across workspaces through a function that tells only ids, then works in each one's scope.
    """
    return _sweep(_LATE, breach)


def sweep_warnings() -> int:
    """Raise one alarm for each clock that is nearly due; return how many were found."""
    return _sweep(_SOON, warn)


def _sweep(statement: str, act: Callable[[UUID, Sequence[UUID], datetime], int]) -> int:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(statement, [moment, AT_MOST])
        for workspace_id, clock_id in cursor.fetchall():
            found[workspace_id].append(clock_id)
    for workspace_id, clock_ids in found.items():
        with scope(workspace_id):
            act(workspace_id, clock_ids, moment)
    return sum(map(len, found.values()))


def breach(workspace_id: UUID, clock_ids: Sequence[UUID], moment: datetime) -> int:
    """Mark these clocks as late where they still run; return the alarms raised."""
    clocks = list(_running(workspace_id, clock_ids).filter(due_at__lte=moment))
    mine = Clock.objects.filter(workspace_id=workspace_id, id__in=[clock.id for clock in clocks])
    mine.update(breached_at=F("due_at"), warn_at=None)
    fresh = _alarm(workspace_id, clocks, moment, BREACHED)
    ClockEvent.objects.bulk_create(
        ClockEvent.of(clock, BREACHED, clock.due_at, "past_due") for clock in fresh
    )
    tell = partial(ClockBreached, workspace_id)
    emit(
        tell(c.case_id, c.id, c.kind, c.due_at, c.urgency, list(c.policy.warn_roles)) for c in fresh
    )
    return len(fresh)


def warn(workspace_id: UUID, clock_ids: Sequence[UUID], moment: datetime) -> int:
    """Warn of these clocks where they still run and are not late yet; return how many."""
    clocks = list(_running(workspace_id, clock_ids).filter(warn_at__lte=moment))
    mine = Clock.objects.filter(workspace_id=workspace_id, id__in=[clock.id for clock in clocks])
    mine.update(warn_at=None)
    in_time = [clock for clock in clocks if clock.due_at > moment]
    fresh = _alarm(workspace_id, in_time, moment, WARNED)
    ClockEvent.objects.bulk_create(
        ClockEvent.of(clock, WARNED, moment, "nearly_due") for clock in fresh
    )
    tell = partial(ClockNearlyDue, workspace_id)
    emit(
        tell(c.case_id, c.id, c.kind, c.due_at, c.urgency, list(c.policy.warn_roles)) for c in fresh
    )
    return len(fresh)


def _running(workspace_id: UUID, clock_ids: Sequence[UUID]) -> QuerySet[Clock]:
    """Return these clocks where they run, each locked against a reply that comes now."""
    rows = Clock.objects.select_for_update(of=("self",)).select_related("policy")
    return rows.filter(
        workspace_id=workspace_id,
        id__in=clock_ids,
        state=ClockState.RUNNING,
        paused_at__isnull=True,
    ).order_by("id")


def _alarm(workspace_id: UUID, clocks: Sequence[Clock], moment: datetime, kind: str) -> list[Clock]:
    """Raise an alarm for each clock that has none of the kind; return those clocks."""
    known = Alarm.objects.filter(
        workspace_id=workspace_id, clock_id__in=[clock.id for clock in clocks], kind=kind
    )
    told = set(known.values_list("clock_id", flat=True))
    fresh = [clock for clock in clocks if clock.id not in told]
    Alarm.objects.bulk_create(
        (
            Alarm(
                workspace_id=workspace_id,
                clock_id=clock.id,
                case_id=clock.case_id,
                kind=kind,
                raised_at=moment,
            )
            for clock in fresh
        ),
        ignore_conflicts=True,
    )
    return fresh
