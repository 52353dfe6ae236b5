"""Clocks in words and shape: a ring that empties, a block when late, bars, a check.

The words are made here and counted on by a small script each minute, with the same formats.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hearwell.web.components.icons import icon

MINUTE, HOUR, DAY = 60, 3600, 86_400
SOON_SHARE: Final = 0.25
DEFAULT_SPAN_S: Final = 4 * HOUR
UNITS: Final = {
    "s": _("%(n)s s"),
    "min": _("%(n)s min"),
    "h": _("%(h)s h"),
    "hm": _("%(h)s h %(m)s"),
    "d": _("%(n)s d"),
    "late": _("%(time)s late"),
    "left": _("%(time)s left"),
}
_RING: Final = (
    '<svg class="ring" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/>'
    '<circle cx="8" cy="8" r="6" pathLength="100" stroke-dasharray="{} 100"/></svg>'
)


def duration(seconds: float) -> str:
    """Put a length of time into words: "45 s", "38 min", "3 h 10", "5 d". Never negative."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return str(UNITS["s"] % {"n": whole})
    if whole < HOUR:
        return str(UNITS["min"] % {"n": whole // MINUTE})
    if whole < DAY:
        hours, minutes = divmod(whole // MINUTE, 60)
        values = {"h": hours, "m": f"{minutes:02d}"}
        return str(UNITS["hm" if minutes else "h"] % values)
    return str(UNITS["d"] % {"n": whole // DAY})


@dataclass(frozen=True)
class ClockFace:
    """What a clock shows. `state` is ok, soon, late, met, missed or paused; `share` is 0 to 100."""

    state: str
    words: str
    share: int = 0
    due_at: datetime | None = None
    span_s: float = DEFAULT_SPAN_S


def running(
    due_at: datetime, at: datetime, *, span_s: float | None = None, is_full: bool = False
) -> ClockFace:
    """Read a running clock at a moment. `span_s` is the whole promise; under a quarter is soon."""
    span = span_s or DEFAULT_SPAN_S
    left = (due_at - at).total_seconds()
    if left < 0:
        return ClockFace("late", UNITS["late"] % {"time": duration(-left)}, 0, due_at, span)
    share = min(1.0, left / span)
    words = UNITS["left"] % {"time": duration(left)} if is_full else duration(left)
    state = "soon" if share < SOON_SHARE else "ok"
    return ClockFace(state, words, max(1, round(share * 100)), due_at, span)


def met(seconds: float) -> ClockFace:
    """Read a clock that was met after so many seconds."""
    return ClockFace("met", duration(seconds))


def missed() -> ClockFace:
    """Read a clock that ran out in a recorded past: it can no longer become due."""
    return ClockFace("missed", gettext("Never answered"))


def paused(words: str = "") -> ClockFace:
    """Read a clock that stands still, with the reason."""
    return ClockFace("paused", words or gettext("Paused, waits for customer"))


def draw(face: ClockFace, *, is_full: bool = False) -> SafeString:
    """Draw a clock; a running one carries what the script needs to count on."""
    shapes = {
        "late": icon("triangle-alert"),
        "met": icon("check"),
        "missed": icon("x"),
        "paused": icon("pause"),
    }
    shape = shapes.get(face.state) or format_html(_RING, face.share)
    if face.due_at is None:
        return format_html('<span class="clk {}">{}{}</span>', face.state, shape, face.words)
    return format_html(
        '<span class="clk {}" data-due="{}" data-span="{}"{}>{}<span class="w">{}</span></span>',
        face.state,
        int(face.due_at.timestamp()),
        int(face.span_s),
        SafeString(' data-full=""') if is_full else "",
        shape,
        face.words,
    )
