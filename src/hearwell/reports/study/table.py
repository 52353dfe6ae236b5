"""The study in a terminal, and as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import TextIO

from rich.console import Console
from rich.table import Table

from hearwell.kit.sheets import write_sheet
from hearwell.reports.study.figures import STEPS, Figures, ranked
from hearwell.reports.study.methods import Method
from hearwell.reports.study.words import count, duration, percent

COLUMNS = (
    "#", "Brand", "Inbound", "Needs reply", "Answered", "Rate", "Median", "p90", "Mean",
    *(f"≤ {step}" for step in STEPS), "Waiting", "",
)  # fmt: skip
_ANY_WIDTH = 10_000
FIRST_TO_GO = (
    "≤ 15m", "≤ 8h", "≤ 24h", "Mean", "Inbound", "≤ 1h", "p90", "Waiting", "Answered", "Median",
)  # fmt: skip
CSV_COLUMNS = (
    "brand", "method", "method_version", "inbound", "needs_reply", "answered", "response_rate",
    "first_response_n", "first_response_median_s", "first_response_p90_s",
    "first_response_mean_s", *(f"within_{step}" for step in STEPS), "waiting", "caveat",
)  # fmt: skip


def print_table(console: Console, method: Method, figures: Sequence[Figures]) -> None:
    """Print one method's league table; what cannot be compared is dimmed and has no place.

    Where the terminal is too narrow whole columns stay away, and are named: half a number says
    something else than the number.
    """
    hidden: list[str] = []
    table = _table(method, figures, hidden)
    unbounded = console.options.update(width=_ANY_WIDTH)
    for name in FIRST_TO_GO:
        if console.measure(table, options=unbounded).maximum <= console.width:
            break
        hidden.append(name)
        table = _table(method, figures, hidden)
    console.print(table)
    if hidden:
        console.print(f"Left out for want of width: {', '.join(hidden)}.", style="dim")


def _table(method: Method, figures: Sequence[Figures], hidden: Sequence[str]) -> Table:
    table = Table(
        title=f"{method.name}, version {method.version}",
        caption=method.definition,
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    shown = [name not in hidden for name in COLUMNS]
    for name in compress(COLUMNS, shown):
        table.add_column(name, justify="left" if name in {"Brand", ""} else "right", no_wrap=True)
    for place, one in ranked(figures):
        cells = compress(_cells(place, one), shown)
        table.add_row(*cells, style="dim" if one.caveat else None)
    return table


def _cells(place: int | None, one: Figures) -> Iterator[str]:
    times = one.first_response_s
    yield from (str(place or ""), one.brand)
    yield from (count(one.inbound), count(one.needs_reply), count(one.answered))
    yield percent(one.response_rate)
    yield from (duration(value) for value in (times.median, times.p90, times.mean))
    yield from (percent(one.within[step]) for step in STEPS)
    yield from (count(one.waiting), one.caveat or "")


def write_csv(out: TextIO, figures: Sequence[Figures]) -> None:
    """Write one line a brand and method, with a caveat where a rate must not be ranked."""
    write_sheet(out, [CSV_COLUMNS, *map(_line, figures)])


def _line(one: Figures) -> Sequence[object]:
    times = one.first_response_s
    return (
        *(one.brand, one.method, one.method_version),
        *(one.inbound, one.needs_reply, one.answered, one.response_rate),
        *(times.n, times.median, times.p90, times.mean),
        *one.within.values(),
        *(one.waiting, one.caveat or ""),
    )
