"""A case as a row of the list."""

from __future__ import annotations

from dataclasses import dataclass

from hearwell.web.components.clocks import ClockFace


@dataclass(frozen=True)
class Row:
    """What one row says. `percent` is the certainty of `kind`, None when a person set it.

    `says` is a word on the state where there is no clock: snoozed, waits for customer, solved.
    """

    id: str
    url: str
    name: str
    network: str
    audience: str
    text: str
    clock: ClockFace | None = None
    kind: str = ""
    percent: int | None = None
    urgency: int = 0
    version: int = 1
    initials: str = ""
    assigned_to: str = ""
    says: str = ""
    is_unread: bool = False
    is_current: bool = False
    is_gone: bool = False
