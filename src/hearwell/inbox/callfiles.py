"""A file of calls, read before anything is saved: what each line says, or what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from hearwell.connect.calls import Call, CallError
from hearwell.inbox.calls import read_call

MOST_BYTES: Final = 2_000_000
MOST_LINES: Final = 2_000
COLUMNS: Final = (
    "id", "direction", "number", "from", "to", "started_at", "answered_at", "duration_s",
    "outcome", "notes", "recording_url", "name", "agent",
)  # fmt: skip
_NEEDED: Final = ("direction", "started_at", "outcome")
_NUMBERS: Final = frozenset({"number", "from", "to"})
_TIMES: Final = ("started_at", "answered_at")


class CallFileError(ValueError):
    """The file as a whole cannot be read; an English msgid says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, by its number there. ``wrong`` is empty where it can be taken."""

    number: int
    call: Call | None
    agent: str = ""
    wrong: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file as it was read. Nothing of it is taken while any line is wrong."""

    lines: list[Line] = field(default_factory=list)

    @property
    def wrong(self) -> list[Line]:
        """The lines that cannot be taken."""
        return [line for line in self.lines if line.wrong]

    @property
    def calls(self) -> list[tuple[Call, str]]:
        """The calls, each with who of us spoke."""
        return [(line.call, line.agent) for line in self.lines if line.call is not None]


def read_file(body: bytes, *, zone: str, country: str = "") -> CallFile:
    """Read a file with a heading of column names. Raises ``CallFileError``.

    Commas, semicolons or tabs stand between the columns. ``zone`` is that of times without one,
    ``country`` the calling code of numbers written as at home.
    """
    table = csv.DictReader(io.StringIO(_text(body)), delimiter=_between(body), strict=True)
    try:
        names = [(name or "").strip().lower() for name in table.fieldnames or ()]
        _checked(names)
        table.fieldnames = names
        return CallFile(list(_lines(table, ZoneInfo(zone), country)))
    except csv.Error as error:
        message = "This is no table of columns: a quotation mark is open somewhere."
        raise CallFileError(message) from error


def _text(body: bytes) -> str:
    if len(body) > MOST_BYTES:
        message = "The file is too large: two million bytes at most."
        raise CallFileError(message)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The file is not written in UTF-8. Save it as “CSV UTF-8”."
        raise CallFileError(message) from error


def _between(body: bytes) -> str:
    heading = body.split(b"\n", 1)[0]
    return max(",;\t", key=lambda sign: heading.count(sign.encode()))


def _checked(names: list[str]) -> None:
    if not set(names) >= set(_NEEDED) or not set(names) & _NUMBERS:
        message = "The first line has to name the columns: direction, number, started_at, outcome."
        raise CallFileError(message)
    if len(set(names)) != len(names):
        message = "Two columns have the same name."
        raise CallFileError(message)


def _lines(table: csv.DictReader[str], zone: ZoneInfo, country: str) -> Iterator[Line]:
    seen: dict[str, int] = {}
    for count, row in enumerate(table):
        if count >= MOST_LINES:
            message = "The file has too many lines: 2,000 at most. Cut it into several."
            raise CallFileError(message)
        line = _line(table.line_num, row, zone, country)
        if line.call and (first := seen.setdefault(line.call.id, line.number)) != line.number:
            words = f"This call stands in line {first} already."
            line = Line(line.number, None, wrong=words, column="id")
        yield line


def _line(number: int, row: Mapping[str | None, object], zone: ZoneInfo, country: str) -> Line:
    known = (name for name in COLUMNS if isinstance(row.get(name), str))
    plain = {name: str(row[name]) for name in known}
    for name in _TIMES:
        plain[name] = _zoned(plain.get(name, "").strip(), zone)
    # Without its time it would be another call each time the file is read.
    if not plain["started_at"]:
        return Line(number, None, wrong="The time of the call is missing.", column="started_at")
    try:
        call = read_call(plain, country=country)
    except CallError as error:
        return Line(number, None, wrong=str(error), column=error.field)
    return Line(number, call, plain.get("agent", "").strip()[:200])


def _zoned(text: str, zone: ZoneInfo) -> str:
    """A time without a zone is one of the workspace's clock on the wall."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo or text.isdigit() else moment.replace(tzinfo=zone).isoformat()
