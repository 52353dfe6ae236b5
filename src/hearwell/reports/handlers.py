"""What the reports write down when something happens."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.conversations.events import CaseClosed, CaseReopened
from hearwell.events.registry import on
from hearwell.reports.facts import record_answers, record_resolutions
from hearwell.sla.events import ClockMet


@on(ClockMet)
def count_answers(events: Sequence[ClockMet]) -> None:
    """A reply closed a clock."""
    record_answers(events)


@on(CaseClosed)
def count_closings(events: Sequence[CaseClosed]) -> None:
    """A case was closed."""
    record_resolutions(events)


@on(CaseReopened)
def count_returns(events: Sequence[CaseReopened]) -> None:
    """A closed case came back."""
    record_resolutions(events)
