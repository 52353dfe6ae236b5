"""What the status board tells the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class StatusChanged(DomainEvent):
    """A status update was published, corrected, withdrawn, ended or brought back (`what`).

    `cases` counts the open cases that it is about, `told` those whose customers know another text.
    """

    update_id: UUID
    what: str
    headline: str
    version: int
    cases: int
    told: int
    actor_id: UUID
