"""The clocks of cases whose closing was taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery

from hearwell.kit.clock import now
from hearwell.sla.models import Clock, ClockEvent, ClockState
from hearwell.sla.services.book import book_of
from hearwell.sla.services.meeting import running_in
from hearwell.sla.services.plans import Plan, reschedule_from

TAKEN_BACK: Final = "close_undone"


def take_back(workspace_id: UUID, case_ids: Collection[UUID], since: datetime) -> None:
    """Let the clocks run on that a closing since then has stopped, as if it had not been.

    They keep their beginning, their promise and what stood still: nobody waits less for a mistake
    of ours. A resolution that the closing met is open again.
    """
    last = ClockEvent.objects.filter(clock_id=OuterRef("id")).order_by("-recorded_at", "-id")
    why, ended = (Subquery(last.values(name)[:1]) for name in ("why", "recorded_at"))
    stopped = (
        Clock.objects.select_related("policy__calendar")
        .annotate(why=why, ended=ended)
        .filter(
            workspace_id=workspace_id,
            case_id__in=list(case_ids),
            why__startswith="closed: ",
            ended__gte=since,
        )
        .exclude(state=ClockState.RUNNING)
    )
    running = running_in(workspace_id, case_ids)
    busy = {(clock.case_id, clock.kind) for clock in running}
    plan, moment = Plan(workspace_id, book_of(workspace_id)), now()
    taken = []
    for clock in stopped.order_by("started_at", "id"):
        if (clock.case_id, clock.kind) in busy:
            continue
        busy.add((clock.case_id, clock.kind))
        clock.met_at = clock.wall_s = clock.business_s = None
        plan.take_up(clock, moment, TAKEN_BACK)
        taken.append(clock)
    plan.write()
    reschedule_from(case_ids, [*running, *taken])
