"""What the stories of the inbox tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class MessageReceived(DomainEvent):
    """A customer wrote; the message is placed and clocked."""

    case_id: UUID
    message_id: UUID
    channel_id: UUID
    duty: str
    kind: str
    urgency: int
    audience: str
    is_new_case: bool
    assignee_id: UUID | None = None


@dataclass(frozen=True)
class MessageAmended(DomainEvent):
    """A customer changed the text of a message we have."""

    case_id: UUID
    message_id: UUID
    version: int


@dataclass(frozen=True)
class MessageCorrected(DomainEvent):
    """A person said what a message is; `field` is triage's, `value` what it is now."""

    case_id: UUID
    message_id: UUID
    actor_id: UUID | None
    field: str
    value: str


@dataclass(frozen=True)
class MessageWithdrawn(DomainEvent):
    """A customer deleted a message we have."""

    case_id: UUID
    message_id: UUID


@dataclass(frozen=True)
class MessageActed(DomainEvent):
    """A like, a hiding or a deletion was asked for, done, or will not be; `state` says which."""

    case_id: UUID
    message_id: UUID
    moderation_id: UUID
    actor_id: UUID | None
    act: str
    state: str


@dataclass(frozen=True)
class ReplySent(DomainEvent):
    """An answer stands on the network; `sent_at` is the network's time."""

    case_id: UUID
    message_id: UUID
    channel_id: UUID
    sent_at: datetime
    is_holding: bool = False
    is_automatic: bool = False
    is_sent_outside: bool = False
    delivery_id: UUID | None = None
    author_id: UUID | None = None
