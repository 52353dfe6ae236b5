"""Periods as people type them: 2017, 2017-Q4, 2017-10, 2017-10-31, 2017-10-01..2017-11-15, 30d."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

BEGINNING, END = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001  UTC, as in the relation
QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])")
DAYS = re.compile(r"(\d{1,4})d")
_MONTHS = 12
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` up to, and not including, `ends_at`; UTC without zone."""

    starts_at: datetime = BEGINNING
    ends_at: datetime = END


def parse_period(text: str, horizon: datetime) -> Period:
    """Read a period; `30d` are the last 30 days before `horizon`. Raises ValueError."""
    if days := DAYS.fullmatch(text):
        return Period(horizon - timedelta(days=int(days[1])), END)
    first, dots, last = text.partition("..")
    if not dots:
        return Period(_midnight(_first_day(text)), _midnight(_next_day(text)))
    period = Period(
        _midnight(_first_day(first)) if first else BEGINNING,
        _midnight(_next_day(last)) if last else END,
    )
    if period.starts_at >= period.ends_at:
        why = f"{text} ends before it begins"
        raise ValueError(why)
    return period


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _first_day(text: str) -> date:
    if quarter := QUARTER.fullmatch(text):
        return date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > _PARTS:
        why = f"{text} is no year, quarter, month or day"
        raise ValueError(why)
    year, month, day = (*map(int, parts), 1, 1)[:_PARTS]
    return date(year, month, day)


def _next_day(text: str) -> date:
    """The day after the last one that `text` names."""
    first = _first_day(text)
    if QUARTER.fullmatch(text):
        return _months_on(first, 3)
    named = text.count("-")
    if named == 0:
        return _months_on(first, _MONTHS)
    return _months_on(first, 1) if named == 1 else first + timedelta(days=1)


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, _MONTHS)
    return date(day.year + years, month + 1, 1)
