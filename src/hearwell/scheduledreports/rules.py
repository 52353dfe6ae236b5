"""When a scheduled report is due and which days it is of. Pure.

An hour that does not exist on a day (clocks go forward) is sent when the clock has passed it; one
that happens twice is sent the first time. So each day has one moment, and a period one sending.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
_WEEK_DAYS: Final = 7
_LONGEST_MONTH: Final = 31


class Cadence(StrEnum):
    """How often a report is sent."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


# Of each cadence the days it may be sent on: none to choose, Monday 1 to Sunday 7, 1 to 31.
DAYS_OF: Final[dict[Cadence, range]] = {
    Cadence.DAILY: range(1),
    Cadence.WEEKLY: range(1, _WEEK_DAYS + 1),
    Cadence.MONTHLY: range(1, _LONGEST_MONTH + 1),
}
HOURS: Final = range(24)


@dataclass(frozen=True, slots=True)
class Slot:
    """Every day, on a day of the week or of the month, at an hour on the wall."""

    cadence: Cadence
    on_day: int
    hour: int

    def is_on(self, day: date) -> bool:
        """Whether it is sent on this day; of a month that is too short on its last day."""
        if self.cadence == Cadence.DAILY:
            return True
        if self.cadence == Cadence.WEEKLY:
            return day.isoweekday() == self.on_day
        return day.day == min(self.on_day, calendar.monthrange(day.year, day.month)[1])

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first time after a moment."""
        today = moment.astimezone(zone).date()
        return next(at for at in self._times(today, DAY, zone) if at > moment)

    def last_until(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the last time up to a moment, that one included."""
        today = moment.astimezone(zone).date()
        return next(at for at in self._times(today + DAY, -DAY, zone) if at <= moment)

    def _times(self, start: date, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
        days = (start + step * n for n in count())
        return (self._at(day, zone) for day in filter(self.is_on, days))

    def _at(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, time(self.hour), zone).astimezone(UTC)

    def period(self, sent_at: datetime, zone: ZoneInfo) -> tuple[date, date]:
        """Return the first and the last day of what has just ended when it is sent.

        The day before; the seven days before; the whole calendar month before.
        """
        day = sent_at.astimezone(zone).date()
        if self.cadence == Cadence.DAILY:
            return day - DAY, day - DAY
        if self.cadence == Cadence.WEEKLY:
            return day - _WEEK_DAYS * DAY, day - DAY
        last = day.replace(day=1) - DAY
        return last.replace(day=1), last
