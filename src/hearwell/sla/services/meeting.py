"""Close clocks: met by a reply at the network's time, or cancelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from hearwell.kit.clock import now
from hearwell.kit.scope import current_workspace
from hearwell.sla.models import Clock, ClockEvent, ClockState
from hearwell.sla.rules import SETTLED, Asked, ClockKind, Replied, clocks_met
from hearwell.sla.services.book import book_of
from hearwell.sla.services.historic import past_of
from hearwell.sla.services.plans import Plan, is_running, reschedule_from
from hearwell.sla.services.waiting import waiting_in

# Why a clock was stopped for another one, and runs on: regrouping.
MERGED, PARTED = "merged", "parted"


class NoScopeError(RuntimeError):
    """A verb that takes its workspace from the scope was called outside one: a bug."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply of ours that stands in the conversation; `at` is the network's timestamp."""

    case_id: UUID
    at: datetime
    reply_id: UUID
    is_holding: bool = False
    is_automatic: bool = False


def meet(
    case_id: UUID,
    at: datetime,
    *,
    reply_id: UUID,
    is_holding: bool = False,
    is_automatic: bool = False,
) -> list[Clock]:
    """Meet the clocks of one case, in the workspace in scope. See `meet_all`."""
    workspace_id = current_workspace()
    if workspace_id is None:
        raise NoScopeError
    return meet_all(workspace_id, [Answered(case_id, at, reply_id, is_holding, is_automatic)])


def meet_all(workspace_id: UUID, replies: Sequence[Answered]) -> list[Clock]:
    """Close the clocks that these replies meet, in time or late; return them.

    Call it after conversations has recorded the replies: that is where it is known who still
    waits. A holding reply meets the first reply only, an automatic one nothing; an answer to
    somebody else in the thread leaves the clock to run. What came after the reply starts the
    next clock at its own time. Repeats change nothing.
    """
    ordered = sorted((r for r in replies if not r.is_automatic), key=lambda reply: reply.at)
    case_ids = {reply.case_id for reply in ordered}
    running = running_in(workspace_id, case_ids)
    if not running:
        return []
    plan = Plan(workspace_id, book_of(workspace_id))
    waiting = waiting_in(workspace_id, case_ids)
    for reply in ordered:
        for clock in running:
            if is_running(clock) and _is_met(clock, reply, waiting[clock.case_id]):
                plan.meet(clock, Replied(reply.at, reply.reply_id))
    for reply in ordered:
        if not reply.is_holding and not waiting[reply.case_id]:
            _rest(plan, running, reply)
    go_on_in(plan, case_ids, running, waiting)
    return [clock for clock in running if not is_running(clock)]


def running_in(workspace_id: UUID, case_ids: Collection[UUID]) -> list[Clock]:
    """Return the running clocks of cases, locked."""
    rows = Clock.objects.select_for_update(of=("self",)).select_related("policy__calendar")
    found = rows.filter(
        workspace_id=workspace_id, case_id__in=list(case_ids), state=ClockState.RUNNING
    )
    return list(found.order_by("id")) if case_ids else []


def _is_met(clock: Clock, reply: Answered, waiting: Sequence[Asked]) -> bool:
    if clock.case_id != reply.case_id:
        return False
    if clock.kind not in clocks_met(is_holding=reply.is_holding, is_automatic=False):
        return False
    if clock.kind == ClockKind.ANSWER:
        return all(ask.message_id != clock.started_by for ask in waiting)
    return clock.started_at <= reply.at


def _rest(plan: Plan, running: Sequence[Clock], reply: Answered) -> None:
    """Let the clock of a case stand still that was answered: nobody waits for us there now."""
    for clock in running:
        is_mine = clock.case_id == reply.case_id and clock.kind == ClockKind.RESOLUTION
        if is_mine and clock.paused_at is None:
            plan.pause(clock, reply.at)


