"""When a visitor counts as gone, and when an answer that they have not read is due elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

NETWORK: Final = "webchat"
# A page that is open is heard of every 15 seconds.
GONE_AFTER: Final = timedelta(seconds=40)
# So long somebody who has left has time to come back and read, unless the owner says otherwise.
READING_S: Final = 120
LONGEST_READING_S: Final = 24 * 3600
# Anybody can type anybody's address into a chat. So many letters one address gets in a day, and
# so many a chat sends in an hour; what is more waits, or stays in the chat.
MOST_LETTERS_TO_ONE: Final = 10
MOST_LETTERS_AN_HOUR: Final = 120


def gone_since(seen_at: datetime, left_at: datetime | None, at: datetime) -> datetime | None:
    """Return since when no page of a visitor is open; None while one is."""
    if left_at is not None:
        return left_at
    return seen_at if at - seen_at >= GONE_AFTER else None


def due_at(answered_at: datetime, gone: datetime | None, at: datetime, wait: timedelta) -> datetime:
    """Return when an unread answer is to go another way, should nothing change.

    The time to read runs from the answer or from the visitor's going, whichever was later; while
    a page is open it has not begun.
    """
    return max(answered_at, gone or at) + wait
