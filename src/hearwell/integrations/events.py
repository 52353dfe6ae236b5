"""What webhooks tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class WebhookSwitchedOff(DomainEvent):
    """A webhook was switched off by itself; `reason` is gone, failing or crowded."""

    subscription_id: UUID
    reason: str
