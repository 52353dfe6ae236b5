"""Read facts, packed by PostgreSQL, and put them together as the blocks of roll-ups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.kit import rows
from hearwell.reports.rolling.blocks import (
    CELL,
    CUTS,
    DAY,
    SIDE,
    Block,
    Body,
    Key,
    joined,
    put_together,
)  # fmt: skip
from hearwell.reports.rolling.measures import Measure

if TYPE_CHECKING:
    import numpy as np

# Two arrays a cell, in PostgreSQL's own binary form: a row a fact costs ten times as much to read.
_PACKED: Final = """
    SELECT channel_id, kind, language, team_id, array_send(array_agg(at)),
        array_send(array_agg(least(coalesce(value, -1), 2147483647) << 8 | flags::bigint))
    FROM ({facts}) fact
    GROUP BY channel_id, kind, language, team_id
"""
_HEAD: Final = 20  # bytes before an array's first element: dimensions, nulls, type, length, bound
_ELEMENT: Final = [("size", ">i4"), ("held", ">i8")]
_EPOCH_S: Final = 946_684_800  # PostgreSQL's clock begins in 2000
_QUARTER_S: Final = 900  # every zone is off by a multiple of it
_DAY_S: Final = 86_400
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The facts of one measure and span, a column each: `cell[n]` is the place of n's in `keys`.

    `day` is the ordinal of the day on the wall, `since` the minute since 1970 in which somebody
    asked who still waits. What is below 0 in `value` or `since` is not known.
    """

    measure: str
    keys: Sequence[Key]
    cell: np.ndarray[Any, Any]
    day: np.ndarray[Any, Any]
    hour: np.ndarray[Any, Any]
    flags: np.ndarray[Any, Any]
    value: np.ndarray[Any, Any]
    since: np.ndarray[Any, Any]

    def blocks(self, grain: str) -> Iterator[Block]:
        """Put them together: a day is one block of all its cells; a month has one for each.

        A month has another of each side alone, which most pages read.
        """
        starts, when = self._starts(grain)
        for start, keys, body in self._grouped(when, len(starts), self.keys, self.cell):
            if grain == DAY:
                yield Block(starts[start], self.measure, CELL, keys, body)
            else:
                parts = body.parts(range(len(keys) + 1))
                for key, part in zip(keys, parts, strict=True):
                    yield Block(starts[start], self.measure, CELL, [key], part)
        if grain != DAY:
            yield from self._sides(starts, when)

    def _sides(self, starts: Sequence[date], when: np.ndarray[Any, Any]) -> Iterator[Block]:
        import numpy as np

        found: dict[int, list[tuple[Sequence[Key], Body]]] = {}
        for cut in CUTS:
            places: dict[Key, int] = {}
            seats = [places.setdefault(key.cut_to(cut), len(places)) for key in self.keys]
            cell = np.array(seats, np.int64)[self.cell]
            for start, keys, body in self._grouped(when, len(starts), list(places), cell):
                found.setdefault(start, []).append((keys, body))
        for start, some in found.items():
            keys = [key for one, _ in some for key in one]
            yield Block(starts[start], self.measure, SIDE, keys, joined([body for _, body in some]))

    def _starts(self, grain: str) -> tuple[list[date], np.ndarray[Any, Any]]:
        """Return the days or months there are, and which of them each fact is of."""
        import numpy as np

        first = int(self.day.min())
        days = [date.fromordinal(one) for one in range(first, int(self.day.max()) + 1)]
        if grain == DAY:
            return days, self.day - first
        months = [day.replace(day=1) for day in days]
        starts = sorted(set(months))
        place = {start: n for n, start in enumerate(starts)}
        return starts, np.array([place[month] for month in months], np.int64)[self.day - first]

    def _grouped(
        self,
        when: np.ndarray[Any, Any],
        starts: int,
        keys: Sequence[Key],
        cell: np.ndarray[Any, Any],
    ) -> Iterator[tuple[int, Sequence[Key], Body]]:
        """Yield what each day or month has: its place, its keys and what they come to."""
        import numpy as np

        width = len(keys)
        group, groups = when * width + cell, starts * width
        body = put_together(group, groups, self.hour, self.flags, self.value, self.since)
        parts = body.parts(range(0, groups + 1, width))
        for start, part in enumerate(parts):
            there = np.flatnonzero(part.seats["counts"])
            if len(there):
                held = Body(part.seats[there], part.counts, part.waits, part.since)
                yield start, [keys[n] for n in there.tolist()], held


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins on the clock on the wall, in UTC; it may have 23 or 25 hours."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def facts_between(
    workspace_id: UUID, measure: Measure, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Facts | None:
    """Read the facts of one measure in a span; one statement. None where there are none."""
    import numpy as np

    values = {"place": workspace_id, "starts_at": starts_at, "ends_at": ends_at}
    # In an order that is always the same: what is made of the same facts is the same.
    read = rows.fetch(_PACKED.format(facts=measure.sql), values)
    found = sorted(read, key=lambda row: repr(row[:4]))
    if not found:
        return None
    sizes = [(len(row[4]) - _HEAD) // np.dtype(_ELEMENT).itemsize for row in found]
    seconds = _elements([row[4] for row in found]) // 1_000_000 + _EPOCH_S
    packed = _elements([row[5] for row in found])
    day, hour = _on_the_wall(seconds, zone)
    flags = packed & 0xFF
    waits = flags >> measure.place_of(measure.waiting) & 1 if measure.waiting else 0
    return Facts(
        measure=measure.name,
        keys=[Key(CELL, *row[:4]) for row in found],
        cell=np.repeat(np.arange(len(found)), sizes),
        day=day,
        hour=hour,
        flags=flags,
        value=packed >> 8,
        since=np.where(waits, seconds // 60, -1),
    )


def _elements(arrays: Sequence[bytes]) -> np.ndarray[Any, Any]:
    import numpy as np

    held = b"".join(memoryview(one)[_HEAD:] for one in arrays)
    return np.frombuffer(held, _ELEMENT)["held"].astype(np.int64)


def _on_the_wall(
    seconds: np.ndarray[Any, Any], zone: ZoneInfo
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the day (its ordinal) and the hour that a clock on the wall shows."""
    import numpy as np

    first = int(seconds.min()) // _QUARTER_S
    last = int(seconds.max()) // _QUARTER_S
    offsets = np.array([_offset_s(one * _QUARTER_S, zone) for one in range(first, last + 1)])
    local = seconds + offsets[seconds // _QUARTER_S - first]
    return local // _DAY_S + _EPOCH_DAY, local % _DAY_S // 3600


def _offset_s(second: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
