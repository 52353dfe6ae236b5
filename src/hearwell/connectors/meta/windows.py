"""Meta's windows: how long an answer is taken, and what is possible once it is not. Pure.

The times are the manifest's (``ReplyWindow``): ``lasts`` for anything, ``by_hand`` for what a
person wrote, where the app has the Human Agent right (``HUMAN_AGENT`` as the message's tag).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hearwell.connect.manifest import ReplyWindow
from hearwell.connect.model import Draft, Problem

HUMAN_AGENT = "HUMAN_AGENT"
_MINUTE = timedelta(minutes=1)


def problem_of(
    window: ReplyWindow, draft: Draft, now: datetime, *, has_right: bool, instead: str
) -> Problem | None:
    """What stops this draft for its time; ``instead`` is what is possible then, a sentence.

    Without a time of the customer's message nothing is known, and nothing stops it.
    """
    seen = draft.parent_seen_at
    if seen is None or now - seen <= _lasts(window, has_right=has_right):
        return None
    words = f"They wrote more than {_told(_lasts(window, has_right=has_right))} ago: it is too late"
    words += f" to answer here. {instead}"
    by_hand = window.by_hand
    if by_hand is not None and not has_right and now - seen <= by_hand:
        words += (
            f" With the Human Agent feature a person may answer for {_told(by_hand)}; whoever"
            " looks after the app can ask Meta for it."
        )
    return Problem("window_closed", words)


def needs_tag(window: ReplyWindow, draft: Draft, now: datetime) -> bool:
    """Whether only a person may answer by now, and the message has to say so (``HUMAN_AGENT``).

    A minute early, so that a message does not leave untagged and arrive too late.
    """
    seen = draft.parent_seen_at
    return seen is not None and now - seen > window.lasts - _MINUTE


def _lasts(window: ReplyWindow, *, has_right: bool) -> timedelta:
    return window.by_hand if has_right and window.by_hand is not None else window.lasts


def _told(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return f"{span.days} days"
    return f"{int(span.total_seconds() // 3600)} hours"
