"""What PostgreSQL text columns cannot hold, replaced visibly and never silently."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SYMBOL_FOR_NULL = "\u2400"
_REPLACEMENT = "\ufffd"


def _stand_in(match: re.Match[str]) -> str:
    return _SYMBOL_FOR_NULL if match[0] == "\x00" else _REPLACEMENT


def clean(text: str) -> tuple[str, bool]:
    """Return the text as it can be stored, and whether anything had to be replaced.

    NUL becomes U+2400 and a lone surrogate U+FFFD; nothing else changes. The exact bytes stay
    in the raw delivery.
    """
    if text.isascii() and "\x00" not in text:  # most texts, some ten times faster
        return text, False
    # A surrogate *pair* that came as two escapes is one character; json has joined it already.
    cleaned, count = _UNSTORABLE.subn(_stand_in, text)
    return cleaned, count > 0
