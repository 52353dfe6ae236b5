"""What happened to a delivery. `context` is what the submitter gave along, unread here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class DeliveryEvent(DomainEvent):
    """The fields all have."""

    delivery_id: UUID
    lane_id: UUID
    channel_id: UUID
    author_id: UUID | None
    context: dict[str, Any]


@dataclass(frozen=True)
class DeliveryQueued(DeliveryEvent):
    """It will go out at `not_before` unless it is taken back."""

    not_before: datetime


@dataclass(frozen=True)
class DeliverySent(DeliveryEvent):
    """The network has it, under its id and with its time."""

    remote_id: str
    permalink: str
    sent_at: datetime
    draft: dict[str, Any]


@dataclass(frozen=True)
class DeliveryTrouble(DeliveryEvent):
    """It did not go out, or nobody can tell: why, in words for the agent."""

    code: str
    message: str
    alternatives: list[str]


@dataclass(frozen=True)
class DeliveryFailed(DeliveryTrouble):
    """A final no; nothing was posted."""


@dataclass(frozen=True)
class DeliveryHeld(DeliveryTrouble):
    """Kept back until a person releases it; nothing was posted."""


@dataclass(frozen=True)
class DeliveryStale(DeliveryTrouble):
    """The customer wrote again before it went out; nothing was posted."""


@dataclass(frozen=True)
class DeliveryUnknown(DeliveryTrouble):
    """The network gave no trustworthy answer; it is being asked."""


@dataclass(frozen=True)
class DeliveryNeedsHuman(DeliveryTrouble):
    """Only a person can find out whether it was posted."""


@dataclass(frozen=True)
class DeliveryCancelled(DeliveryEvent):
    """Taken back in time; nothing was posted."""


@dataclass(frozen=True)
class ActSettled(DomainEvent):
    """An act on a message was done, or will not be: `state` says which, `message` why not."""

    moderation_id: UUID
    message_id: UUID
    channel_id: UUID
    act: str
    state: str
    asked_by_id: UUID | None
    settled_at: datetime
    code: str = ""
    message: str = ""
