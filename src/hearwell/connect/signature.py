"""The agent's initials at the end of a public reply: ``… on its way. ^AB``.

One function for composer, preflight, sender and read-back, so that they are never doubled and
always counted.
"""

from __future__ import annotations


def signed(text: str, initials: str | None) -> str:
    """``text`` with `` ^AB`` at its end; unchanged without initials or where it is there already.

    ``initials`` may come with or without the caret. Trailing white space of the text is dropped
    only where initials are appended.
    """
    mark = (initials or "").strip().lstrip("^")
    if not mark:
        return text
    trimmed = text.rstrip()
    if trimmed.casefold().endswith(f"^{mark}".casefold()):
        return text
    return f"{trimmed} ^{mark}" if trimmed else f"^{mark}"
