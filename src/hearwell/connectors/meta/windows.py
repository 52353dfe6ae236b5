"""Meta's windows: how long an answer is taken, and what is possible once it is not. Pure.

The times are the manifest's (``ReplyWindow``): ``lasts`` for anything, ``by_hand`` for what a
person wrote, where the app has the Human Agent right (``HUMAN_AGENT`` as the message's tag).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hearwell.connect.manifest import ReplyWindow
from hearwell.connect.model import Draft, Problem
from hearwell.connect.wording import Wording

HUMAN_AGENT = "HUMAN_AGENT"
_MINUTE = timedelta(minutes=1)
_LATE = Wording("They wrote more than %(span)s ago: it is too late to answer here. %(instead)s")
_LATE_WITHOUT_RIGHT = Wording(
    "They wrote more than %(span)s ago: it is too late to answer here. %(instead)s With the Human"
    " Agent feature a person may answer for %(longer)s; whoever looks after the app can ask Meta"
    " for it."
)
_DAYS, _HOURS = Wording("%(number)s days"), Wording("%(number)s hours")


def problem_of(
    window: ReplyWindow, draft: Draft, now: datetime, *, has_right: bool, instead: str
) -> Problem | None:
    """What stops this draft for its time; ``instead`` is what is possible then, a sentence.

    Without a time of the customer's message nothing is known, and nothing stops it.
    """
    seen = draft.parent_seen_at
    if seen is None or now - seen <= _lasts(window, has_right=has_right):
        return None
    span = _told(_lasts(window, has_right=has_right))
    words = _LATE(span=span, instead=instead)
    by_hand = window.by_hand
    if by_hand is not None and not has_right and now - seen <= by_hand:
        words = _LATE_WITHOUT_RIGHT(span=span, instead=instead, longer=_told(by_hand))
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
        return _DAYS(number=span.days)
    return _HOURS(number=int(span.total_seconds() // 3600))
