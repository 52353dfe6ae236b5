"""What routing tells the house (assignments are told by conversations, which keeps them)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class CaseClaimed(DomainEvent):
    """Somebody is on a case, for now."""

    case_id: UUID
    user_id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class CaseReleased(DomainEvent):
    """A claim has ended: let go (`why` = released), or run out (expired)."""

    case_id: UUID
    user_id: UUID
    why: str


@dataclass(frozen=True)
class PresenceChanged(DomainEvent):
    """Somebody is available, busy or away: by their own choice, or because nothing was heard."""

    user_id: UUID
    presence: str
    is_automatic: bool


@dataclass(frozen=True)
class TeamChanged(DomainEvent):
    """Cases were moved to another team; nobody's assignment changed by that alone."""

    case_ids: list[UUID]
    team_id: UUID
    why: str
