"""A series over time, and how two go together at each lag, as inline SVG at two widths.

The numbers are in a table behind each; no style attribute is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_WIDE, _NARROW = 620, 340
_LEFT, _RIGHT, _TOP = 46, 10, 10
_LINE_BOTTOM, _LINE_HEIGHT = 96, 118
_LAG_BOTTOM, _LAG_HEIGHT = 130, 158
_MOST_LABELS: Final = {620: 4, 340: 3}


@dataclass(frozen=True, slots=True)
class Ends:
    """What stands at the bottom and the top of a line, as numbers and in words."""

    low: float
    high: float
    low_words: str
    high_words: str


@dataclass(frozen=True, slots=True)
class Lag:
    """One lag: its label, r of -1 to 1 with its interval, None where there is none."""

    label: str
    r: float | None
    low: float | None
    high: float | None


def value_line(
    points: Sequence[tuple[str, float | None]], ends: Ends, title: str, *, css: str = "1"
) -> SafeString:
    """Draw values over time between their least and most; where there is none, there is a gap."""
    return _both(lambda width: _line(points, ends, width, css), title, _LINE_HEIGHT)


def lag_bars(lags: Sequence[Lag], title: str) -> SafeString:
    """Draw r at each lag from nought up or down, each with its interval as a stroke."""
    return _both(lambda width: _lags(lags, width), title, _LAG_HEIGHT)


def _both(draw: Callable[[int], SafeString], title: str, height: int) -> SafeString:
    return format_html_join(
        "",
        '<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}'
        "</svg>",
        (
            (css, width, height, title, title, draw(width))
            for width, css in ((_WIDE, "ch-w"), (_NARROW, "ch-n"))
        ),
    )


def _line(
    points: Sequence[tuple[str, float | None]], ends: Ends, width: int, css: str
) -> SafeString:
    step = (width - _LEFT - _RIGHT) / max(1, len(points) - 1)
    room = (ends.high - ends.low) or 1.0

    def y(value: float) -> float:
        return round(_LINE_BOTTOM - (_LINE_BOTTOM - _TOP) * (value - ends.low) / room, 1)

    placed = [
        (round(_LEFT + at * step, 1), None if value is None else y(value))
        for at, (_label, value) in enumerate(points)
    ]
    labels = [(x, label) for (x, _y), (label, _value) in zip(placed, points, strict=True)]
    return format_html(
        "{}{}{}{}",
        _scale(ends, width),
        _strokes(placed, css),
        _dots(placed, css),
        _axis(labels, _MOST_LABELS[width]),
    )


def _scale(ends: Ends, width: int) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, width - _RIGHT, y, y, _LEFT - 5, y + 4, words)
            for y, words in ((_LINE_BOTTOM, ends.low_words), (_TOP, ends.high_words))
        ),
    )


def _strokes(placed: Sequence[tuple[float, float | None]], css: str) -> SafeString:
    pieces: list[list[str]] = [[]]
    for x, y in placed:
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x},{y}")
    drawn = (
        f'<polyline class="ln l{css}" points="{" ".join(piece)}"/>'
        for piece in pieces
        if len(piece) > 1
    )
    return mark_safe("".join(drawn))  # noqa: S308  numbers and our own words only


def _dots(placed: Sequence[tuple[float, float | None]], css: str) -> SafeString:
    return format_html_join(
        "",
        '<circle class="f{}" cx="{}" cy="{}" r="1.8"/>',
        ((css, x, y) for x, y in placed if y is not None),
    )


def _axis(labels: Sequence[tuple[float, str]], most: int) -> SafeString:
    every = max(1, -(-len(labels) // most))
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (x, _LINE_HEIGHT - 6, "start" if at == 0 else "middle", label)
            for at, (x, label) in enumerate(labels)
            if at % every == 0
        ),
    )


def _r_at(r: float) -> float:
    middle = (_TOP + _LAG_BOTTOM) / 2
    return round(middle - (_LAG_BOTTOM - _TOP) / 2 * r, 1)


def _lags(lags: Sequence[Lag], width: int) -> SafeString:
    step = (width - _LEFT - _RIGHT) / max(1, len(lags))
    centres = [round(_LEFT + (at + 0.5) * step, 1) for at in range(len(lags))]
    grid = format_html_join(
        "",
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            ("grid" if r else "axis", _LEFT, width - _RIGHT, _r_at(r), _r_at(r), _LEFT - 5,
             _r_at(r) + 4, words)
            for r, words in ((1, "+1"), (0, "0"), (-1, "\N{MINUS SIGN}1"))
        ),
    )  # fmt: skip
    return format_html(
        "{}{}{}{}", grid, _lag_rects(lags, centres, step), _lag_intervals(lags, centres),
        _lag_labels(lags, centres, every=1 if width == _WIDE else 2),
    )  # fmt: skip


def _lag_rects(lags: Sequence[Lag], centres: Sequence[float], step: float) -> SafeString:
    wide = round(step * 0.6, 1)
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            ("f1" if _is_sure(lag) else "a1", round(x - wide / 2, 1), min(_r_at(lag.r), _r_at(0)),
             wide, round(abs(_r_at(lag.r) - _r_at(0)), 1))
            for lag, x in zip(lags, centres, strict=True)
            if lag.r is not None
        ),
    )  # fmt: skip


def _is_sure(lag: Lag) -> bool:
    return lag.low is not None and lag.high is not None and lag.low * lag.high > 0


def _lag_intervals(lags: Sequence[Lag], centres: Sequence[float]) -> SafeString:
    return format_html_join(
        "",
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        (
            (x, x, _r_at(lag.low), _r_at(lag.high))
            for lag, x in zip(lags, centres, strict=True)
            if lag.low is not None and lag.high is not None
        ),
    )


def _lag_labels(lags: Sequence[Lag], centres: Sequence[float], *, every: int) -> SafeString:
    middle = len(lags) // 2
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (x, _LAG_HEIGHT - 8, lag.label)
            for at, (lag, x) in enumerate(zip(lags, centres, strict=True))
            if (at - middle) % every == 0
        ),
    )
