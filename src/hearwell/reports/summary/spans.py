"""The quarter so far, and the same days of the quarter before. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hearwell.reports.rolling.cube import Span

RIPE: Final = timedelta(days=2)
"""Whoever wrote at the end of the day before yesterday has had 24 hours to be answered."""
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Quarter:
    """Days of a quarter up to one of them, and as many from the start of the quarter before."""

    now: Span
    before: Span

    @property
    def number(self) -> int:
        """Which quarter of its year, 1 to 4."""
        return (self.now.first.month - 1) // _MONTHS + 1


def quarter_to(asked: date | None, today: date) -> Quarter:
    """Return the quarter of a day up to it, but never a day that is not ripe yet."""
    last = min(asked or today, today - RIPE)
    first = _first_of(last)
    before = _first_of(first - timedelta(days=1))
    as_many = before + (last - first)
    return Quarter(Span(first, last), Span(before, min(as_many, first - timedelta(days=1))))


def _first_of(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % _MONTHS, 1)
