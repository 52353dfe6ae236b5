"""Rows that people open in a spreadsheet: no text in them is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final, Protocol
from unicodedata import normalize

# What a spreadsheet takes for the beginning of a formula, whatever stands unseen before it. Read
# alike by Python and by PostgreSQL, of a text in its compatibility form: to some programs wide
# signs are the same.
FORMULA: Final = r"^(?:[\s\x01-\x1f\u200b-\u200f\u2060\ufeff]*[-=+@]|[\t\r\n])"
_FORMULA: Final = re.compile(FORMULA)


class Out(Protocol):
    """What a table is written to."""

    def write(self, text: str, /) -> object:
        """Take some text."""


def write_sheet(out: Out, rows: Iterable[Iterable[object]]) -> None:
    """Write rows as CSV (RFC 4180): numbers as they are, text never as a formula."""
    # Python leaves a sign of the other systems' line ends bare where its own is another, and what
    # stands behind one begins a row to a spreadsheet.
    csv.writer(out, lineterminator="\r\n").writerows(map(_cell, row) for row in rows)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet might take a text for a formula."""
    return _FORMULA.match(normalize("NFKC", text.replace("\0", ""))) is not None


def as_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as one text."""
    out = io.StringIO(newline="")
    write_sheet(out, rows)
    return out.getvalue()
