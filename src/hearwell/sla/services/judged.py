"""The clock of the first reply, where a message turns out to be something else than it seemed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from uuid import UUID

from hearwell.conversations.models import Case, Status
from hearwell.kit.clock import now
from hearwell.sla.models import Clock, ClockState
from hearwell.sla.rules import Asked, ClockKind, Replied, clocks_for, first_after
from hearwell.sla.services.book import book_of
from hearwell.sla.services.historic import judge_anew, past_of
from hearwell.sla.services.meeting import running_in
from hearwell.sla.services.plans import Plan, is_running, reschedule_from
from hearwell.sla.services.starting import Customers, Verdict
from hearwell.sla.services.waiting import replies_in, waiting_in

Asks = Mapping[UUID, Sequence[tuple[Customers, bool]]]


def reconcile_first_replies(
    workspace_id: UUID,
    messages: Sequence[Customers],
    verdicts: Mapping[UUID, Verdict],
    *,
    why: str,
) -> None:
    """Bring the clocks of first replies in line with what these messages are now.

    One that began at a message which asks for nothing (or has no verdict: it was withdrawn) counts
    from whoever waits instead, and is cancelled where nobody does; one begins, or goes on, where a
    message asks for a reply after all. All clocks of the past are reckoned anew. Call it after
    `reconcile`. Ten statements at most, and seven for the past.
    """
    past = past_of(workspace_id, {message.case_id for message in messages})
    asks: dict[UUID, list[tuple[Customers, bool]]] = defaultdict(list)
    if past:
        judge_anew(workspace_id, [one for one in messages if one.case_id in past], verdicts)
    current = (message for message in messages if message.case_id not in past)
    for message in sorted(current, key=attrgetter("sent_at")):
        asks[message.case_id].append((message, _asks(verdicts.get(message.id))))
    clocks = _first_replies(workspace_id, asks)
    plan = Plan(workspace_id, book_of(workspace_id))
    _let_go(plan, asks, clocks, why)
    _begin(plan, asks, clocks, verdicts)
    if plan.new or plan.changed:
        plan.write()
        reschedule_from(asks, running_in(workspace_id, list(asks)))


def _asks(verdict: Verdict | None) -> bool:
    return verdict is not None and bool(clocks_for(verdict.duty, is_thanks=verdict.is_thanks))


def _first_replies(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[Clock]]:
    rows = Clock.objects.select_for_update(of=("self",)).select_related("policy__calendar")
    kept = rows.filter(
        workspace_id=workspace_id, case_id__in=list(case_ids), kind=ClockKind.FIRST_REPLY
    )
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in kept.order_by("id"):
        found[clock.case_id].append(clock)
    return found


def _let_go(plan: Plan, asks: Asks, clocks: Mapping[UUID, Sequence[Clock]], why: str) -> None:
    """Cancel the clocks that began at what asks for nothing; whoever waits gets one instead."""
    idle = {message.id for told in asks.values() for message, is_asking in told if not is_asking}
    gone = [c for kept in clocks.values() for c in kept if is_running(c) and c.started_by in idle]
    waiting = waiting_in(plan.workspace_id, [clock.case_id for clock in gone]) if gone else {}
    plan.book.know(ask.message_id for found in waiting.values() for ask in found[:1])
    for clock in gone:
        plan.cancel(clock, now(), why)
        for ask in waiting.get(clock.case_id, ())[:1]:
            plan.start(clock.case_id, ClockKind.FIRST_REPLY, ask)


def _begin(
    plan: Plan,
    asks: Asks,
    clocks: Mapping[UUID, Sequence[Clock]],
    verdicts: Mapping[UUID, Verdict],
) -> None:
    """Let a clock begin, or go on, where a message asks, none is kept and nobody has replied."""
    kept = {c.case_id for found in clocks.values() for c in found if _is_kept(c)}
    kept |= {clock.case_id for clock in plan.new}
    missing = {
        case_id: [message for message, is_asking in told if is_asking]
        for case_id, told in asks.items()
        if case_id not in kept and any(is_asking for _, is_asking in told)
    }
    replies = _replies_where_open(plan.workspace_id, missing)
    plan.book.know(missing[case_id][0].id for case_id in replies)
    for case_id, said in replies.items():
        first = missing[case_id][0]
        if first_after(said, first.sent_at) is not None:
            continue
        ask = Asked(first.sent_at, first.id, verdicts[first.id].urgency)
        stopped = [c for c in clocks.get(case_id, ()) if c.started_by == first.id]
        if stopped:
            plan.run_again(stopped[-1], ask, now())
        else:
            plan.start(case_id, ClockKind.FIRST_REPLY, ask)


def _is_kept(clock: Clock) -> bool:
    return clock.state != ClockState.CANCELLED


def _replies_where_open(
    workspace_id: UUID, missing: Mapping[UUID, Sequence[Customers]]
) -> dict[UUID, list[Replied]]:
    """Return the replies of those of these cases that are worked on; nothing for the others."""
    if not missing:
        return {}
    live = Case.objects.filter(workspace_id=workspace_id, id__in=list(missing), is_historic=False)
    worked = list(live.exclude(status=Status.CLOSED).values_list("id", flat=True))
    since = min(messages[0].sent_at for messages in missing.values())
    replies = replies_in(workspace_id, worked, since)
    return {case_id: replies.get(case_id, []) for case_id in worked}
