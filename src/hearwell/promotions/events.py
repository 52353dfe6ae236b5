"""What promotions tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class SuppressionStarted(DomainEvent):
    """Nothing is to be promoted to a person any more, on the network named.

    `seq` is its number among the changes of the list; `network_id` of a mail address is its
    SHA-256, `email_sha256` is empty where none is known or may be told. `reason` is of
    `rules.Reason`.
    """

    seq: int
    network: str
    network_id: str
    email_sha256: str
    reason: str
    since: datetime


@dataclass(frozen=True)
class SuppressionEnded(DomainEvent):
    """A person may be promoted to again: all is settled and has cooled off.

    `reason` and `since` are those for which they were held back last.
    """

    seq: int
    network: str
    network_id: str
    email_sha256: str
    reason: str
    since: datetime
