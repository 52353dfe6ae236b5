"""A file of a series: a value a day, a week or a month, each with its unit. Pure."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.kit.text import clean
from hearwell.outcomes.files import Cells, FileError, LineError, lines_of, read_day, refuse

COLUMNS: Final = ("date", "value", "currency", "unit", "name")
_NUMBER: Final = re.compile(r"[-+]?\d{1,15}(?:[.,]\d{1,9})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
LONGEST_NAME: Final = 80
_LONGEST_UNIT: Final = 20
_FEWEST_GAPS: Final = 2
_WEEK: Final = 7

NO_COLUMNS: Final = _(
    "The first line has to name the columns: date, value, and currency or unit; and name, where "
    "the file has several series."
)
NO_VALUE: Final = _("The value is a number such as 1234.5, without thousands.")
NO_UNIT: Final = _("The currency or unit is missing, or longer than 20 letters.")
NO_CURRENCY: Final = _("The currency is three letters, such as EUR.")
NO_NAME: Final = _("The series has no name, or one longer than 80 letters.")
SAME_DAY: Final = _("This series has a value for that time in an earlier line already.")
NOT_DAYS: Final = _(
    "The dates of a series are never less than a week apart, so its values are not of a day: "
    "choose a week or a month below, and the file again."
)
OTHER_GRAIN: Final = _("The series of this name has values of another length of time.")
OTHER_VALUE: Final = _(
    "For that time another value is there already. Undo the import that brought it first."
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a series of that name, from `starts_on` for a day, a week or a month.

    `is_money`: `unit` is a currency, so that days add up; anything else has a mean.
    """

    name: str
    starts_on: date
    unit: str
    value: float
    is_money: bool = False

    @property
    def key(self) -> tuple[str, date, str]:
        """What there is one of."""
        return self.name, self.starts_on, self.unit


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file. `wrong` (a msgid) is empty where it can be taken."""

    number: int
    value: Value | None
    column: str = ""
    wrong: str = ""


def read_series(body: bytes, grain: str, name: str, today: date) -> list[Line]:
    """Read a file of values a day (`d`), week (`w`) or month (`m`). Raises FileError.

    `name` is that of lines without one. A week is that of any of its days.
    """
    found, seen = [], set[tuple[str, date, str]]()
    for number, cells in lines_of(body, ("date", "value"), NO_COLUMNS):
        try:
            value = _value(cells, grain, name, today)
            if value.key in seen:
                refuse("date", SAME_DAY)
            seen.add(value.key)
            found.append(Line(number, value))
        except LineError as error:
            found.append(Line(number, None, error.column, str(error)))
    if grain == "d":
        _check_days(line.value for line in found if line.value)
    return found


def _check_days(values: Iterable[Value]) -> None:
    """Raise FileError where values a week or a month would be taken for days.

    No week would then be whole, and nothing could be shown of them.
    """
    days = defaultdict[str, set[date]](set)
    for value in values:
        days[value.name].add(value.starts_on)
    for those in days.values():
        gaps = [(later - day).days for day, later in pairwise(sorted(those))]
        if len(gaps) >= _FEWEST_GAPS and min(gaps) >= _WEEK:
            raise FileError(NOT_DAYS)


def start_of(day: date, grain: str) -> date:
    """Return the first day of the day, week or month that a day is in."""
    if grain == "w":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "m" else day


def written(lines: Sequence[Line]) -> str:
    """Write the lines that can be taken as a file of the same kind."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows(_cells(line.value for line in lines if line.value))
    return out.getvalue()


def _cells(values: Iterable[Value]) -> Iterable[tuple[object, ...]]:
    return (
        (one.starts_on, repr(one.value), one.unit if one.is_money else "",
         "" if one.is_money else one.unit, one.name)
        for one in values
    )  # fmt: skip


def _value(cells: Cells, grain: str, name: str, today: date) -> Value:
    day = start_of(read_day(cells.get("date", ""), today), grain)
    said = " ".join(clean(cells.get("name") or name)[0].split())
    if not 0 < len(said) <= LONGEST_NAME:
        refuse("name", NO_NAME)
    unit, is_money = _unit(cells)
    text = cells.get("value", "").replace("\N{MINUS SIGN}", "-")
    if not text.isascii() or not _NUMBER.fullmatch(text):
        refuse("value", NO_VALUE)
    number = float(text.replace(",", "."))
    if not math.isfinite(number):
        refuse("value", NO_VALUE)
    return Value(said, day, unit, number, is_money)


def _unit(cells: Cells) -> tuple[str, bool]:
    """Return the unit, and whether it is a currency: three letters in the column of that name."""
    if currency := cells.get("currency", "").upper():
        if not _CURRENCY.fullmatch(currency):
            refuse("currency", NO_CURRENCY)
        return currency, True
    unit = " ".join(clean(cells.get("unit") or "")[0].split())
    if not 0 < len(unit) <= _LONGEST_UNIT:
        refuse("unit", NO_UNIT)
    return unit, False
