"""An archive's lines as records, one at a time; what cannot be one is rejected with a reason."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

TWCS_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")
LONGEST_FIELD = 500_000
# A database index can hold so much; ids and handles are a tenth of it at most.
LONGEST_NAME = 500
# Nobody's line; without a limit, a file without an end of line would be read into memory whole.
LONGEST_LINE = 4_000_000
_SHOWN_OF_LINE = 1_000
GZIP_MAGIC = b"\x1f\x8b"
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_TWITTER_TIME_LENGTH = 30
# What Twitter's API escaped, and nothing else.
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_PLAIN = re.compile(r'[",\r\n]')
_KINDS = {"post", "comment", "mention", "dm", "review", "mail", "call", "chat"}


class Layout(StrEnum):
    """The kinds of file that can be imported."""

    TWCS = "twcs"
    JSONL = "jsonl"
    MBOX = "mbox"


class ArchiveError(Exception):
    """The file is no archive that we can read; the text says why, for the person."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message as the archive has it. `brand` is the account's handle, where the row says so.

    `more` holds what only some archives have, under the names of the documented JSON lines.
    """

    line: int
    id: str
    author: str
    is_ours: bool
    at: datetime
    text: str
    parent: str
    brand: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be used: where it begins, why, and the row itself."""

    line: int
    reason: Reason
    raw: str


class Reason(StrEnum):
    """Why a row is rejected."""

    WIDTH = "wrong number of fields"
    QUOTING = "broken quoting"
    LENGTH = "line too long"
    NAME = "an id or handle is too long"
    ENCODING = "not UTF-8"
    NOT_JSON = "not a JSON object"
    SCALAR = "a field is neither text nor number"
    KIND = "unknown kind"
    ID = "no id"
    AUTHOR = "no author"
    INBOUND = "inbound is neither true nor false"
    TIME = "unreadable time"
    REPEATED = "repeated id"
    UNPLACED = "belongs to no brand"
    MAIL = "the mail cannot be read"
    NOBODY = "sent by a machine, or to nobody"


class _UnusableError(Exception):
    """Raised with the Reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


Row = Record | Reject


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a plain or gzipped file. Bytes that are no UTF-8 become lone surrogates."""
    with ExitStack() as stack:
        plain = stack.enter_context(path.open("rb"))
        is_gzip = plain.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
        data = stack.enter_context(gzip.GzipFile(fileobj=plain)) if is_gzip else plain
        yield stack.enter_context(
            io.TextIOWrapper(data, "utf-8-sig", errors="surrogateescape", newline="")
        )


