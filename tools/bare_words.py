"""Words that stand in a template without translation: in its text, or in an attribute people read.

Names stay as they are in every language (Hearwell, JSON): they are listed here, as is what
nobody reads as a word. Code within <code>, <pre>, <kbd>, <script> and <style> is no prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NAMES: Final = frozenset(
    {
        "Hearwell",
        "Harbour",
        "Ctrl",
        "Shift",
        "Esc",
        "Enter",
        "Tab",
        "CSV",
        "PDF",
        "JSON",
        "MB",
        "ms",
        "https",
        "UTC",
        "API",
        "OpenAPI",
        "HTTP",
        "GET",
    }
)
TRANSLATED: Final = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|\{#.*?#\}|<!--.*?-->",
    re.DOTALL,
)
CODE: Final = re.compile(r"<(code|pre|kbd|script|style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
CALLS: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
READ: Final = re.compile(r"""\s(?:title|alt|placeholder|aria-label|aria-description)="([^"]*)\"""")
TAG: Final = re.compile(r"<[^>]*>", re.DOTALL)
WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]+")
# What is left of attributes where a template writes them apart from their tag.
ATTRIBUTE: Final = re.compile(
    r"""\b(?:class|data-[\w-]+|aria-describedby|aria-invalid)=(?:"[^"]*"|\S*)"""
)
ADDRESS: Final = re.compile(r"\bopenapi\.json\b|/sandbox/")
ENTITY: Final = re.compile(r"&#?\w+;")


def _blank(match: re.Match[str]) -> str:
    """Leave the lines, so that their numbers stay right; `<{# … #}hr>` is one tag."""
    return "\n" * match.group().count("\n")


def complaints(path: Path, root: Path) -> Iterator[str]:
    """Yield one line for each line of a template with words that nobody can translate."""
    text = path.read_text()
    for pattern in (TRANSLATED, CODE, CALLS, ENTITY, ATTRIBUTE, ADDRESS):
        text = pattern.sub(_blank, text)
    for number, line in _read(text):
        words = [word for word in WORD.findall(line) if word not in NAMES]
        if words:
            where = f"{path.relative_to(root)}:{number}"
            yield f"{where}: words without translation: {' '.join(words)[:60]}"


def _read(text: str) -> Iterator[tuple[int, str]]:
    for match in READ.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1]
    yield from enumerate(TAG.sub(_blank, text).splitlines(), start=1)
