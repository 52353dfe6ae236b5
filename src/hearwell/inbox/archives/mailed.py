"""A mailbox in one file (mbox) as records: cut into letters here, read by the mail connector.

A letter begins at a line `From somebody Sun Nov 22 08:00:00 2026`; such lines inside a letter have
one more `>` before them than they were written with. Never more than a few letters are in memory.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext as _

from hearwell.connect.contract import ReadsFiled
from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import InboundMessage, Media, Raw
from hearwell.connect.registry import all_connectors
from hearwell.inbox.archives.enclosed import Enclosed
from hearwell.inbox.archives.records import (
    GZIP_MAGIC,
    LONGEST_NAME,
    ArchiveError,
    Reason,
    Record,
    Reject,
    Row,
)
from hearwell.inbox.media import MAX_BYTES, MOST

FROM = b"From "
LARGEST, KEPT_OF_LARGER = 25 * 1024 * 1024, 512 * 1024
_BATCH, _BATCH_BYTES, _AT_ONCE = 64, 16 * 1024 * 1024, 2
_PIECE = 1024 * 1024
_SHOWN = 1_000
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
# As every program writes it, wherever it stands.
_EXACT = re.compile(
    _DAY + rb" [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: [+-]\d{4}| [A-Z]{3,4})? \d{4}"
    rb"(?: [+-]\d{4})?\s*\Z"
)
# As some do; then there must be an empty line before it.
_DATED = re.compile(rb"\b" + _DAY + rb"\b.{1,40}\d{1,2}:\d\d")
_QUOTED = re.compile(rb">+From ")
_WORD = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")
_REASONS = {"time": Reason.TIME, "not_ours": Reason.UNPLACED}


@dataclass(frozen=True, slots=True)
class Filed:
    """A letter as it lay in the file: the line it begins at, and when the file says it came."""

    line: int
    body: bytes
    at: datetime | None
    is_cut: bool = False


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain or gzipped file."""
    with ExitStack() as stack:
        plain = stack.enter_context(path.open("rb"))
        is_gzip = plain.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
        data = stack.enter_context(gzip.GzipFile(fileobj=plain)) if is_gzip else plain
        yield cast("BinaryIO", data)


def letter_rows(
    path: Path, own: Collection[str], enclosed: Enclosed | None = None
) -> Iterator[Row]:
    """Every letter of a file, in its order; `own` are our addresses, which make it two sides.

    What letters enclose is put into `enclosed`, up to the limits of live mail. Raises
    ArchiveError where it cannot be read to its end.
    """
    read = partial(_row, _reader(), own, enclosed)
    try:
        with opened(path) as file, ThreadPoolExecutor(_AT_ONCE, "letters") as pool:
            for batch in _batches(letters(file)):
                yield from pool.map(read, batch)
    except (OSError, EOFError, zlib.error) as error:
        message = _("The file cannot be read to its end: %(why)s")
        raise ArchiveError(message % {"why": error}) from error


def _reader() -> ReadsFiled:
    found = next((one for one in all_connectors() if isinstance(one, ReadsFiled)), None)
    if found is None:
        raise ArchiveError(_("No connector that reads mail is installed."))
    return found


# --- cut into letters ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """A letter that is being read."""

    line: int
    at: datetime | None
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= LARGEST:
            self.pieces.append(piece)

    def done(self) -> Filed:
        body = b"".join(self.pieces)
        if self.size > LARGEST:
            return Filed(self.line, body[:KEPT_OF_LARGER], self.at, is_cut=True)
        # The empty line before the next letter is the file's own.
        return Filed(self.line, body.removesuffix(b"\n").removesuffix(b"\r"), self.at)


