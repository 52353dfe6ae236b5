"""A CSV file, read before anything of it is saved: its lines by the names of their columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Final, NoReturn

from hearwell.kit.marking import marked as _

MOST_BYTES: Final = 2_000_000
MOST_LINES: Final = 20_000
Cells = Mapping[str, str]
_WEEK: Final = re.compile(r"\d{4}-W\d{2}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_EARLIEST: Final = 1990

EMPTY: Final = _("Choose a file.")
TOO_LARGE: Final = _("The file is too large: two million bytes at most. Cut it into several.")
NOT_UTF8: Final = _("The file is not written in UTF-8. Save it as “CSV UTF-8”.")
NO_TABLE: Final = _("This is no table of columns: a quotation mark is open somewhere.")
TWICE: Final = _("Two columns have the same name.")
TOO_LONG: Final = _("The file has too many lines: 20,000 at most. Cut it into several.")
NO_LINES: Final = _("There is nothing below the line that names the columns.")
NO_DATE: Final = _("The date is a day such as 2026-03-31.")
TO_COME: Final = _("This day is still to come.")


class FileError(ValueError):
    """The file as a whole cannot be read; `str()` is a msgid that says what to do."""


class LineError(ValueError):
    """A line cannot be taken; `str()` is a msgid that says why, `column` where."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def refuse(column: str, message: str) -> NoReturn:
    """Raise LineError."""
    raise LineError(column, message)


def lines_of(body: bytes, needed: Collection[str], otherwise: str) -> Iterator[tuple[int, Cells]]:
    """Yield each line's number and its cells, by the lower-case names of the first line.

    Commas, semicolons or tabs stand between columns. Raises FileError, `otherwise` where a needed
    column is not there.
    """
    text = _text(body)
    heading = text.split("\n", 1)[0]
    between = max(",;\t", key=heading.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        names = [(name or "").strip().lower() for name in table.fieldnames or ()]
        _check(names, needed, otherwise)
        table.fieldnames = names
        yield from _rows(table)
    except csv.Error as error:
        raise FileError(NO_TABLE) from error


def _text(body: bytes) -> str:
    if not body.strip():
        raise FileError(EMPTY)
    if len(body) > MOST_BYTES:
        raise FileError(TOO_LARGE)
    try:
        return body.decode("utf-8-sig").replace("\0", "\N{SYMBOL FOR NULL}")
    except UnicodeDecodeError as error:
        raise FileError(NOT_UTF8) from error


def _check(names: list[str], needed: Collection[str], otherwise: str) -> None:
    if not set(names) >= set(needed):
        raise FileError(otherwise)
    if len(set(names)) != len(names):
        raise FileError(TWICE)


def _rows(table: csv.DictReader[str]) -> Iterator[tuple[int, Cells]]:
    count = 0
    for row in table:
        count += 1
        if count > MOST_LINES:
            raise FileError(TOO_LONG)
        cells: dict[object, object] = dict(row)
        yield (
            table.line_num,
            {str(name): value.strip() for name, value in cells.items() if isinstance(value, str)},
        )
    if not count:
        raise FileError(NO_LINES)


def read_day(text: str, today: date, *, column: str = "date") -> date:
    """Read a day, a moment, a week (2026-W09: its Monday) or a month (2026-03: its first).

    Raises LineError for what is none of these, or still to come.
    """
    try:
        found = _day(text)
    except ValueError as error:
        raise LineError(column, NO_DATE) from error
    if found.year < _EARLIEST:
        refuse(column, NO_DATE)
    if found > today:
        refuse(column, TO_COME)
    return found


def _day(text: str) -> date:
    if _WEEK.fullmatch(text):
        return date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
    if _MONTH.fullmatch(text):
        return date(int(text[:4]), int(text[5:]), 1)
    return datetime.fromisoformat(text).date()
