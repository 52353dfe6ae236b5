"""Every hour of a week and who owns it. Pure; wall-clock time of the workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from hearwell.strategy.rules import DAY, Shift

Spans = Sequence[tuple[int, int]]
# calendar key -> the single days on which other hours hold, as minutes of that day; none: closed.
Exceptions = Mapping[str, Mapping[date, Spans]]
HOURS: Final = 24
# Weeks further away than ten years are not looked at.
FAR: Final = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour: the places of the shifts that own all or a part of it, and minutes nobody owns."""

    shifts: tuple[int, ...]
    open_minutes: int

    @property
    def is_owned(self) -> bool:
        """Whether somebody owns every minute."""
        return self.open_minutes == 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without an owner, in minutes after midnight of its day; it ends by midnight."""

    day: date
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of twenty-four cells."""

    monday: date
    cells: tuple[tuple[Cell, ...], ...]
    gaps: tuple[Gap, ...]

    @property
    def open_hours(self) -> int:
        """How many hours have minutes that nobody owns."""
        return sum(not cell.is_owned for day in self.cells for cell in day)


def week_of(
    monday: date, rota: Sequence[Shift], exceptions: Exceptions, able: Collection[int] | None = None
) -> Week:
    """Return who owns each hour of the week that begins on a Monday.

    ``able`` are the places of the shifts that anybody still stands behind; None: all.
    """
    cells, gaps = [], []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        pieces = [
            (place, start, end)
            for place, shift in enumerate(rota)
            if able is None or place in able
            for start, end in pieces_on(shift, day, exceptions)
        ]
        free = _free([(start, end) for _, start, end in pieces])
        gaps += [Gap(day, start, end) for start, end in free]
        cells.append(tuple(_cell(hour, pieces, free) for hour in range(HOURS)))
    return Week(monday, tuple(cells), tuple(gaps))


def pieces_on(shift: Shift, day: date, exceptions: Exceptions) -> list[tuple[int, int]]:
    """Return the minutes of a day that a shift owns: what begins on it, and the night before's."""
    start, end = shift.span
    found = []
    for begins, shifted in ((day, 0), (day - timedelta(days=1), DAY)):
        if begins.weekday() not in shift.days:
            continue
        here = _within(start, end, exceptions.get(shift.calendar, {}).get(begins))
        found += [(max(0, a - shifted), min(DAY, b - shifted)) for a, b in here]
    return [(a, b) for a, b in found if a < b]


def _within(start: int, end: int, hours: Spans | None) -> Spans:
    """Keep of a stretch what a single day's hours leave of it; None: all."""
    if hours is None:
        return [(start, end)]
    return [(max(start, a), min(end, b)) for a, b in hours if max(start, a) < min(end, b)]


def _free(owned: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    reached, free = 0, []
    for start, end in sorted(owned):
        if start > reached:
            free.append((reached, start))
        reached = max(reached, end)
    if reached < DAY:
        free.append((reached, DAY))
    return free


def _cell(hour: int, pieces: Sequence[tuple[int, int, int]], free: Spans) -> Cell:
    start, end = hour * 60, hour * 60 + 60
    owners = dict.fromkeys(p for p, a, b in pieces if a < end and b > start)
    return Cell(tuple(owners), sum(max(0, min(b, end) - max(a, start)) for a, b in free))


def owners_at(at: datetime, rota: Sequence[Shift], exceptions: Exceptions) -> list[int]:
    """Return the places of the shifts that own a moment, given in the workspace's zone."""
    minute = at.hour * 60 + at.minute
    return [
        place
        for place, shift in enumerate(rota)
        if any(a <= minute < b for a, b in pieces_on(shift, at.date(), exceptions))
    ]
