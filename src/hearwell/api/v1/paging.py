"""Pages: how many, and where the next one begins. Cursors are ours, not to be made by programs."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Query

from hearwell.api.problems import Problem

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="From the page before.")]


def sealed(cursor: str | None) -> str | None:
    """Return a cursor as programs see it: not to be made or taken apart by them."""
    return base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=") if cursor else None


def opened(cursor: str | None) -> str | None:
    """Return our own form of a cursor. Raises Problem 422 for one that we never gave."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        is_ours = _has_our_form(text)
    except (ValueError, binascii.Error):
        is_ours = False
    if not is_ours:
        raise Problem(422, "bad_cursor", "This cursor was not given by us.")
    return text


def place_of(at: datetime, row_id: UUID) -> str:
    """Return our own form of the place of a row in a list by time."""
    return f"{at.isoformat()}~{row_id}"


def placed(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the place that a cursor names. Raises Problem 422 for one that we never gave."""
    text = opened(cursor)
    if text is None:
        return None
    moment, _, row_id = text.partition("~")
    if not moment:
        raise Problem(422, "bad_cursor", "This cursor was not given by us.")
    return datetime.fromisoformat(moment), UUID(row_id)


def _has_our_form(cursor: str) -> bool:
    """Say whether it is `time~id`, the time possibly empty. Raises ValueError for other text."""
    moment, _, row_id = cursor.partition("~")
    return bool(UUID(row_id)) and (not moment or datetime.fromisoformat(moment).tzinfo is not None)
