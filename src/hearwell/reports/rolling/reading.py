"""Read facts, packed by PostgreSQL, and put them together as the cells of roll-ups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.kit import rows
from hearwell.reports.rolling.measures import Measure
from hearwell.reports.rolling.tally import FACT, Tally, packed_groups

if TYPE_CHECKING:
    import numpy as np

DAY, MONTH = "d", "m"
CELL, TOTAL = "cell", "total"
SIDES: Final = ("channel_id", "kind", "language", "team_id")
CUTS: Final = (CELL, TOTAL, *SIDES)
"""How facts are put together: by all sides at once, by none, and by each alone."""
# Twelve bytes a fact (tally.FACT): a row each would cost Python ten times as much to read.
_PACKED: Final = """
    SELECT (at AT TIME ZONE %(zone)s)::date, channel_id, kind, language, team_id,
        string_agg(int4send(least(coalesce(value, -1), 2147483647)::int)
            || int4send(coalesce(since, -1)::int)
            || int2send(extract(hour FROM at AT TIME ZONE %(zone)s)::int2)
            || int2send(flags::int2), ''::bytea)
    FROM ({facts}) fact
    GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one measure of one day or month comes to. What a cut does not look at is empty."""

    starts_on: date
    cut: str
    channel_id: UUID | None
    kind: str
    language: str
    team_id: UUID | None
    tally: Tally


Key = tuple[date, UUID | None, str, str, UUID | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one measure and span: `which[n]` is the place of fact n's key in `keys`."""

    measure: str
    facts: np.ndarray[Any, Any]
    which: np.ndarray[Any, Any]
    keys: Sequence[Key]

    def cells(self, grain: str, cut: str) -> Iterator[Cell]:
        """Put them together by day or month, in one way of cutting."""
        import numpy as np

        groups: dict[Key, int] = {}
        seats = [groups.setdefault(_key(key, grain, cut), len(groups)) for key in self.keys]
        group_of = np.array(seats, np.int64)[self.which]
        tallies = packed_groups(self.measure, self.facts, group_of, len(groups))
        for (day, channel, kind, language, team), tally in zip(groups, tallies, strict=True):
            yield Cell(day, cut, channel, kind, language, team, tally)


def _key(key: Key, grain: str, cut: str) -> Key:
    day, channel, kind, language, team = key
    day = day.replace(day=1) if grain == MONTH else day
    if cut == CELL:
        return (day, channel, kind, language, team)
    return (
        day,
        channel if cut == "channel_id" else None,
        kind if cut == "kind" else "",
        language if cut == "language" else "",
        team if cut == "team_id" else None,
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins on the clock on the wall, in UTC; it may have 23 or 25 hours."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def facts_between(
    workspace_id: UUID, measure: Measure, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Facts | None:
    """Read the facts of one measure in a span; one statement. None where there are none."""
    import numpy as np

    values = {
        "place": workspace_id, "starts_at": starts_at, "ends_at": ends_at, "zone": zone.key,
    }  # fmt: skip
    found = rows.fetch(_PACKED.format(facts=measure.sql), values)
    if not found:
        return None
    facts = np.frombuffer(b"".join(row[5] for row in found), FACT)
    sizes = np.array([len(row[5]) for row in found]) // facts.itemsize
    which = np.repeat(np.arange(len(found)), sizes)
    return Facts(measure.name, facts, which, [(*row[:5],) for row in found])
