"""Where a list goes on: the moment and the id of the last row shown, in a link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

_APART = "~"


def place_of(at: datetime, row_id: UUID) -> str:
    """Write a place: ``2026-11-22T10:00:00+00:00~<uuid>``."""
    return f"{at.isoformat()}{_APART}{row_id}"


def place_in(text: str) -> tuple[datetime, UUID] | None:
    """Read a place; None for anything that `place_of` does not write: that is the first page."""
    moment, _sep, row_id = text.partition(_APART)
    try:
        at, key = datetime.fromisoformat(moment), UUID(row_id)
    except ValueError:
        return None
    return (at, key) if at.tzinfo is not None else None
