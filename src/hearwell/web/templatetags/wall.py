"""What only the wallboard draws: figures in large, waits by network, the day as a chart."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import cache
from typing import Final

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext

import hearwell
from hearwell.reports.wall.figures import FEW, Kept, WallFigures
from hearwell.web.components import clocks, hourchart, marks
from hearwell.web.components.routed import WAITS

register = template.Library()
NOTHING: Final = "\N{EN DASH}"
_UNIT: Final = re.compile(r"\s*(?:[^\W\d_]+\.?|%)\s*")
_FILES: Final = ("tokens.css", "components.css", "app.css", "wall.css", "js/wall.js")


@register.filter
def large(words: str) -> SafeString:
    """Write a length of time in large, its units small: "44 min", "3 h 10"."""
    small = _UNIT.sub(lambda found: f"<small>{found.group()}</small>", str(escape(words)))
    return mark_safe(small)  # noqa: S308  escaped above


@register.filter
def share_of(kept: Kept) -> str:
    """Write the share of promises kept; under twenty there are counts and no percentage."""
    if not kept.n:
        return NOTHING
    return f"{kept.met}/{kept.n}" if kept.share is None else f"{int(kept.share * 100)} %"


@register.filter
def seconds_from(since: datetime, at: datetime) -> float:
    """Return the seconds from one moment to another."""
    return (at - since).total_seconds()


@register.simple_tag
def wait_clock(asked_at: datetime, due_at: datetime, at: datetime) -> SafeString:
    """Draw how long somebody has waited, coloured by what is left of the promise."""
    whole = max(1.0, (due_at - asked_at).total_seconds())
    left = (due_at - at).total_seconds() / whole
    state = "late" if left < 0 else "soon" if left < clocks.SOON_SHARE else "ok"
    words = clocks.duration((at - asked_at).total_seconds())
    face = clocks.ClockFace(state, words, max(1, round(left * 100)))
    return clocks.draw(face)


@register.simple_tag
def day_chart(wall: WallFigures) -> SafeString:
    """Draw who began to wait and who was answered, by the hour."""
    points = [
        hourchart.HourPoint(date_format(localtime(one.starts_at), "H:i"), one.asked, one.answered)
        for one in wall.hours
    ]
    return hourchart.hour_lines(
        points,
        title=gettext("Asked and answered today, by hour"),
        asked=gettext("Asked (dashed)"),
        answered=gettext("Answered"),
    )


@register.simple_tag
def kind_bars(wall: WallFigures) -> list[tuple[str, int, str]]:
    """Return what today's cases are about: (word, cases, share in words), the rest together."""
    total = sum(n for _, n in wall.kinds)
    named = [(str(marks.KINDS[kind].word), n) for kind, n in wall.kinds if kind in marks.KINDS]
    shown, rest = named[:4], total - sum(n for _, n in named[:4])
    if rest:
        shown.append((gettext("Other"), rest))
    return [(word, n, f"{n * 100 // total} %" if total >= FEW else str(n)) for word, n in shown]


@register.filter
def why_waiting(reason: str) -> str:
    """Say why cases wait without anybody."""
    return str(WAITS[reason])


@register.simple_tag
def bar(share: int, most: int) -> SafeString:
    """Draw a bar for a number among others; its size is an attribute, not a style."""
    width = round(100 * share / most, 1) if most else 0
    return format_html(
        '<svg class="wbar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bg" width="100" height="10"/><rect class="f1" width="{}" height="10"/></svg>',
        width,
    )


@register.simple_tag
@cache
def build() -> str:
    """Return what tells this version of the board from another: a board that is older reloads."""
    named = "".join(static(f"hearwell/{name}") for name in _FILES)
    return hashlib.sha256(f"{hearwell.__version__}{named}".encode()).hexdigest()[:12]
