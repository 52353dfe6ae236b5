"""What every archive is read into: records, or rows rejected with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TextIO

LONGEST_FIELD = 500_000
# A database index can hold so much; ids and handles are a tenth of it at most.
LONGEST_NAME = 500
# Nobody's line; without a limit, a file without an end of line would be read into memory whole.
LONGEST_LINE = 4_000_000
SHOWN_OF_LINE = 1_000
GZIP_MAGIC = b"\x1f\x8b"
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_TWITTER_TIME_LENGTH = 30


class Layout(StrEnum):
    """The kinds of file that can be imported."""

    TWCS = "twcs"
    JSONL = "jsonl"
    MBOX = "mbox"
    PLAY = "play"


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
    STARS = "the stars are not 1 to 5"
    ID = "no id"
    AUTHOR = "no author"
    INBOUND = "inbound is neither true nor false"
    TIME = "unreadable time"
    REPEATED = "repeated id"
    UNPLACED = "belongs to no brand"
    MAIL = "the mail cannot be read"
    NOBODY = "sent by a machine, or to nobody"


class UnusableError(Exception):
    """A row cannot be used, for `reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


Row = Record | Reject


def next_line(text: TextIO) -> tuple[str, bool]:
    """Return the next line, empty at the end; of an endless one the beginning, and True."""
    line = text.readline(LONGEST_LINE)
    if len(line) < LONGEST_LINE or line[-1] in "\r\n":
        return line, False
    while (more := text.readline(LONGEST_LINE)) and more[-1] not in "\r\n":
        pass
    return line[:SHOWN_OF_LINE], True


def record(  # noqa: PLR0913  a row has that many fields
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
    """Return a record of what a row holds. Raises UnusableError with the first thing amiss."""
    if not row_id:
        raise UnusableError(Reason.ID)
    if not author:
        raise UnusableError(Reason.AUTHOR)
    if is_inbound is None:
        raise UnusableError(Reason.INBOUND)
    if max(map(len, (row_id, author, parent, brand))) > LONGEST_NAME:
        raise UnusableError(Reason.NAME)
    moment = moment_of(at)
    if more is None:
        check_encoding(row_id, author, text, parent)
    return Record(line, row_id, author, not is_inbound, moment, text, parent, brand, more or {})


def check_encoding(*texts: str) -> None:
    """Raise UnusableError where a text holds bytes that were no UTF-8."""
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError:
        raise UnusableError(Reason.ENCODING) from None


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
        raise UnusableError(Reason.TIME) from None


@lru_cache(maxsize=4096)
def _day(month_and_day: str, year: str, zone: str) -> datetime:
    zoned = datetime.strptime(zone, "%z")
    month = _MONTHS[month_and_day[:3]]
    return datetime(int(year), month, int(month_and_day[4:]), tzinfo=zoned.tzinfo)
