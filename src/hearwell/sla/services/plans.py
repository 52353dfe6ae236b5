"""What a batch does to the clocks of its cases: gathered first, written together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hearwell.conversations.services import reschedule
from hearwell.events.model import DomainEvent
from hearwell.events.services import emit
from hearwell.kit.rows import Maker, document, fetch, insert
from hearwell.sla.events import ClockMet, ClockStarted
from hearwell.sla.models import Clock, ClockEvent, ClockState, Policy
from hearwell.sla.rules import Asked, ClockKind, Replied, business_seconds, deadline
from hearwell.sla.services.book import Book

CHANGED = (
    "state", "started_at", "started_by", "urgency", "due_at", "met_at", "met_by", "wall_s",
    "business_s", "breached_at", "policy", "policy_version", "paused_at", "paused_s",
    "warn_at",
)  # fmt: skip


def is_running(clock: Clock) -> bool:
    """Say whether the customer still waits."""
    return clock.state == ClockState.RUNNING


@dataclass
class Plan:
    """Clocks to write, old and new, and what is to be told of them."""

    workspace_id: UUID
    book: Book
    new: list[Clock] = field(default_factory=list)
    changed: dict[UUID, Clock] = field(default_factory=dict)
    events: list[ClockEvent] = field(default_factory=list)
    told: list[DomainEvent] = field(default_factory=list)
    make: Maker[Clock] = field(default_factory=lambda: Maker(Clock))

    def start(self, case_id: UUID, kind: ClockKind, ask: Asked) -> Clock:
        """Start a clock at a message."""
        policy = self.book.policy_for(ask)
        clock = self.make(
            {"policy": policy},
            workspace_id=self.workspace_id,
            case_id=case_id,
            kind=kind.value,
            started_at=ask.at,
            started_by=ask.message_id,
            urgency=ask.urgency,
            due_at=due(policy, kind, ask),
            warn_at=warning(policy, kind, ask),
            policy_id=policy.id,
            policy_version=policy.version,
        )
        self.new.append(clock)
        return clock

    def join(self, clock: Clock, ask: Asked) -> None:
        """Put a further message on a running clock.

        It counts from the oldest message and is due for the most pressing. It keeps its promise,
        in the version that it began under, unless the message falls under one that is sooner.
        """
        policy = self._policy_of(clock, ask)
        is_older, sooner = ask.at < clock.started_at, due(policy, clock.kind, ask)
        if not is_older and sooner >= clock.due_at:
            return
        why = "older_message" if is_older else "more_urgent"
        self._note(clock, "moved", ask.at, why, due_before=clock.due_at.isoformat())
        if sooner < clock.due_at:
            clock.due_at, clock.warn_at = sooner, warning(policy, clock.kind, ask)
            clock.policy, clock.policy_version = policy, policy.version
        clock.urgency = max(clock.urgency, ask.urgency)
        if is_older:
            clock.started_at, clock.started_by = ask.at, ask.message_id

    def meet(self, clock: Clock, reply: Replied, why: str = "reply") -> None:
        """Close a clock by a reply, in time or late."""
        close(clock, reply)
        self._note(clock, clock.state, reply.at, why)
        self.told.append(met(clock))

    def reach_back(self, clock: Clock, ask: Asked, reply: Replied) -> None:
        """Let a clock that this reply closed count from an older message that came later."""
        clock.due_at = min(clock.due_at, due(clock.policy, clock.kind, ask))
        clock.started_at, clock.started_by = ask.at, ask.message_id
        self.meet(clock, reply, "older_message")

    def pause(self, clock: Clock, moment: datetime, why: str = "answered") -> None:
        """Let a clock stand still: the customer is to answer."""
        clock.paused_at = max(moment, clock.started_at)
        self._note(clock, "paused", clock.paused_at, why)

    def resume(self, clock: Clock, moment: datetime, why: str) -> None:
        """Let a clock run on with what was left of its time."""
        before = clock.due_at
        go_on(clock, moment)
        self._note(clock, "resumed", moment, why, due_before=before.isoformat())

    def settle(self, clock: Clock, moment: datetime, why: str) -> None:
        """Close the clock of a resolution, in time or late."""
        finish(clock, moment)
        self._note(clock, clock.state, moment, why)
        self.told.append(met(clock))

    def cancel(self, clock: Clock, moment: datetime, why: str) -> None:
        """Stop a clock that has nothing to measure any more."""
        clock.state = ClockState.CANCELLED
        self._note(clock, clock.state, moment, why)

    def run_again(self, clock: Clock, ask: Asked, moment: datetime) -> None:
        """Let a clock that was stopped go on: its message waits for us after all."""
        policy = self.book.policy_for(ask)
        clock.state, clock.breached_at, clock.urgency = ClockState.RUNNING, None, ask.urgency
        clock.policy, clock.policy_version = policy, policy.version
        clock.due_at, clock.warn_at = due(policy, clock.kind, ask), warning(policy, clock.kind, ask)
        self._note(clock, "resumed", moment, "waits_after_all")

    def stop(self, clock: Clock, moment: datetime, why: str, **data: str) -> None:
        """Stop a clock for which another one runs; `take_up` lets it run on."""
        clock.state = ClockState.CANCELLED
        self._note(clock, clock.state, moment, why, **data)

    def take_over(self, clock: Clock, other: Clock, moment: datetime, why: str) -> None:
        """Let a clock be due for another one, too, in whose place it runs."""
        if other.paused_at is not None:
            return
        if clock.paused_at is not None:
            self.resume(clock, moment, why)
        if other.due_at >= clock.due_at:
            return
        was = {"from": str(other.id), "urgency": str(clock.urgency), "policy": str(clock.policy_id)}
        for name, at in (("warn", clock.warn_at), ("breached", clock.breached_at)):
            was |= {name: at.isoformat()} if at else {}
        self._note(clock, "moved", moment, why, due_before=clock.due_at.isoformat(), **was)
        clock.due_at, clock.warn_at = other.due_at, other.warn_at
        clock.breached_at = clock.breached_at or other.breached_at  # nobody is told twice
        clock.policy, clock.policy_version = other.policy, other.policy_version
        clock.urgency = max(clock.urgency, other.urgency)

    def give_back(self, clock: Clock, taken: ClockEvent, moment: datetime, why: str) -> None:
        """Let a clock be due as it was before it took over (`taken`)."""
        data, before = taken.data, clock.due_at.isoformat()
        policy = Policy.objects.select_related("calendar").get(id=data["policy"])
        clock.policy, clock.policy_version = policy, policy.version
        clock.due_at = datetime.fromisoformat(data["due_before"])
        clock.urgency = int(data["urgency"])
        clock.warn_at, clock.breached_at = (
            datetime.fromisoformat(data[name]) if name in data else None
            for name in ("warn", "breached")
        )
        self._note(clock, "moved", moment, why, due_before=before)

    def take_up(self, clock: Clock, moment: datetime, why: str) -> None:
        """Let a clock run on that was stopped, from its own beginning and under its promise."""
        clock.state = ClockState.RUNNING
        self._note(clock, "resumed", moment, why)

    def _policy_of(self, clock: Clock, ask: Asked) -> Policy:
        held = self.book.policy_for(ask)
        is_other = held.key != clock.policy.key and held.promises(clock.kind)
        return held if is_other else clock.policy

    def _note(self, clock: Clock, what: str, at: datetime, why: str, **data: str) -> None:
        self.events.append(ClockEvent.of(clock, what, at, why, **data))
        if not clock._state.adding:
            self.changed[clock.id] = clock

    def write(self) -> None:
        """Write it: at most five statements, then tell of it."""
        # Closed clocks first: a case has one running clock of a kind, in every statement.
        for changed in _by_run(self.changed.values()):
            Clock.objects.bulk_update(changed, CHANGED)
        running = [clock for clock in self.new if is_running(clock)]
        _insert_running(running)
        insert([clock for clock in self.new if not is_running(clock)])
        insert(self.events)
        if running:
            cases, clocks = [c.case_id for c in running], [c.id for c in running]
            self.told.append(ClockStarted(self.workspace_id, cases, clocks))
        emit(self.told)


def _by_run(clocks: Iterable[Clock]) -> Iterator[list[Clock]]:
    """Return those that run no longer, then those that do; nothing for none."""
    changed = list(clocks)
    for is_wanted in (False, True):
        found = [clock for clock in changed if is_running(clock) is is_wanted]
        if found:
            yield found


_NARROW = (
    "id", "case_id", "kind", "started_at", "started_by", "urgency", "due_at", "warn_at",
    "paused_at",
)  # fmt: skip
_INSERT = """
    INSERT INTO sla_clock (id, case_id, kind, started_at, started_by, urgency, due_at, warn_at,
        paused_at, workspace_id, policy_id, policy_version, state, is_historic)
    SELECT r.*, %s, %s, %s, 'running', false
    FROM json_to_recordset(%s::json) AS r(id uuid, case_id uuid, kind text,
        started_at timestamptz, started_by uuid, urgency smallint, due_at timestamptz,
        warn_at timestamptz, paused_at timestamptz)
