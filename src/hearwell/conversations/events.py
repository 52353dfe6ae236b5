"""What happens to cases by somebody's hand (messages are told of by the stories in inbox)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hearwell.events.model import DomainEvent
from hearwell.kit.ids import uuid7


@dataclass(frozen=True)
class CaseAssigned(DomainEvent):
    """A case was given to somebody, or put back. `act_id` tells one giving from the next."""

    case_id: UUID
    actor_id: UUID | None
    assignee_id: UUID | None
    before_id: UUID | None = None
    act_id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class CaseClosed(DomainEvent):
    """A case was closed."""

    case_id: UUID
    actor_id: UUID | None
    reason: str
    version: int


@dataclass(frozen=True)
class CaseReopened(DomainEvent):
    """A closed case is open again: by somebody, or by a message (no actor)."""

    case_id: UUID
    actor_id: UUID | None
    version: int


@dataclass(frozen=True)
class CaseSnoozed(DomainEvent):
    """A case was put away until a time."""

    case_id: UUID
    actor_id: UUID | None
    until: datetime


@dataclass(frozen=True)
class CaseWoken(DomainEvent):
    """A snoozed case is back: its time came, somebody woke it, or a message did."""

    case_id: UUID
    actor_id: UUID | None = None


@dataclass(frozen=True)
class CaseTagged(DomainEvent):
    """Tags were put on or taken off a case."""

    case_id: UUID
    actor_id: UUID | None
    tags: list[str]
    is_on: bool


@dataclass(frozen=True)
class UrgencySet(DomainEvent):
    """It was said how urgent a case is; `before` is what it was."""

    case_id: UUID
    actor_id: UUID | None
    urgency: int
    before: int


@dataclass(frozen=True)
class CaseUnsolved(DomainEvent):
    """A customer says of what was closed that it is not solved (`is_so`), or does so no more."""

    case_id: UUID
    actor_id: UUID | None
    is_so: bool


@dataclass(frozen=True)
class NoteAdded(DomainEvent):
    """Somebody left a note for the team in a case."""

    case_id: UUID
    actor_id: UUID | None
    message_id: UUID


@dataclass(frozen=True)
class CaseMerged(DomainEvent):
    """All that was in a case went into another; the emptied one is closed and leads there.

    `case_ids`: the emptied one, then the one that took it. So also when a split is undone.
    """

    case_ids: list[UUID]
    actor_id: UUID | None
    move_id: UUID


@dataclass(frozen=True)
class CaseParted(DomainEvent):
    """Conversations left a case for another: a split, or a merge that was undone.

    `case_ids`: the one that they left, then the one that they are in now.
    """

    case_ids: list[UUID]
    actor_id: UUID | None
    move_id: UUID
