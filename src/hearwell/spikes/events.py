"""What spikes tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class SpikeFound(DomainEvent):
    """Far more was said than usual. Case and message are those with which it began.

    `spike_kind` is trouble, praise or volume; `severity` 1 to 100; `expected` how many messages
    would have been usual in the same minutes.
    """

    spike_id: UUID
    spike_kind: str
    severity: int
    topic: str
    channel_id: UUID | None
    count: int
    expected: float
    minutes: int
    people: int
    case_id: UUID
    message_id: UUID


@dataclass(frozen=True)
class SpikeDecided(DomainEvent):
    """A person confirmed a spike, dismissed it, or took that back."""

    spike_id: UUID
    state: str
    actor_id: UUID | None
