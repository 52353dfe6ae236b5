"""Numbers as people read them."""

from __future__ import annotations

from datetime import datetime

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NOTHING = "\N{EN DASH}"
_TEN_MINUTES_S = 600


def duration(seconds: float | None) -> str:
    """`11 min`, `1 h 12`, `2 d 3 h`; a dash for None."""
    if seconds is None:
        return NOTHING
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _TEN_MINUTES_S:
        return f"{seconds / MINUTE:.1f} min"
    minutes = round(seconds / MINUTE)
    if minutes < HOUR // MINUTE:
        return f"{minutes} min"
    hours, rest = divmod(minutes, MINUTE)
    if seconds < DAY:
        return f"{hours} h {rest:02d}"
    return f"{hours // 24} d {hours % 24} h"


def percent(share: float | None) -> str:
    """`86.4 %`; a dash for None."""
    return NOTHING if share is None else f"{100 * share:.1f} %"


def count(number: int) -> str:
    """`1,204,118`."""
    return f"{number:,}"


def day(moment: datetime) -> str:
    """`9 Feb 2017`."""
    return f"{moment.day} {moment:%b %Y}"
