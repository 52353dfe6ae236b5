"""Charts as inline SVG: no script, no font of their own, colours from the page's style sheet.

Every chart says in words (`aria-label`) what it shows, and every mark carries its number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from hearwell.kit.shares import Share
from hearwell.reports.study.words import DAY, HOUR, MINUTE, count, duration, percent

WIDTH, LABELS, ROW, BAR = 620, 150, 23, 15
_PLOT = WIDTH - LABELS - 120
_TICKS_S = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY, 3 * DAY, 7 * DAY)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart. `share` is the bar's length, 0 to 1; `n` draws its uncertainty."""

    label: str
    share: float
    value: str
    note: str = ""
    tone: str = "f1"
    n: int | None = None


def bars(rows: Sequence[Bar], summary: str) -> str:
    """Horizontal bars, each with its number; a thin line is the 95 % interval of a share of n."""
    body = "".join(_bar(row, 10 + at * ROW) for at, row in enumerate(rows))
    return _chart(10 + len(rows) * ROW, summary, body)


def _bar(row: Bar, y: int) -> str:
    length = max(2.0, _PLOT * row.share) if row.value != "0" else 0.0
    low, high = Share(round(row.share * (row.n or 0)), row.n or 0).interval or (0.0, 0.0)
    whisker = _line(LABELS + _PLOT * low, LABELS + _PLOT * high, y + BAR / 2, "ci") if row.n else ""
    # The number goes behind whatever ends last, bar or whisker.
    x = LABELS + max(length, _PLOT * high) + 6
    return (
        f'<text x="{LABELS - 8}" y="{y + 11}" text-anchor="end">{escape(_short(row.label))}</text>'
        f'<rect class="{row.tone}" x="{LABELS}" y="{y}" rx="2" width="{length:.1f}" '
        f'height="{BAR}"/>'
        f'{whisker}<text class="lbl" x="{x:.1f}" y="{y + 12}">{escape(row.value)}'
        f'<tspan class="note" dx="6">{escape(row.note)}</tspan></text>'
    )


@dataclass(frozen=True, slots=True)
class Range:
    """One row of a range chart: half were answered by `median`, nine in ten by `p90` (seconds)."""

    label: str
    median: float
    p90: float


def ranges(rows: Sequence[Range], summary: str) -> str:
    """Median (dot) to 90th percentile (end of the line), on a logarithmic time axis."""
    low = max(1.0, min((row.median for row in rows), default=1.0) / 1.5)
    high = max([row.p90 for row in rows] + [low * 10]) * 1.2
    ticks = [tick for tick in _TICKS_S if low <= tick <= high]
    bottom = 14 + len(rows) * ROW

    def x(seconds: float) -> float:
        place = math.log(max(seconds, low) / low) / math.log(high / low)
        return LABELS + (WIDTH - LABELS - 130) * min(1.0, place)

    body = "".join(
        f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="6" y2="{bottom}"/>'
        f'<text x="{x(tick):.1f}" y="{bottom + 14}" text-anchor="middle">{_tick(tick)}</text>'
        for tick in ticks
    )
    body += "".join(
        f'<text x="{LABELS - 8}" y="{y + 4}" text-anchor="end">{escape(_short(row.label))}</text>'
        f"{_line(x(row.median), x(row.p90), y, 'ln l1 thin')}"
        f'<circle class="f1" cx="{x(row.median):.1f}" cy="{y}" r="4.5"/>'
        f'<circle class="surf l1" cx="{x(row.p90):.1f}" cy="{y}" r="3.5"/>'
        f'<text class="lbl" x="{x(row.p90) + 10:.1f}" y="{y + 4}">{duration(row.median)}'
        f'<tspan class="note" dx="6">{duration(row.p90)}</tspan></text>'
        for y, row in ((18 + at * ROW, row) for at, row in enumerate(rows))
    )
    return _chart(bottom + 20, summary, body)


def columns(days: Sequence[tuple[str, int, int]], summary: str) -> str:
    """Columns of (label, needing a reply, answered): the answered part is filled."""
    if not days:
        return ""
    highest, left, floor = max(needed for _, needed, _ in days) or 1, 46, 170
    step = (WIDTH - left - 10) / len(days)
    wide, every = min(46.0, step * 0.78), max(1, math.ceil(len(days) / 8))

    def column(at: int, height: int, tone: str) -> str:
        tall = (floor - 20) * height / highest
        x = left + at * step + (step - wide) / 2
        return (
            f'<rect class="{tone}" x="{x:.1f}" y="{floor - tall:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}" rx="1"/>'
        )

    body = "".join(
        _line(left, WIDTH - 10, floor - (floor - 20) * part, "grid")
        + f'<text x="{left - 6}" y="{floor - (floor - 20) * part + 4:.1f}" text-anchor="end">'
        f"{count(round(highest * part))}</text>"
        for part in (0, 0.5, 1)
    )
    for at, (label, needed, answered) in enumerate(days):
        body += column(at, needed, "f5") + column(at, answered, "f1")
        if at % every == 0:
            x = left + at * step + step / 2
            body += (
                f'<text x="{x:.1f}" y="{floor + 16}" text-anchor="middle">{escape(label)}</text>'
            )
    return _chart(floor + 24, summary, body)


def rate_bar(label: str, share: float | None, n: int, tone: str = "f1") -> Bar:
    """Make a bar of a response rate."""
    return Bar(label, share or 0.0, percent(share), f"n {count(n)}", tone, n or None)


def _line(start: float, end: float, y: float, tone: str) -> str:
    return f'<line class="{tone}" x1="{start:.1f}" x2="{end:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _chart(height: float, summary: str, body: Iterable[str] | str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-label="{escape(summary, quote=True)}">{"".join(body)}</svg>'
    )


def _short(label: str, most: int = 22) -> str:
    return label if len(label) <= most else label[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _tick(seconds: int) -> str:
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    return f"{seconds // HOUR} h" if seconds < DAY else f"{seconds // DAY} d"
