"""What a batch does to the clocks of its cases: gathered first, written together."""

from __future__ import annotations

from collections.abc import Iterable
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

CHANGED = (
    "state", "started_at", "started_by", "urgency", "due_at", "met_at", "met_by", "wall_s",
    "business_s", "breached_at",
)  # fmt: skip


def is_running(clock: Clock) -> bool:
    """Say whether the customer still waits."""
    return clock.state == ClockState.RUNNING


@dataclass
class Plan:
    """Clocks to write, old and new, and what is to be told of them."""

    workspace_id: UUID
    policy: Policy
    new: list[Clock] = field(default_factory=list)
    changed: dict[UUID, Clock] = field(default_factory=dict)
    events: list[ClockEvent] = field(default_factory=list)
    told: list[DomainEvent] = field(default_factory=list)
    make: Maker[Clock] = field(default_factory=lambda: Maker(Clock))

    def start(self, case_id: UUID, kind: ClockKind, ask: Asked) -> Clock:
        """Start a clock at a message."""
        clock = self.make(
            {"policy": self.policy},
            workspace_id=self.workspace_id,
            case_id=case_id,
            kind=kind.value,
            started_at=ask.at,
            started_by=ask.message_id,
            urgency=ask.urgency,
            due_at=self.due(kind, ask),
            policy_id=self.policy.id,
            policy_version=self.policy.version,
        )
        self.new.append(clock)
        return clock

    def due(self, kind: str, ask: Asked) -> datetime:
        """Return when this message alone would have to be answered."""
        return deadline(ask.at, self.policy.target_s(kind, ask.urgency), self.policy.due_hours)

    def join(self, clock: Clock, ask: Asked) -> None:
        """Put a further message on a running clock.

        It counts from the oldest message and is due for the most pressing.
        """
        is_older, due = ask.at < clock.started_at, self.due(clock.kind, ask)
        if not is_older and due >= clock.due_at:
            return
        why = "older_message" if is_older else "more_urgent"
        self._note(clock, "moved", ask.at, why, due_before=clock.due_at.isoformat())
        clock.due_at = min(due, clock.due_at)
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
        clock.due_at = min(clock.due_at, self.due(clock.kind, ask))
        clock.started_at, clock.started_by = ask.at, ask.message_id
        self.meet(clock, reply, "older_message")

    def cancel(self, clock: Clock, moment: datetime, why: str) -> None:
        """Stop a clock that has nothing to measure any more."""
        clock.state = ClockState.CANCELLED
        self._note(clock, clock.state, moment, why)

    def _note(self, clock: Clock, what: str, at: datetime, why: str, **data: str) -> None:
        self.events.append(ClockEvent.of(clock, what, at, why, **data))
        if not clock._state.adding:
            self.changed[clock.id] = clock

    def write(self) -> None:
        """Write it: at most four statements, then tell of it."""
        if self.changed:  # closed clocks first: a case has one running clock of a kind
            Clock.objects.bulk_update(self.changed.values(), CHANGED)
        running = [clock for clock in self.new if is_running(clock)]
        _insert_running(self.policy, running)
        insert([clock for clock in self.new if not is_running(clock)])
        insert(self.events)
        if running:
            cases, clocks = [c.case_id for c in running], [c.id for c in running]
            self.told.append(ClockStarted(self.workspace_id, cases, clocks))
        emit(self.told)


_NARROW = ("id", "case_id", "kind", "started_at", "started_by", "urgency", "due_at")
_INSERT = """
    INSERT INTO sla_clock (id, case_id, kind, started_at, started_by, urgency, due_at,
        workspace_id, policy_id, policy_version, state, is_historic)
    SELECT r.*, %s, %s, %s, 'running', false
    FROM json_to_recordset(%s::json) AS r(id uuid, case_id uuid, kind text,
        started_at timestamptz, started_by uuid, urgency smallint, due_at timestamptz)
"""


def _insert_running(policy: Policy, clocks: list[Clock]) -> None:
    """Insert new clocks; what all of them share is not said a thousand times."""
    if clocks:
        lines = document({name: vars(clock)[name] for name in _NARROW} for clock in clocks)
        shared = [policy.workspace_id, policy.id, policy.version]
        fetch(_INSERT, [*shared, lines], is_read=False)


def close(clock: Clock, reply: Replied) -> None:
    """Set a clock to met or missed, with both times; not saved."""
    clock.met_at, clock.met_by = max(reply.at, clock.started_at), reply.message_id
    clock.wall_s = int((clock.met_at - clock.started_at).total_seconds())
    hours = clock.policy.calendar.hours
    clock.business_s = int(business_seconds(clock.started_at, clock.met_at, hours))
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
    due: dict[UUID, datetime | None] = dict.fromkeys(case_ids)
    for clock in clocks:
        if is_running(clock):
            before = due.get(clock.case_id)
            due[clock.case_id] = min(before, clock.due_at) if before else clock.due_at
    reschedule(due)