def go_on_in(
    plan: Plan, case_ids: Iterable[UUID], running: list[Clock], waiting: dict[UUID, list[Asked]]
) -> list[Clock]:
    """Start the next answer clock where somebody waits and none runs; write it all.

    Returns the clocks of these cases that ran before or run now.
    """
    plan.book.know(ask.message_id for asks in waiting.values() for ask in asks)
    answering = {c.case_id for c in running if c.kind == ClockKind.ANSWER and is_running(c)}
    owing = {id_: waiting[id_] for id_ in case_ids if waiting.get(id_) and id_ not in answering}
    stopped = _stopped(plan, owing)
    for case_id, asks in owing.items():
        clock = stopped.get(case_id)
        if clock is None:
            clock = plan.start(case_id, ClockKind.ANSWER, asks[0])
        elif getattr(clock, "stopped_for", "") == MERGED:
            plan.take_up(clock, now(), PARTED)
        else:
            plan.run_again(clock, asks[0], now())
        for ask in asks[1:]:
            plan.join(clock, ask)
    plan.write()
    clocks = [*running, *plan.new, *stopped.values()]
    if plan.new or plan.changed:
        reschedule_from(case_ids, clocks)
    return clocks


def _stopped(plan: Plan, owing: dict[UUID, list[Asked]]) -> dict[UUID, Clock]:
    """Return case -> its clock that began at the very message which waits now, and was stopped.

    Of one message only one clock can begin: one that was judged to ask nothing, and then to ask
    for an answer after all, goes on with the one that it had. `stopped_for` says why it was.
    """
    if not owing:
        return {}
    last = ClockEvent.objects.filter(clock_id=OuterRef("id")).order_by("-recorded_at", "-id")
    rows = Clock.objects.select_for_update(of=("self",)).select_related("policy__calendar")
    found = rows.annotate(stopped_for=Subquery(last.values("why")[:1])).filter(
        workspace_id=plan.workspace_id,
        case_id__in=list(owing),
        kind=ClockKind.ANSWER,
        state=ClockState.CANCELLED,
        started_by__in=[asks[0].message_id for asks in owing.values()],
    )
    return {c.case_id: c for c in found.order_by("id") if c.started_at == owing[c.case_id][0].at}


def reconcile(workspace_id: UUID, case_ids: Collection[UUID], *, why: str) -> None:
    """Bring answer clocks in line with who waits, where something else than a reply changed it.

    A message was withdrawn, or judged anew: a clock that nobody waits behind is cancelled, and
    one starts where somebody waits and none runs. Cases of the past have none that could run.
    """
    case_ids = set(case_ids) - past_of(workspace_id, case_ids)
    running, waiting = running_in(workspace_id, case_ids), waiting_in(workspace_id, case_ids)
    plan, moment = Plan(workspace_id, book_of(workspace_id)), now()
    for clock in running:
        still = {ask.message_id for ask in waiting[clock.case_id]}
        if clock.kind == ClockKind.ANSWER and clock.started_by not in still:
            plan.cancel(clock, moment, why)
        if clock.kind == ClockKind.RESOLUTION:
            _reconsider(plan, clock, moment, why, is_awaited=bool(still))
    go_on_in(plan, case_ids, running, waiting)


def _reconsider(plan: Plan, clock: Clock, moment: datetime, why: str, *, is_awaited: bool) -> None:
    """Bring the clock of a resolution in line: one that was never answered was never asked."""
    if is_awaited and clock.paused_at is not None:
        plan.resume(clock, moment, why)
    elif not is_awaited and clock.paused_at is None:
        plan.cancel(clock, moment, why)


def end(workspace_id: UUID, case_ids: Iterable[UUID], reason: str) -> int:
    """Stop the running clocks of cases that were closed; return how many.

    Closing meets the promise of a resolution where the reason says that the matter is settled.
    """
    return cancel(workspace_id, case_ids, why=f"closed: {reason}", is_settled=reason in SETTLED)


def cancel(
    workspace_id: UUID, case_ids: Iterable[UUID], *, why: str = "closed", is_settled: bool = False
) -> int:
    """Stop the running clocks of cases that need no answer any more; return how many."""
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in running_in(workspace_id, list(case_ids)):
        found[clock.case_id].append(clock)
    if not found:
        return 0
    plan, moment = Plan(workspace_id, book_of(workspace_id)), now()
    for clocks in found.values():
        for clock in clocks:
            if is_settled and clock.kind == ClockKind.RESOLUTION:
                plan.settle(clock, moment, why)
            else:
                plan.cancel(clock, moment, why)
    plan.write()
    reschedule_from(found, [])
    return sum(map(len, found.values()))
