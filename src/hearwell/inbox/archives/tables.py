"""Rows of a CSV, whatever its columns: damage in one costs that row, not the rest of the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from django.utils.translation import gettext as _

from hearwell.inbox.archives.records import (
    LONGEST_FIELD,
    SHOWN_OF_LINE,
    ArchiveError,
    Reason,
    Record,
    Reject,
    Row,
    UnusableError,
    next_line,
)

_PLAIN = re.compile(r'[",\r\n]')


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a layout, in lower case, and what makes records of a row.

    `read` takes the line a row begins on and its fields, in the order of `needed` and then of
    `known`, which a file may lack ("" then); it raises UnusableError.
    """

    name: str
    needed: Sequence[str]
    known: Sequence[str]
    read: Callable[[int, list[str]], Sequence[Record]]


def columns_of(line: str) -> list[str]:
    """Return the names in a first line, in lower case; none where it is damaged."""
    try:
        return [column.strip().lower() for column in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return []


def table_rows(text: TextIO, table: Table) -> Iterator[Row]:
    """Every row of a table. Raises ArchiveError where it has other columns."""
    csv.field_size_limit(LONGEST_FIELD)
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    header = _header(reader, table)
    place_of = {column: place for place, column in reversed([*enumerate(header)])}
    places = [place_of.get(column, -1) for column in (*table.needed, *table.known)]

    def read(line: int, fields: list[str]) -> Sequence[Record]:
        if len(fields) != len(header):
            raise UnusableError(Reason.WIDTH)
        fields.append("")  # what a file lacks
        return table.read(line, [fields[place] for place in places])

    while (rows := _next_rows(lines, reader, read)) is not None:
        yield from rows


def _header(reader: Iterator[list[str]], table: Table) -> list[str]:
    """Return the names of the columns, in lower case. Raises ArchiveError if one is missing."""
    try:
        header = [column.strip().lower() for column in next(reader, [])]
    except csv.Error:
        header = []
    if missing := [column for column in table.needed if column not in header]:
        if ";" in "".join(header):
            raise ArchiveError(_("The columns are parted by semicolons. Save it with commas."))
        message = _("Its first line has no column %(missing)s. Is it a %(layout)s archive?")
        raise ArchiveError(message % {"missing": ", ".join(missing), "layout": table.name})
    return header


class _Lines:
    """Lines of a file, counted; remembers those of the row at hand and can take them back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: list[str] = []
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, is_endless = (self._again.pop(), False) if self._again else next_line(self._text)
        if not line:
            raise StopIteration
        if is_endless:  # as a field that no reader takes, quoted or not
            line = _PLAIN.sub("", line) + "…" * LONGEST_FIELD + "\n"
        self.taken.append(line)
        self.line += 1
        return line

    def give_back_all_but_one(self) -> str:
        """Keep the first line of the row at hand and read the others again."""
        first, *rest = self.taken
        self._again += reversed(rest)
        self.line -= len(rest)
        return first


def _next_rows(
    lines: _Lines,
    reader: Iterator[list[str]],
    read: Callable[[int, list[str]], Sequence[Record]],
) -> Sequence[Row] | None:
    """What the next row holds, nothing for an empty line; None at the end.

    A quote that nobody closes would swallow the rest of the file: then only its first line is
    rejected and the others are read again.
    """
    lines.taken.clear()
    start = lines.line + 1
    try:
        fields = next(reader, None)
    except csv.Error as error:
        if "field limit" in str(error) and len(lines.taken) == 1:
            return [Reject(start, Reason.LENGTH, lines.taken[0][:SHOWN_OF_LINE])]
        return [Reject(start, Reason.QUOTING, lines.give_back_all_but_one())]
    if fields is None:
        return None
    try:
        return read(start, fields) if fields else ()
    except UnusableError as unusable:
        return [Reject(start, unusable.reason, "".join(lines.taken))]
