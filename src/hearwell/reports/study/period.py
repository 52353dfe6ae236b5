"""Periods as people type them: 2017, 2017-Q4, 2017-10, 2017-10-31, 2017-10-01..2017-11-15, 30d."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

BEGINNING, END = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001  UTC, as in the relation
QUARTER = re.compile(r"([0-9]{4})-[Qq]([1-4])")
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
DAYS = re.compile(r"([1-9][0-9]{0,3})d")
FORMS = "2017, 2017-Q4, 2017-10, 2017-10-31, 2017-10-01..2017-11-15 or 30d"
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` up to, and not including, `ends_at`; UTC without zone."""

    starts_at: datetime = BEGINNING
    ends_at: datetime = END


def parse_period(text: str, horizon: datetime) -> Period:
    """Read a period; `30d` are the last 30 days before `horizon`. Raises ValueError."""
    try:
        period = _parsed(text, horizon)
    except (ValueError, OverflowError) as error:
        why = f"No period is written {text!r}. Write {FORMS}."
        raise ValueError(why) from error
    if period.starts_at >= period.ends_at:
        why = f"{text} ends before it begins"
        raise ValueError(why)
    return period


def _parsed(text: str, horizon: datetime) -> Period:
    """Raise ValueError or OverflowError for what is no period, or one beyond the calendar."""
    if days := DAYS.fullmatch(text):
        return Period(horizon - timedelta(days=int(days[1])), END)
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        return Period(_midnight(_first_day(text)), _midnight(_next_day(text)))
    return Period(
        _midnight(_first_day(first)) if first else BEGINNING,
        _midnight(_next_day(last)) if last else END,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _first_day(text: str) -> date:
    if quarter := QUARTER.fullmatch(text):
        return date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
    if not (parts := DATE.fullmatch(text)):
        raise ValueError(text)
    return date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))


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
