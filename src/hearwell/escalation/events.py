"""What escalation tells the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class EscalationRaised(DomainEvent):
    """A case was escalated; `user_ids` are asked to accept it by `due_at`.

    `why`: person, safety, legal or press. `severity` is 0 to 4.
    """

    case_id: UUID
    escalation_id: UUID
    severity: int
    why: str
    user_ids: list[UUID]
    due_at: datetime | None
    actor_id: UUID | None = None


@dataclass(frozen=True)
class EscalationMoved(DomainEvent):
    """Nobody accepted in time, or nobody was there: now `user_ids` are asked.

    `is_last`: the path has come to its end, and the owners of the workspace are asked. `is_given`:
    they did not answer either, and it is the first one's until somebody accepts.
    """

    case_id: UUID
    escalation_id: UUID
    severity: int
    step: int
    user_ids: list[UUID]
    due_at: datetime | None
    is_last: bool = False
    is_given: bool = False


@dataclass(frozen=True)
class EscalationAccepted(DomainEvent):
    """Somebody sees to it."""

    case_id: UUID
    escalation_id: UUID
    severity: int
    owner_id: UUID
    actor_id: UUID | None = None


@dataclass(frozen=True)
class EscalationSettled(DomainEvent):
    """It is done, waits to be signed off, goes back, or was withdrawn: `state` says which.

    `user_ids` are those who sign it off, where it waits for that.
    """

    case_id: UUID
    escalation_id: UUID
    state: str
    user_ids: list[UUID] = field(default_factory=list)
    actor_id: UUID | None = None


@dataclass(frozen=True)
class IncidentProposed(DomainEvent):
    """More is said than usual, and it may be an incident: a person decides."""

    incident_id: UUID
    number: int
    severity: int
    title: str
    spike_id: UUID | None = None
    case_id: UUID | None = None


@dataclass(frozen=True)
class IncidentOpened(DomainEvent):
    """An incident is live."""

    incident_id: UUID
    number: int
    severity: int
    title: str
    lead_id: UUID | None = None
    actor_id: UUID | None = None


@dataclass(frozen=True)
class IncidentLevelChanged(DomainEvent):
    """An incident is at another level; without an actor it rose because it lasted."""

    incident_id: UUID
    number: int
    severity: int
    before: int
    title: str
    actor_id: UUID | None = None


@dataclass(frozen=True)
class IncidentEnded(DomainEvent):
    """An incident is over, or a proposal was dismissed: `state` says which."""

    incident_id: UUID
    number: int
    severity: int
    state: str
    title: str
    actor_id: UUID | None = None


@dataclass(frozen=True)
class StatementAsked(DomainEvent):
    """A statement waits for signatures; `user_ids` may sign now, as deputies where it says so."""

    incident_id: UUID
    number: int
    statement_id: UUID
    user_ids: list[UUID]
    is_deputies: bool = False
    title: str = ""


@dataclass(frozen=True)
class UpdateDue(DomainEvent):
    """The next update was promised for about now."""

    incident_id: UUID
    number: int
    update_at: datetime
    title: str
    user_ids: list[UUID] = field(default_factory=list)