"""


def _insert_running(clocks: list[Clock]) -> None:
    """Insert new clocks; what all of a promise share is not said a thousand times."""
    by_promise: dict[tuple[UUID, UUID, int], list[Clock]] = defaultdict(list)
    for clock in clocks:
        shared = (clock.workspace_id, clock.policy_id, clock.policy_version)
        by_promise[shared].append(clock)
    for shared, group in by_promise.items():
        lines = document({name: vars(clock)[name] for name in _NARROW} for clock in group)
        fetch(_INSERT, [*shared, lines], is_read=False)


def due(policy: Policy, kind: str, ask: Asked) -> datetime:
    """Return when this message alone would have to be answered under a promise."""
    return deadline(ask.at, policy.target_s(kind, ask.urgency), policy.due_hours)


def warning(policy: Policy, kind: str, ask: Asked) -> datetime | None:
    """Return when to warn that this message is nearly due; None where nobody is to be warned."""
    if not policy.warn_share:
        return None
    until_then = policy.target_s(kind, ask.urgency) * (100 - policy.warn_share) / 100
    return deadline(ask.at, until_then, policy.due_hours)


def go_on(clock: Clock, moment: datetime) -> None:
    """Let a clock that stood still run on; what was late already stays due when it was."""
    stood = clock.paused_at or moment
    moment, policy = max(moment, stood), clock.policy
    clock.paused_s += int(business_seconds(stood, moment, policy.calendar.hours))
    clock.paused_at = None
    left = business_seconds(stood, clock.due_at, policy.due_hours)
    if left > 0:
        clock.due_at = deadline(moment, left, policy.due_hours)
    if clock.warn_at is not None:
        until_then = business_seconds(stood, clock.warn_at, policy.due_hours)
        clock.warn_at = deadline(moment, until_then, policy.due_hours)


def finish(clock: Clock, moment: datetime) -> None:
    """Set the clock of a resolution to met or missed, with both times; not saved."""
    if clock.paused_at is not None:
        go_on(clock, moment)
    clock.met_at = max(moment, clock.started_at)
    _count(clock)


def close(clock: Clock, reply: Replied) -> None:
    """Set a clock to met or missed, with both times; not saved."""
    clock.met_at, clock.met_by = max(reply.at, clock.started_at), reply.message_id
    _count(clock)


def _count(clock: Clock) -> None:
    clock.met_at = clock.met_at or clock.started_at
    clock.wall_s = int((clock.met_at - clock.started_at).total_seconds())
    hours = clock.policy.calendar.hours
    open_s = int(business_seconds(clock.started_at, clock.met_at, hours))
    clock.business_s = max(0, open_s - clock.paused_s)
    is_in_time = clock.met_at <= clock.due_at
    clock.state = ClockState.MET if is_in_time else ClockState.MISSED
    clock.breached_at = None if is_in_time else clock.due_at


def met(clock: Clock) -> ClockMet:
    """Return what a closed clock has to tell."""
    return ClockMet(
        workspace_id=clock.workspace_id,
        case_id=clock.case_id,
        clock_id=clock.id,
        kind=clock.kind,
        asked_by=clock.started_by,
        asked_at=clock.started_at,
        reply_id=clock.met_by,
        met_at=clock.met_at or clock.started_at,
        wall_s=clock.wall_s or 0,
        business_s=clock.business_s or 0,
        is_in_time=clock.state == ClockState.MET,
        urgency=clock.urgency,
    )


def reschedule_from(case_ids: Iterable[UUID], clocks: Iterable[Clock]) -> None:
    """Tell the cases when their next clock is due; None where none runs."""
    next_due: dict[UUID, datetime | None] = dict.fromkeys(case_ids)
    for clock in clocks:
        if is_running(clock) and clock.paused_at is None:
            before = next_due.get(clock.case_id)
            next_due[clock.case_id] = min(before, clock.due_at) if before else clock.due_at
    reschedule(next_due)
