"""What powers tell the house."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class ReplyHandedIn(DomainEvent):
    """A reply waits for a second person."""

    case_id: UUID
    delivery_id: UUID
    author_id: UUID


@dataclass(frozen=True)
class ReplyReviewed(DomainEvent):
    """It waits no more: approved, returned or recalled (`state`), by whom."""

    case_id: UUID
    delivery_id: UUID
    author_id: UUID
    state: str
    by_id: UUID


@dataclass(frozen=True)
class GrantAsked(DomainEvent):
    """Something above somebody's powers waits for a second person."""

    case_id: UUID
    grant_id: UUID
    giver_id: UUID


@dataclass(frozen=True)
class GrantDecided(DomainEvent):
    """It waits no more: granted or refused (`state`), by whom."""

    case_id: UUID
    grant_id: UUID
    giver_id: UUID
    state: str
    by_id: UUID
