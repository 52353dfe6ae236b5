"""What watching tells the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class BrandFound(DomainEvent):
    """An account that was to be watched is there; `channel_id` is its record, still empty."""

    watch_id: UUID
    panel_id: UUID
    brand_name: str
    channel_id: UUID
    by_id: UUID