def read_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Every row of a file, in its order. Raises ArchiveError where it is no such archive."""
    try:
        with opened(path) as text:
            yield from rows_in(text, layout)
    except (OSError, EOFError, zlib.error) as error:
        message = _("The file cannot be read to its end: %(why)s")
        raise ArchiveError(message % {"why": error}) from error


def rows_in(text: TextIO, layout: Layout) -> Iterator[Row]:
    """Every row of an open text. Raises ArchiveError where the columns are others."""
    return _twcs(text) if layout is Layout.TWCS else _json_lines(text)


def _next_line(text: TextIO) -> tuple[str, bool]:
    """Return the next line, empty at the end; of an endless one the beginning, and True."""
    line = text.readline(LONGEST_LINE)
    if len(line) < LONGEST_LINE or line[-1] in "\r\n":
        return line, False
    while (more := text.readline(LONGEST_LINE)) and more[-1] not in "\r\n":
        pass
    return line[:_SHOWN_OF_LINE], True


# --- twcs ----------------------------------------------------------------------------------------


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
        line, is_endless = (self._again.pop(), False) if self._again else _next_line(self._text)
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


def _twcs(text: TextIO) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_FIELD)
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    header = _header(reader)
    places = [header.index(column) for column in TWCS_COLUMNS]
    read = partial(_twcs_record, width=len(header), places=places)
    while (row := _next_row(lines, reader, read)) is not None:
        if not isinstance(row, _Blank):
            yield row


def _header(reader: Iterator[list[str]]) -> list[str]:
    """Return the names of the columns, in lower case. Raises ArchiveError if one is missing."""
    try:
        header = [column.strip().lower() for column in next(reader, [])]
    except csv.Error:
        header = []
    if missing := [column for column in TWCS_COLUMNS if column not in header]:
        if ";" in "".join(header):
            raise ArchiveError(_("The columns are parted by semicolons. Save it with commas."))
        message = _("Its first line has no column %(missing)s. Is it a twcs archive?")
        raise ArchiveError(message % {"missing": ", ".join(missing)})
    return header


class _Blank:
    """An empty line is no row."""


def _next_row(
    lines: _Lines, reader: Iterator[list[str]], read: Callable[[int, list[str]], Record]
) -> Row | _Blank | None:
    """The next row; None at the end.

    A quote that nobody closes would swallow the rest of the file: then only its first line is
    rejected and the others are read again.
    """
    lines.taken.clear()
    start = lines.line + 1
    try:
        fields = next(reader, None)
    except csv.Error as error:
        if "field limit" in str(error) and len(lines.taken) == 1:
            return Reject(start, Reason.LENGTH, lines.taken[0][:_SHOWN_OF_LINE])
        return Reject(start, Reason.QUOTING, lines.give_back_all_but_one())
    if fields is None:
        return None
    if not fields:
        return _Blank()
    try:
        return read(start, fields)
    except _UnusableError as unusable:
        return Reject(start, unusable.reason, "".join(lines.taken))


def _twcs_record(line: int, fields: list[str], *, width: int, places: Sequence[int]) -> Record:
    if len(fields) != width:
        raise _UnusableError(Reason.WIDTH)
    row_id, author, inbound, created, text, parent = (fields[place] for place in places)
    for raw, said in _ESCAPED:
        text = text.replace(raw, said)
    return _record(
        line, _whole(row_id), author, _FLAGS.get(inbound.lower()), created, text, _whole(parent)
    )


def _whole(number: str) -> str:
    """Undo what a table program did to an id column with gaps in it."""
    return number.removesuffix(".0")


# --- JSON lines ----------------------------------------------------------------------------------


def _json_lines(text: TextIO) -> Iterator[Row]:
    for number in count(1):
        line, is_endless = _next_line(text)
        if not line:
            return
        if is_endless or len(line) > LONGEST_FIELD:
            yield Reject(number, Reason.LENGTH, line[:_SHOWN_OF_LINE])
        elif line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        return _json_record(number, line)
    except _UnusableError as unusable:
        return Reject(number, unusable.reason, line)


def _json_record(number: int, line: str) -> Record:
    _check_encoding(line)
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise _UnusableError(Reason.NOT_JSON)
    inbound, brand = fields.get("inbound"), _scalar(fields, "brand")
    author = _scalar(fields, "author")
    if inbound is False:
        author, fields["author_name"] = brand or author, _scalar(fields, "author_name") or author
    return _record(
        number,
        _scalar(fields, "id"),
        author,
        inbound if isinstance(inbound, bool) else None,
        _scalar(fields, "at"),
        _scalar(fields, "text"),
        _scalar(fields, "in_reply_to"),
        brand=brand,
        more=_more(fields),
    )


def _more(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the connector reads besides, checked here so that one row cannot spoil a delivery."""
    names = ("thread", "author_id", "author_name", "kind", "language", "permalink", "subject")
    more: dict[str, Any] = {name: text for name in names if (text := _scalar(fields, name))}
    if more.get("kind", "mention") not in _KINDS:
        raise _UnusableError(Reason.KIND)
    if any(len(more.get(name, "")) > LONGEST_NAME for name in names[:3]):
        raise _UnusableError(Reason.NAME)
    flags = [(name, bool) for name in ("private", "automatic", "needs_reply")]
    for name, kind in (*flags, ("rating", int)):
        if isinstance(fields.get(name), kind):
            more[name] = fields[name]
    return more


def _scalar(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _UnusableError(Reason.SCALAR)
    return str(value)


# --- both ----------------------------------------------------------------------------------------


def _record(  # noqa: PLR0913  a row has that many fields
    line: int,
    row_id: str,
    author: str,
    is_inbound: bool | None,  # noqa: FBT001  the file's own flag
    at: str,
    text: str,
    parent: str,
    *,
    brand: str = "",
    more: Mapping[str, Any] | None = None,
) -> Record:
    if not row_id:
        raise _UnusableError(Reason.ID)
    if not author:
        raise _UnusableError(Reason.AUTHOR)
    if is_inbound is None:
        raise _UnusableError(Reason.INBOUND)
    if max(map(len, (row_id, author, parent, brand))) > LONGEST_NAME:
        raise _UnusableError(Reason.NAME)
    moment = moment_of(at)
    if more is None:
        _check_encoding(row_id, author, text, parent)
    return Record(line, row_id, author, not is_inbound, moment, text, parent, brand, more or {})


def _check_encoding(*texts: str) -> None:
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError:
        raise _UnusableError(Reason.ENCODING) from None


def moment_of(text: str) -> datetime:
    """A time as Twitter writes it (`Tue Oct 31 22:10:47 +0000 2017`) or ISO 8601; in UTC.

    Without a zone it is UTC. About five times as fast as strptime.
    """
    try:
        if len(text) == _TWITTER_TIME_LENGTH and text[3] == " ":
            at = _day(text[4:10], text[26:], text[20:25]).replace(
                hour=int(text[11:13]), minute=int(text[14:16]), second=int(text[17:19])
            )
        else:
            at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        raise _UnusableError(Reason.TIME) from None


@lru_cache(maxsize=4096)
def _day(month_and_day: str, year: str, zone: str) -> datetime:
    zoned = datetime.strptime(zone, "%z")
    month = _MONTHS[month_and_day[:3]]
    return datetime(int(year), month, int(month_and_day[4:]), tzinfo=zoned.tzinfo)
