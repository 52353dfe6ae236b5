"""Find the clocks that ran past their due time, and tell of each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.sla.events import ClockBreached
from hearwell.sla.models import Alarm, Clock, ClockEvent, ClockState

AT_MOST = 1000


def sweep_breaches() -> int:
    """Mark late clocks and raise one alarm for each; return how many were found.

    Looks across workspaces through a function that tells only ids, then works in each one's scope.
    """
    late: dict[UUID, list[UUID]] = defaultdict(list)
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, id FROM sla_late(%s, %s)", [moment, AT_MOST])
        for workspace_id, clock_id in cursor.fetchall():
            late[workspace_id].append(clock_id)
    for workspace_id, clock_ids in late.items():
        with scope(workspace_id):
            breach(workspace_id, clock_ids, moment)
    return sum(map(len, late.values()))


def breach(workspace_id: UUID, clock_ids: Sequence[UUID], moment: datetime) -> int:
    """Mark these clocks as late where they still run; return the alarms raised."""
    running = Clock.objects.select_for_update().filter(
        workspace_id=workspace_id, id__in=clock_ids, state=ClockState.RUNNING, due_at__lte=moment
    )
    clocks = list(running.order_by("id"))
    ids = [clock.id for clock in clocks]
    Clock.objects.filter(workspace_id=workspace_id, id__in=ids).update(breached_at=F("due_at"))
    told = set(
        Alarm.objects.filter(workspace_id=workspace_id, clock_id__in=ids).values_list(
            "clock_id", flat=True
        )
    )
    fresh = [clock for clock in clocks if clock.id not in told]
    Alarm.objects.bulk_create(
        (
            Alarm(
                workspace_id=workspace_id,
                clock_id=clock.id,
                case_id=clock.case_id,
                raised_at=moment,
            )
            for clock in fresh
        ),
        ignore_conflicts=True,
    )
    ClockEvent.objects.bulk_create(
        ClockEvent.of(clock, "breached", clock.due_at, "past_due") for clock in fresh
    )
    emit(
        ClockBreached(
            workspace_id, clock.case_id, clock.id, clock.kind, clock.due_at, clock.urgency
        )
        for clock in fresh
    )
    return len(fresh)
