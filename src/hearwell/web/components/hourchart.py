"""Two lines of counts by hour as inline SVG: who began to wait, and who was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 620, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 20, 26, 222
_HOURS_OF_A_DAY: Final = 24
_LABEL_EVERY: Final = 3
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000)
_LINES: Final = 4
_APART: Final = 18
_NEAR_EDGE: Final = 120


@dataclass(frozen=True)
class HourPoint:
    """An hour: its label, and the two counts."""

    label: str
    asked: int
    answered: int


def top_of(most: int) -> int:
    """Return the number at the top of the scale: four even steps that hold `most`."""
    for step in _STEPS:
        if step * _LINES >= most:
            return step * _LINES
    return most


def hour_lines(points: Sequence[HourPoint], *, title: str, asked: str, answered: str) -> SafeString:
    """Draw a day up to now; the whole width is the whole day. `asked` and `answered` label them."""
    top = top_of(max((max(one.asked, one.answered) for one in points), default=0))
    step = (_WIDTH - _LEFT - _RIGHT) / (_HOURS_OF_A_DAY - 1)
    xs = [round(_LEFT + step * place, 1) for place in range(len(points))]
    first = [_y(one.asked, top) for one in points]
    second = [_y(one.answered, top) for one in points]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        "<title>{}</title>{}{}{}{}{}</svg>",
        _WIDTH,
        _HEIGHT,
        title,
        title,
        _grid(top),
        _axis(points, xs),
        _stroke(xs, first, "ln l2 dash"),
        _stroke(xs, second, "ln l1"),
        _labels(xs, first, second, asked, answered),
    )


def _y(count: int, top: int) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * count / top, 1)


def _grid(top: int) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 8, y + 5, f"{value:,}")
            for value in range(0, top + 1, max(1, top // _LINES))
            for y in (_y(value, top),)
        ),
    )


def _axis(points: Sequence[HourPoint], xs: Sequence[float]) -> SafeString:
    shown = [(x, one.label) for x, one in zip(xs, points, strict=True)][::_LABEL_EVERY]
    return format_html_join("", '<text x="{}" y="244" text-anchor="middle">{}</text>', shown)


def _stroke(xs: Sequence[float], ys: Sequence[float], css: str) -> SafeString:
    if len(xs) == 1:
        return format_html('<circle class="{}" cx="{}" cy="{}" r="3"/>', css, xs[0], ys[0])
    placed = " ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=True))
    return format_html('<polyline class="{}" points="{}"/>', css, placed)


def _anchor(x: float) -> str:
    """Keep a label inside: near an edge it grows inwards."""
    if x > _WIDTH - _NEAR_EDGE:
        return "end"
    return "start" if x < _NEAR_EDGE else "middle"


def _labels(
    xs: Sequence[float], first: Sequence[float], second: Sequence[float], asked: str, answered: str
) -> SafeString:
    """Label each line at its highest point; where the two would meet, the second beside its own."""
    if not xs:
        return SafeString("")
    at_first, at_second = (min(range(len(ys)), key=ys.__getitem__) for ys in (first, second))
    above, below, x = first[at_first] - 9, second[at_second] - 9, xs[at_second]
    anchor = _anchor(x)
    if abs(xs[at_first] - x) < _NEAR_EDGE and abs(above - below) < 2 * _APART:
        is_left = x > _WIDTH - _NEAR_EDGE
        x, below, anchor = (x - 12, below + 13, "end") if is_left else (x + 12, below + 13, "start")
    return format_html_join(
        "",
        '<text class="lbl" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (xs[at_first], max(above, 14), _anchor(xs[at_first]), asked),
            (x, max(below, 14), anchor, answered),
        ),
    )
