"""What happened to channels."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class ChannelConnected(DomainEvent):
    """An account was connected, or connected anew."""

    channel_id: UUID
    network: str
    handle: str


@dataclass(frozen=True)
class ChannelStateChanged(DomainEvent):
    """A channel was paused or resumed by a person."""

    channel_id: UUID
    state: str


@dataclass(frozen=True)
class ChannelHealthChanged(DomainEvent):
    """The verdict on a channel changed: ok, unknown, warning or bad."""

    channel_id: UUID
    state: str
    message: str


@dataclass(frozen=True)
class DeliveriesParked(DomainEvent):
    """Something a network sent could not be taken in and waits for a person."""

    channel_id: UUID
    parked_ids: list[UUID]
    reason: str


@dataclass(frozen=True)
class QuotaUsedUp(DomainEvent):
    """What is left of a network's quota of the day (``2026-03-31``) is too little for an answer."""

    network: str
    day: str


@dataclass(frozen=True)
class SpendingNearsCap(DomainEvent):
    """The month's spending on a network is near its cap, or has reached it (micros of a dollar)."""

    network: str
    stage: str
    spent_micros: int
    cap_micros: int
