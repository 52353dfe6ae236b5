"""How much was said around a spike, as inline SVG: a bar for five minutes, and what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDE, _NARROW, _HEIGHT = 620, 340, 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 12, 96
_LABEL_AT: Final = 115


@dataclass(frozen=True)
class Around:
    """Counts, the label of each place, which of them were the spike's, and what is usual.

    `css` is the class of the spike's own bars.
    """

    counts: Sequence[int]
    labels: Sequence[str]
    first: int
    last: int
    usual: float
    css: str = "flate"


def spike_bars(around: Around, title: str) -> SafeString:
    """Draw the counts at two widths; the spike stands out, a dashed line says what is usual."""
    return format_html_join(
        "", "{}", ((_drawn(around, title, width),) for width in (_WIDE, _NARROW))
    )


def _drawn(around: Around, title: str, width: int) -> SafeString:
    top = max(4, *around.counts, round(around.usual + 0.5))
    step = (width - _LEFT - _RIGHT) / max(1, len(around.counts))
    return format_html(
        '<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        "{}{}{}{}</svg>",
        "ch-w" if width == _WIDE else "ch-n",
        width,
        _HEIGHT,
        title,
        title,
        _grid(top, width),
        _bars(around, step, top),
        _usual(around.usual, top, width),
        _axis(around.labels, step, 12 if width == _WIDE else 24),
    )


def _y(count: float, top: int) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * count / top, 1)


def _grid(top: int, width: int) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, width - _RIGHT, y, y, _LEFT - 6, y + 4, value)
            for value in (0, top)
            for y in (_y(value, top),)
        ),
    )


def _bars(around: Around, step: float, top: int) -> SafeString:
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (
                around.css if around.first <= place <= around.last else "f1",
                round(_LEFT + step * place + 0.5, 1),
                _y(count, top),
                round(step - 1, 1),
                round(_BOTTOM - _y(count, top), 1),
            )
            for place, count in enumerate(around.counts)
            if count
        ),
    )


def _usual(usual: float, top: int, width: int) -> SafeString:
    y = _y(usual, top)
    return format_html(
        '<line class="ln l5 dash" x1="{}" x2="{}" y1="{}" y2="{}"/>', _LEFT, width - _RIGHT, y, y
    )


def _axis(labels: Sequence[str], step: float, every: int) -> SafeString:
    shown = [
        (round(_LEFT + step * (place + 0.5), 1), _LABEL_AT, label)
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', shown)
