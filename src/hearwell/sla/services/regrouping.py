"""The clocks of cases whose conversations were moved by hand.

A clock belongs to the case of the message that started it. Where two of a kind would then run in
one case, the one that began first goes on, due for the more pressing of the two; the other one
stops and is not counted. It runs on, from its own beginning and under its own promise, as soon as
its message is the oldest that waits or in a case of its own again. Nothing begins anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.sla.models import Clock, ClockEvent, ClockState
from hearwell.sla.rules import Asked, ClockKind
from hearwell.sla.services.book import book_of
from hearwell.sla.services.meeting import MERGED, PARTED, go_on_in, running_in
from hearwell.sla.services.plans import Plan, is_running, reschedule_from
from hearwell.sla.services.waiting import replies_in, waiting_in

_HOMES: Final = """
    SELECT c.id, m.case_id FROM sla_clock c
    JOIN conversations_message m ON m.workspace_id = c.workspace_id AND m.id = c.started_by
    WHERE c.workspace_id = %s AND c.id = ANY(%s)
"""
_FOLLOW: Final = """
    UPDATE sla_clock c SET case_id = m.case_id FROM conversations_message m
    WHERE c.workspace_id = %s AND c.case_id = ANY(%s)
        AND m.workspace_id = c.workspace_id AND m.id = c.started_by AND m.case_id <> c.case_id
"""
# Stopped by a merge for a clock that is not in the same case any more.
_STOPPED: Final = """
    SELECT c.id FROM sla_clock c CROSS JOIN LATERAL (
        SELECT e.why, e.data FROM sla_clockevent e
        WHERE e.workspace_id = c.workspace_id AND e.clock_id = c.id
        ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1) e
    JOIN conversations_case k ON k.workspace_id = c.workspace_id AND k.id = c.case_id
    WHERE c.workspace_id = %s AND c.case_id = ANY(%s) AND c.state = 'cancelled'
        AND e.why = 'merged' AND k.status <> 'closed'
        AND NOT EXISTS (SELECT FROM sla_clock o WHERE o.workspace_id = c.workspace_id
            AND o.id = (e.data->>'into')::uuid AND o.case_id = c.case_id)
"""


def regroup(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Bring the clocks of cases in line with where their messages are now.

    Call it after conversations has moved them, with all cases concerned. Reports keep what was
    counted: nothing is told again.
    """
    cases, moment = list(case_ids), now()
    running = running_in(workspace_id, cases)
    homes: dict[UUID, UUID] = dict(
        rows.fetch(_HOMES, [workspace_id, [clock.id for clock in running]])
    )
    first = Plan(workspace_id, book_of(workspace_id))
    _loosen(first, running, homes, moment)
    for group in _groups(running, homes):
        _join(first, group, moment)
    first.write()  # a case has one running clock of a kind, at every moment
    rows.fetch(_FOLLOW, [workspace_id, cases], is_read=False)
    _take_up(workspace_id, cases, moment)


def _groups(running: Sequence[Clock], homes: Mapping[UUID, UUID]) -> Iterable[list[Clock]]:
    """Return the clocks that would run side by side, the first to begin first."""
    found: dict[tuple[UUID, str], list[Clock]] = defaultdict(list)
    for clock in sorted(running, key=lambda clock: (clock.started_at, clock.id)):
        found[homes.get(clock.id, clock.case_id), clock.kind].append(clock)
    return [group for group in found.values() if len(group) > 1]


def _join(plan: Plan, group: Sequence[Clock], moment: datetime) -> None:
    """Let the first go on for all of them."""
    first, others = group[0], group[1:]
    for other in others:
        plan.stop(other, moment, MERGED, into=str(first.id))
        plan.take_over(first, other, moment, MERGED)


def _loosen(
    plan: Plan, running: Sequence[Clock], homes: Mapping[UUID, UUID], moment: datetime
) -> None:
    """Give back what clocks took over from those that are in another case now.

    What moved a clock since then holds: it is due as it was before only where nothing has.
    """
    moved = ClockEvent.objects.filter(clock_id__in=list(homes), what="moved")
    by_clock: dict[UUID, list[ClockEvent]] = defaultdict(list)
    for event in moved.order_by("recorded_at", "id"):
        by_clock[event.clock_id].append(event)
    from_ids = {_source(event) for events in by_clock.values() for event in events} - {None}
    away = dict(rows.fetch(_HOMES, [plan.workspace_id, list(from_ids)])) if from_ids else {}
    for clock in running:
        events = by_clock[clock.id]
        while events and events[-1].why == MERGED and _is_away(events[-1], clock, homes, away):
            plan.give_back(clock, events.pop(), moment, PARTED)


def _source(event: ClockEvent) -> UUID | None:
    text = event.data.get("from")
    return UUID(text) if event.why == MERGED and text else None


def _is_away(
    event: ClockEvent, clock: Clock, homes: Mapping[UUID, UUID], away: Mapping[UUID | None, UUID]
) -> bool:
    return away.get(_source(event)) != homes.get(clock.id)


def _take_up(workspace_id: UUID, cases: Sequence[UUID], moment: datetime) -> None:
    """Let run again what a merge stopped and what is by itself now; then see who waits."""
    running = running_in(workspace_id, cases)
    stopped = _stopped(workspace_id, cases)
    plan, waiting = Plan(workspace_id, book_of(workspace_id)), waiting_in(workspace_id, cases)
    busy = {(clock.case_id, clock.kind) for clock in running}
    replies = replies_in(workspace_id, {clock.case_id for clock in stopped}) if stopped else {}
    for clock in stopped:
        place = (clock.case_id, clock.kind)
        said = [reply for reply in replies.get(clock.case_id, ()) if reply.at >= clock.started_at]
        is_free = place not in busy and clock.kind != ClockKind.ANSWER
        if is_free and (clock.kind == ClockKind.RESOLUTION or not said):
            busy.add(place)
            plan.take_up(clock, moment, PARTED)
            running.append(clock)
    for clock in running:
        if clock.kind == ClockKind.RESOLUTION:
            _breathe(plan, clock, moment, is_awaited=bool(waiting.get(clock.case_id)))
        if clock.kind == ClockKind.ANSWER and not _waits_for(clock, waiting[clock.case_id]):
            plan.cancel(clock, moment, PARTED)
    reschedule_from(cases, go_on_in(plan, cases, running, waiting))


def _stopped(workspace_id: UUID, cases: Sequence[UUID]) -> list[Clock]:
    ids = [row[0] for row in rows.fetch(_STOPPED, [workspace_id, list(cases)])]
    found = Clock.objects.select_related("policy__calendar").filter(id__in=ids)
    return [c for c in found.order_by("started_at", "id") if c.state == ClockState.CANCELLED]


def _waits_for(clock: Clock, asks: Iterable[Asked]) -> bool:
    return any(ask.message_id == clock.started_by for ask in asks)


def _breathe(plan: Plan, clock: Clock, moment: datetime, *, is_awaited: bool) -> None:
    """Let the clock of the whole case run while somebody waits for us, and only then."""
    if not is_running(clock):
        return
    if is_awaited and clock.paused_at is not None:
        plan.resume(clock, moment, MERGED)
    elif not is_awaited and clock.paused_at is None:
        plan.pause(clock, moment, PARTED)
