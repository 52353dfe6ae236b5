"""What clocks tell the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class ClockStarted(DomainEvent):
    """Clocks started, one event a batch: `clock_ids[n]` runs on `case_ids[n]`."""

    case_ids: list[UUID]
    clock_ids: list[UUID]


@dataclass(frozen=True)
class ClockMet(DomainEvent):
    """A reply closed a clock, in time or late.

    `asked_at` and `asked_by` are the oldest unanswered message; `reply_id` is the reply where
    it is known.
    """

    case_id: UUID
    clock_id: UUID
    kind: str
    asked_by: UUID
    asked_at: datetime
    reply_id: UUID | None
    met_at: datetime
    wall_s: int
    business_s: int
    is_in_time: bool
    urgency: int = 0


@dataclass(frozen=True)
class ClockBreached(DomainEvent):
    """A clock ran past its due time; told once for each clock.

    `roles` are those that its promise names, beside whoever has the case.
    """

    case_id: UUID
    clock_id: UUID
    kind: str
    due_at: datetime
    urgency: int = 0
    roles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ClockNearlyDue(DomainEvent):
    """A clock will run out before long; told once for each clock, to the same as its breach."""

    case_id: UUID
    clock_id: UUID
    kind: str
    due_at: datetime
    urgency: int = 0
    roles: list[str] = field(default_factory=list)