def letters(file: BinaryIO) -> Iterator[Filed]:
    """Cut a mailbox into its letters; what stands before the first is none."""
    open_: _Open | None = None
    number, is_after_blank, is_fresh, is_undated = 0, True, True, False
    while line := file.readline(_PIECE):
        is_whole, is_fresh = is_fresh, line.endswith(b"\n")
        number += is_whole
        if number == 1 and is_whole:
            line = line.removeprefix(b"\xef\xbb\xbf")
            is_undated = line.startswith(FROM) and not _DATED.search(line)
        if is_whole and _begins(line, is_after_blank=is_after_blank, is_undated=is_undated):
            if open_ is not None:
                yield open_.done()
            open_ = _Open(number, _moment(line))
        elif open_ is not None:
            open_.add(line[1:] if is_whole and _QUOTED.match(line) else line)
        if is_whole:
            is_after_blank = not line.strip()
    if open_ is not None:
        yield open_.done()


def _begins(line: bytes, *, is_after_blank: bool, is_undated: bool) -> bool:
    """Whether a letter begins here. In some files these lines have no date."""
    if not line.startswith(FROM):
        return False
    return bool(_EXACT.search(line)) or (
        is_after_blank and (is_undated or bool(_DATED.search(line)))
    )


def _moment(line: bytes) -> datetime | None:
    """When a letter came, by the line it begins with; without a zone that is UTC."""
    text = line.decode("ascii", "replace")[:_SHOWN]
    word = _WORD.search(text)
    try:
        parts = parsedate_tz(text[word.start() :]) if word else None
        if parts is None:
            return None
        at = datetime(*parts[:6], tzinfo=UTC)
        return at - timedelta(seconds=parts[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _batches(found: Iterable[Filed]) -> Iterator[Sequence[Filed]]:
    """A few letters at a time, fewer of large ones."""
    batch, size = list[Filed](), 0
    for letter in found:
        batch.append(letter)
        size += len(letter.body)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


# --- read ----------------------------------------------------------------------------------------


def _row(reader: ReadsFiled, own: Collection[str], enclosed: Enclosed | None, letter: Filed) -> Row:
    """A letter as a record, or why it cannot be one."""
    try:
        raw = reader.filed(letter.body, own=own, at=letter.at, is_cut=letter.is_cut)
        (item,) = reader.parse(raw)
    except ContractChanged as error:
        return _rejected(letter, _REASONS.get(error.network_code, Reason.MAIL))
    if not isinstance(item, InboundMessage):
        return _rejected(letter, Reason.NOBODY)
    names = (item.external_id, item.author.external_id, item.thread_key, item.author.name)
    if max(map(len, (*names, item.parent_id or ""))) > LONGEST_NAME:
        return _rejected(letter, Reason.NAME)
    if enclosed is not None:
        _put_aside(reader, raw, letter.line, item.media, enclosed)
    return Record(
        line=letter.line,
        id=item.external_id,
        author=item.account if item.is_echo else item.author.external_id,
        is_ours=item.is_echo,
        at=item.occurred_at,
        text=item.text,
        parent=item.parent_id or "",
        brand=item.account,
        more=_more(item, letter.line),
    )


def _put_aside(
    reader: ReadsFiled, raw: Raw, line: int, files: Sequence[Media], enclosed: Enclosed
) -> None:
    """Let the files of a letter wait; what live mail would not keep is not kept here either."""
    for index, one in enumerate(files[:MOST]):
        body = reader.enclosed(raw, one.ref)
        if body and len(body) <= MAX_BYTES:
            enclosed.put(line, index, body)


def _more(item: InboundMessage, line: int) -> dict[str, Any]:
    more: dict[str, Any] = {
        "kind": item.kind.value,
        "thread": item.thread_key,
        "author_name": item.author.name or item.author.handle,
        "subject": item.subject,
        "full_text": item.full_text,
        "needs_reply": item.needs_reply,
    }
    if item.media:
        shown = ("kind", "ref", "name", "size")
        more["media"] = [{name: getattr(one, name) for name in shown} for one in item.media]
        more["letter"] = line
    return {name: value for name, value in more.items() if value is not None and value != ""}


def _rejected(letter: Filed, reason: Reason) -> Reject:
    shown = letter.body[:_SHOWN].decode("utf-8", "replace").replace("\0", "\u2400")
    return Reject(letter.line, reason, shown)
