"""The agent's initials at the end of a public reply: ``… on its way. ^AB``.

One function for composer, preflight, sender and read-back, so that they are never doubled and
always counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect.model import Audience

if TYPE_CHECKING:
    from hearwell.connect.model import Draft


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


def shown(draft: Draft) -> str:
    """The text of a draft as people will see it: what is private carries no initials."""
    return draft.text if draft.audience is Audience.PRIVATE else signed(draft.text, draft.initials)
