"""What the content security policy forbids, found before a browser has to say it; long lines.

The policy has no 'unsafe-inline' and no 'unsafe-eval': a style attribute is ignored, an
inline script needs the nonce, and htmx would need `Function` for hx-on, js: and filters.
A template is read by people too: one element a line, so that its structure can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FORBIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE), "a style attribute: use a class"),
    (re.compile(r"<style\b", re.IGNORECASE), "a <style> element: use a style sheet"),
    (re.compile(r"\shx-on\b", re.IGNORECASE), "hx-on: add a listener in a module"),
    (re.compile(r"""=\s*["']\s*(?:js|javascript):""", re.IGNORECASE), "js: in an attribute"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE), "an inline event handler"),
    (re.compile(r"""hx-trigger\s*=\s*["'][^"']*\[""", re.IGNORECASE), "a filter in hx-trigger"),
    (
        re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\bnonce\s*=)[^>]*>", re.IGNORECASE),
        "an inline script without the nonce",
    ),
    (re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//"""), "a file from elsewhere"),
)
# A link that a person follows may lead anywhere.
LINK = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
# About 120 is meant; a sentence whose white space counts may need a little more.
LONGEST_LINE = 160
# Being rewritten: each leaves this list with its rewrite.
TO_BE_REWRITTEN = frozenset(
    {
        "hearwell/account/keys.html",
        "hearwell/account/me.html",
        "hearwell/settings/connect_ready.html",
    }
)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?%\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def complaints(path: Path, root: Path) -> Iterator[str]:
    """Yield one line for each place that the policy would refuse or nobody could read."""
    text = COMMENT.sub(_blank, path.read_text())
    for pattern, what in FORBIDDEN:
        searched = LINK.sub(_blank, text) if "elsewhere" in what else text
        for match in pattern.finditer(searched):
            line = searched.count("\n", 0, match.start()) + 1
            yield f"{path.relative_to(root)}:{line}: {what}"
    yield from _long_lines(path, root)


def _long_lines(path: Path, root: Path) -> Iterator[str]:
    if str(path).rpartition("/templates/")[2] in TO_BE_REWRITTEN:
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            what = f"{len(line)} characters on a line (at most {LONGEST_LINE})"
            yield f"{path.relative_to(root)}:{number}: {what}"
