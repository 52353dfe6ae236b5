"""By which door a call comes: the first part of its path, where that is one of ours."""

from __future__ import annotations

from typing import Final

DOORS: Final = frozenset({"hooks", "live", "chat", "api", "static", "media", "health"})


def door_of(path: str) -> str:
    """Return the first part of a path where it is one of ours, else `pages`: never the rest."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in DOORS else "pages"
