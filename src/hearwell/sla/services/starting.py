"""Start clocks for what has just come in: a small constant number of statements a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Q

from hearwell.kit.rows import insert
from hearwell.sla.models import Ask, Clock, ClockState
from hearwell.sla.rules import Asked, ClockKind, Replied, clocks_for, first_after
from hearwell.sla.services.book import Book, book_of
from hearwell.sla.services.plans import Plan, is_running, reschedule_from
from hearwell.sla.services.waiting import replies_in, waiting_in


class Customers(Protocol):
    """What is read of a message."""

    id: UUID
    case_id: UUID
    sent_at: datetime


class Verdict(Protocol):
    """What is read of an assessment."""

    duty: str
    is_thanks: bool
    urgency: int


Asks = dict[UUID, list[Asked]]


@dataclass
class Situation:
    """A case as a batch finds it."""

    case_id: UUID
    standing: list[Clock] = field(default_factory=list)
    waiting: Collection[UUID] = frozenset()
    replies: Sequence[Replied] = ()

    def clock(self, kind: ClockKind) -> Clock | None:
        """Return the clock that a further message joins: the first reply is kept once a case."""
        for clock in self.standing:
            is_kept = kind is ClockKind.FIRST_REPLY and clock.state != ClockState.CANCELLED
            if clock.kind == kind and (is_kept or is_running(clock)):
                return clock
        return None

    def reply_to(self, ask: Asked, *, is_answer: bool) -> Replied | None:
        """Return the reply that was there before the message itself arrived, if any."""
        if ask.message_id in self.waiting:
            return None
        counted = [r for r in self.replies if not (is_answer and r.is_holding)]
        return first_after(counted, ask.at)


def start_clocks(
    workspace_id: UUID,
    fresh: Sequence[Customers],
    verdicts: Mapping[UUID, Verdict],
    *,
    historic: bool = False,
    book: Book | None = None,
    opened: Collection[UUID] = (),
) -> list[Clock]:
    """Start what each fresh message asks for, reckoned from the oldest unanswered one.

    Call it after conversations has applied the verdicts. Thanks and chatter start nothing, nor
    does what has no verdict (our own side); a repeat changes nothing. What a colleague answered
    in the network before the message reached us gets a clock that is met already. `historic`
    messages start no clock that could fall due: they are noted, and `close_historic` reckons
    them from the record. `book` holds the promises in force, if the caller has them; `opened` are
    cases that this very batch opened: they have no past to look up. Returns the clocks that
    started.
    """
    asks = _asks(fresh, verdicts)
    if not asks:
        return []
    if historic:
        _note(workspace_id, asks)
        return []
    plan = Plan(workspace_id, book or book_of(workspace_id))
    plan.book.know(ask.message_id for asked in asks.values() for ask in asked)
    begun = [Situation(case_id) for case_id in asks if case_id in opened]
    going_on = {case_id: asked for case_id, asked in asks.items() if case_id not in opened}
    situations = [*begun, *(_situations(workspace_id, going_on) if going_on else ())]
    for situation in situations:
        for ask in asks[situation.case_id]:
            _take(plan, situation, ask)
    plan.write()
    if plan.new or plan.changed:
        reschedule_from(asks, [clock for s in situations for clock in s.standing])
    return plan.new


def _asks(fresh: Sequence[Customers], verdicts: Mapping[UUID, Verdict]) -> Asks:
    """Return what each case asks, oldest first."""
    found: Asks = defaultdict(list)
    for message in fresh:
        verdict = verdicts.get(message.id)
        kinds = clocks_for(verdict.duty, is_thanks=verdict.is_thanks) if verdict else ()
        if verdict and kinds:
            needs_answer = ClockKind.ANSWER in kinds
            ask = Asked(message.sent_at, message.id, verdict.urgency, needs_answer)
            found[message.case_id].append(ask)
    for asks in found.values():
        asks.sort()
    return found


def _note(workspace_id: UUID, asks: Asks) -> None:
    rows = [
        Ask(
            workspace_id=workspace_id,
            case_id=case_id,
            message_id=ask.message_id,
            asked_at=ask.at,
            urgency=ask.urgency,
            needs_answer=ask.needs_answer,
        )
        for case_id, in_case in asks.items()
        for ask in in_case
    ]
    insert(rows, conflict="(workspace_id, case_id, message_id) DO NOTHING")


def _situations(workspace_id: UUID, asks: Asks) -> list[Situation]:
    """Look at the cases: who waits, what was replied already, which clocks there are.

    Replies are looked for only where a fresh message does not wait.
    """
    waiting = waiting_in(workspace_id, asks)
    waits = {case_id: {ask.message_id for ask in found} for case_id, found in waiting.items()}
    settled = [
        (case_id, ask)
        for case_id, in_case in asks.items()
        for ask in in_case
        if ask.message_id not in waits.get(case_id, ())
    ]
    oldest = min((ask.at for _, ask in settled), default=None)
    replies = replies_in(workspace_id, {case for case, _ in settled}, oldest) if settled else {}
    standing = _standing(workspace_id, asks)
    return [
        Situation(case_id, standing[case_id], waits.get(case_id, set()), replies.get(case_id, []))
        for case_id in asks
    ]


def _standing(workspace_id: UUID, asks: Asks) -> dict[UUID, list[Clock]]:
    """Return the clocks that matter to these cases, locked against a reply that comes now."""
    oldest = min(in_case[0].at for in_case in asks.values())
    rows = Clock.objects.select_for_update(of=("self",)).filter(
        Q(state=ClockState.RUNNING)
        | Q(kind=ClockKind.FIRST_REPLY)
        | Q(started_at__gte=oldest)
        | Q(met_at__gte=oldest),
        workspace_id=workspace_id,
        case_id__in=list(asks),
    )
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in rows.select_related("policy__calendar").order_by("id"):
        found[clock.case_id].append(clock)
    return found


def _take(plan: Plan, situation: Situation, ask: Asked) -> None:
    """Let one message start or join the clocks that it asks for."""
    known = {clock.kind for clock in situation.standing if clock.started_by == ask.message_id}
    kinds = [ClockKind.FIRST_REPLY] + [ClockKind.ANSWER] * ask.needs_answer
    for kind in kinds:
        if kind not in known:
            _take_kind(plan, situation, kind, ask)
    if ask.needs_answer and ClockKind.RESOLUTION not in known:
        _take_resolution(plan, situation, ask)


def _take_resolution(plan: Plan, situation: Situation, ask: Asked) -> None:
    """Start the clock of the whole case where one is promised, or let it run on."""
    clock = situation.clock(ClockKind.RESOLUTION)
    reply = situation.reply_to(ask, is_answer=True)
    if clock is None and plan.book.policy_for(ask).promises(ClockKind.RESOLUTION):
        clock = plan.start(situation.case_id, ClockKind.RESOLUTION, ask)
        situation.standing.append(clock)
        if reply is not None:
            plan.pause(clock, reply.at, "answered_before")
    elif clock is not None and clock.paused_at is None:
        plan.join(clock, ask)
    elif clock is not None and reply is None:
        plan.resume(clock, ask.at, "customer_wrote")


def _take_kind(plan: Plan, situation: Situation, kind: ClockKind, ask: Asked) -> None:
    is_answer = kind is ClockKind.ANSWER
    reply = situation.reply_to(ask, is_answer=is_answer)
    if reply is not None and (closed := _closed_by(situation, kind, reply)):
        if ask.at < closed.started_at:
            plan.reach_back(closed, ask, reply)
        return
    clock = situation.clock(kind)
    if clock is None or (is_answer and reply is not None):
        clock = plan.start(situation.case_id, kind, ask)
        situation.standing.append(clock)
        if reply is not None:
            plan.meet(clock, reply, "answered_before")
    elif is_running(clock):
        plan.join(clock, ask)


def _closed_by(situation: Situation, kind: ClockKind, reply: Replied) -> Clock | None:
    for clock in situation.standing:
        if clock.kind == kind and clock.met_by == reply.message_id:
            return clock
    return None
