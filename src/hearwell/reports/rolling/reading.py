"""Read facts as the cells of roll-ups: one statement, packed by PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.kit import rows
from hearwell.reports.rolling.measures import Measure
from hearwell.reports.rolling.tally import Tally, packed_counts

# Twelve bytes a fact (tally.FACT): a row each would cost Python ten times as much to read.
_PACKED: Final = """
    SELECT (at AT TIME ZONE %(zone)s)::date, channel_id, kind, language, team_id,
        coalesce(sum(value), 0)::bigint,
        string_agg(int4send(least(coalesce(value, -1), 2147483647)::int)
            || int4send(coalesce(since, -1)::int)
            || int2send(extract(hour FROM at AT TIME ZONE %(zone)s)::int2)
            || int2send(flags::int2), ''::bytea)
    FROM ({facts}) fact
    GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one measure of one day or month comes to, for one account, kind, language and team."""

    starts_on: date
    channel_id: UUID | None
    kind: str
    language: str
    team_id: UUID | None
    tally: Tally


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins on the clock on the wall, in UTC; it may have 23 or 25 hours."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def cells_between(
    workspace_id: UUID, measure: Measure, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> list[Cell]:
    """Count the facts of one measure in a span, by day and cell; one statement."""
    values = {
        "place": workspace_id, "starts_at": starts_at, "ends_at": ends_at, "zone": zone.key,
    }  # fmt: skip
    found = rows.fetch(_PACKED.format(facts=measure.sql), values)
    return [
        Cell(day, channel, kind, language, team, _tally(measure.name, total, bytes(facts)))
        for day, channel, kind, language, team, total, facts in found
    ]


def _tally(measure: str, total_s: int, facts: bytes) -> Tally:
    counts, waits, since = packed_counts(facts)
    return Tally(measure, counts, total_s, waits, since)
