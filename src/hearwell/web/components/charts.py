"""Charts as inline SVG, drawn on the server from plain numbers: two widths of each.

No style attribute is written: sizes are SVG attributes, colours are classes of components.css.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from hearwell.web.components.numbers import grouped

WIDE, NARROW = 620, 340
_HEIGHT, _TOP, _BOTTOM, _LEFT, _RIGHT = 200, 14, 174, 42, 92
_MOST_LABELS = 4


@dataclass(frozen=True)
class Point:
    """A point of a line: a label for its place and a share of 0 to 1, None for a gap."""

    label: str
    share: float | None


@dataclass(frozen=True)
class Bar:
    """A bar: its label, its number, and whether it is of another kind (still waiting)."""

    label: str
    count: int
    is_apart: bool = False


def share_line(points: Sequence[Point], title: str) -> SafeString:
    """Draw shares over time, 0 to 100 %, at both widths."""
    return _both(lambda width: _line(points, width), title)


def bars(rows: Sequence[Bar], title: str) -> SafeString:
    """Draw horizontal bars with their numbers, zero at the left, at both widths."""
    return _both(lambda width: _bars(rows, width), title, height=max(1, len(rows)) * 23 + 16)


def _both(draw: object, title: str, *, height: int = _HEIGHT) -> SafeString:
    parts = [(WIDE, "ch-w"), (NARROW, "ch-n")]
    return format_html_join(
        "",
        '<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}'
        "</svg>",
        ((css, width, height, title, title, draw(width)) for width, css in parts),  # type: ignore[operator]
    )


def _y(share: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * share, 1)


def _line(points: Sequence[Point], width: int) -> SafeString:
    end = width - _RIGHT
    step = (end - _LEFT) / max(1, len(points) - 1)
    placed = [(round(_LEFT + i * step, 1), p) for i, p in enumerate(points)]
    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{} %</text>',
        (
            (_LEFT, end, _y(s / 100), _y(s / 100), _LEFT - 6, _y(s / 100) + 4, s)
            for s in (0, 25, 50, 75, 100)
        ),
    )
    return format_html("{}{}{}{}", grid, _strokes(placed), _last(placed), _axis(placed))


def _strokes(placed: Sequence[tuple[float, Point]]) -> SafeString:
    """Draw the line in pieces: where there was nothing to count, there is a gap."""
    pieces: list[list[str]] = [[]]
    for x, point in placed:
        if point.share is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x},{_y(point.share)}")
    drawn = (
        f'<polyline class="ln l1" points="{" ".join(piece)}"/>'
        for piece in pieces
        if len(piece) > 1
    )
    return mark_safe("".join(drawn))  # noqa: S308  numbers only


def _last(placed: Sequence[tuple[float, Point]]) -> SafeString:
    known = [(x, p.share) for x, p in placed if p.share is not None]
    dots = format_html_join(
        "", '<circle class="f1" cx="{}" cy="{}" r="2"/>', ((x, _y(s)) for x, s in known[:-1])
    )
    if not known:
        return dots
    x, share = known[-1]
    return format_html(
        '{}<circle class="f1" cx="{}" cy="{}" r="4"/><text class="lbl" x="{}" y="{}">{} %</text>',
        dots,
        x,
        _y(share),
        x + 8,
        _y(share) + 4,
        round(share * 100),
    )


def _axis(placed: Sequence[tuple[float, Point]]) -> SafeString:
    every = max(1, -(-len(placed) // _MOST_LABELS))
    shown = [item for i, item in enumerate(placed) if i % every == 0]
    return format_html_join(
        "",
        '<text x="{}" y="194" text-anchor="middle">{}</text>',
        ((x, point.label) for x, point in shown),
    )


def _bars(rows: Sequence[Bar], width: int) -> SafeString:
    left, most = 96, max((row.count for row in rows), default=0) or 1
    room = width - left - 60
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="{}" x="{}" y="{}" width="{}" height="15" rx="2"/>'
        '<text class="lbl" x="{}" y="{}">{}</text>',
        (
            (
                left - 8,
                i * 23 + 21,
                row.label,
                "f2" if row.is_apart else "f1",
                left,
                i * 23 + 10,
                max(1, round(room * row.count / most)) if row.count else 0,
                left + 6 + round(room * row.count / most),
                i * 23 + 22,
                grouped(row.count),
            )
            for i, row in enumerate(rows)
        ),
    )
