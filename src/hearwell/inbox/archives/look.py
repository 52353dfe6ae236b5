"""A first look at a file: which layout it has, or what it is instead of an archive.

Only its beginning is read, unpacked to a megabyte at most, however large it is or says it is.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Collection
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from hearwell.inbox.archives.play import REVIEWS
from hearwell.inbox.archives.records import GZIP_MAGIC, ArchiveError, Layout, Reject
from hearwell.inbox.archives.rows import encoding_of, rows_in
from hearwell.inbox.archives.tables import columns_of

HEAD = 1 << 20
ROWS = 200
_TAR, _TAR_AT = b"ustar", 257
# What people take for an archive, by its first bytes.
_KINDS = {
    b"PK\x03\x04": "ZIP",
    b"%PDF": "PDF",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xd0\xcf\x11\xe0": "Office",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"SQLite": "SQLite",
    b"PAR1": "Parquet",
}
_LETTER = re.compile(r"From [^\n]{0,1000}\n(?:>From [^\n]{0,1000}\n)?[!-9;-~]+[ \t]*:")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class NamelessError(ArchiveError):
    """A mailbox without our own addresses: nobody could tell its two sides apart."""


class LayoutError(ArchiveError):
    """The file is an archive, but of another layout than the chosen one."""


def looked_at(
    path: Path, chosen: Layout | None = None, brands: Collection[str] | None = None
) -> Layout:
    """Tell the layout of a file; `brands`, where given, are the handles that it is to be read with.

    Raises ArchiveError where it is no archive or none of its first rows can be used, LayoutError
    where it is not the chosen one, NamelessError where our addresses are missing; the text says
    what to do.
    """
    data = _unpacked(path)
    text = _text(data)
    layout = _layout(text)
    if chosen is not None and layout is not chosen:
        raise LayoutError(_other(layout))
    if layout is Layout.MBOX:
        _check_mailbox(data, brands)
    else:
        _check_rows(text, layout, is_whole=len(data) <= HEAD)
    return layout


def _check_mailbox(data: bytes, brands: Collection[str] | None) -> None:
    if encoding_of(data) == "utf-16":  # letters have encodings of their own, inside ASCII
        message = _("The file is written in UTF-16. Save it as UTF-8 and try again.")
        raise ArchiveError(message)
    if brands is not None and (not brands or not all(map(_ADDRESS.fullmatch, brands))):
        message = _(
            "Name your own addresses, for example support@example.com: they tell your answers "
            "from your customers' letters."
        )
        raise NamelessError(message)


def _text(data: bytes) -> str:
    """The beginning as text, whole lines of it."""
    _check_kind(data)
    encoding = encoding_of(data)
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    text = data[:HEAD].decode(encoding, errors=errors)
    if len(data) > HEAD:  # whole lines, if there is one
        text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        raise ArchiveError(_("The file is empty."))
    return text


def _unpacked(path: Path) -> bytes:
    try:
        with path.open("rb") as plain:
            is_gzip = plain.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
            return gzip.GzipFile(fileobj=plain).read(HEAD + 1) if is_gzip else plain.read(HEAD + 1)
    except EOFError as error:
        message = _("The file ends too early. Was it copied or downloaded to its end?")
        raise ArchiveError(message) from error
    except (OSError, zlib.error) as error:
        message = _("The file cannot be unpacked: %(why)s") % {"why": error}
        raise ArchiveError(message) from error


def _check_kind(data: bytes) -> None:
    """Refuse what is no text; say what it is, where that can be told."""
    kind = next((name for magic, name in _KINDS.items() if data.startswith(magic)), "")
    if data[_TAR_AT:].startswith(_TAR):
        kind = "tar"
    if kind:
        message = _(
            "This is a %(kind)s file. Choose the CSV or JSON lines themselves, plain or packed "
            "with gzip; of a spreadsheet, save the sheet as CSV."
        )
        raise ArchiveError(message % {"kind": kind})
    if encoding_of(data) != "utf-16" and b"\0" in data[:4096]:
        raise ArchiveError(_("The file holds no text, so it is neither CSV nor JSON lines."))


def _layout(text: str) -> Layout:
    if _LETTER.match(text):
        return Layout.MBOX
    match text.lstrip()[:1]:
        case "{":
            return Layout.JSONL
        case "[":
            message = _("This is one JSON list. Write one object on each line, without the list.")
            raise ArchiveError(message)
        case _:
            columns = columns_of(text.partition("\n")[0].strip())
            is_play = set(REVIEWS.needed) <= set(columns)
            return Layout.PLAY if is_play else Layout.TWCS


def _other(layout: Layout) -> str:
    if layout is Layout.MBOX:
        return _("The file is a mailbox. Choose that format.")
    if layout is Layout.JSONL:
        return _("The file holds JSON lines. Choose that format.")
    if layout is Layout.PLAY:
        return _("The file holds reviews from Google Play. Choose that format.")
    return _("The file looks like CSV. Choose that format.")


def _check_rows(text: str, layout: Layout, *, is_whole: bool) -> None:
    """Refuse a file of which not one of the first rows can be used."""
    reasons: Counter[str] = Counter()
    rows = list(islice(rows_in(io.StringIO(text, newline=""), layout), ROWS))
    if not rows and is_whole:
        raise ArchiveError(_("The file holds no message, only its first line."))
    for row in rows:
        if not isinstance(row, Reject):
            return
        reasons[row.reason] += 1
    if reasons:
        counted = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common())
        message = _("None of its first %(n)s rows can be used: %(why)s.")
        raise ArchiveError(message % {"n": len(rows), "why": counted})
