"""The rows of an archive's file, whatever its layout, packing and encoding."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from hearwell.inbox.archives.json_lines import json_lines
from hearwell.inbox.archives.play import REVIEWS
from hearwell.inbox.archives.records import GZIP_MAGIC, ArchiveError, Layout, Row
from hearwell.inbox.archives.tables import table_rows
from hearwell.inbox.archives.tweets import TWEETS

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def encoding_of(beginning: bytes) -> str:
    """UTF-16 where its mark says so (Google Play writes it), else UTF-8."""
    return "utf-16" if beginning.startswith(_UTF_16) else "utf-8-sig"


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a plain or gzipped file. Bytes that are no UTF-8 become lone surrogates."""
    with ExitStack() as stack:
        plain = stack.enter_context(path.open("rb"))
        is_gzip = plain.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
        file = stack.enter_context(gzip.GzipFile(fileobj=plain)) if is_gzip else plain
        encoding = encoding_of(file.peek(2))
        errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
        yield stack.enter_context(io.TextIOWrapper(file, encoding, errors=errors, newline=""))


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
    match layout:
        case Layout.TWCS:
            return table_rows(text, TWEETS)
        case Layout.PLAY:
            return table_rows(text, REVIEWS)
        case _:
            return json_lines(text)
