"""Tables that people take along as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import normalize

from django.http import HttpResponse

# What a spreadsheet would take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return a table as a file of that name (without its ending); no text in it is a formula."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    table = csv.writer(answer)
    table.writerow(head)
    table.writerows([_cell(value) for value in row] for row in rows)
    return answer


def _cell(value: object) -> object:
    """Return a value as it may stand there: numbers as they are, text never as a formula."""
    return f"'{value}" if isinstance(value, str) and _is_formula(value) else value


def _is_formula(text: str) -> bool:
    """Say so of wide signs, too: some programs take them for the same."""
    return normalize("NFKC", text.lstrip(" ")[:1]).startswith(_FORMULA)
