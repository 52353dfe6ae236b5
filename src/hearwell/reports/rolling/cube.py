"""Read roll-ups back: whole months where the period has them, days for the rest, one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from hearwell.kit import rows
from hearwell.reports.models import RollupClock
from hearwell.reports.rolling.blocks import CELL, SIDE, TOTAL, Key
from hearwell.reports.rolling.pile import Columns, Pile, pile_of
from hearwell.reports.rolling.tally import Tally, empty

_READ: Final = """
    SELECT measure, keys, seats, counts, waits, since
    FROM reports_rollupblock
    WHERE workspace_id = %(place)s
        AND ((grain = 'd' AND starts_on = ANY(%(days)s::date[]))
            OR (grain = 'm' AND starts_on = ANY(%(months)s::date[]) AND cut = %(cut)s
                AND (%(channel)s::uuid IS NULL OR channel_id = %(channel)s)
                AND (%(team)s::uuid IS NULL OR team_id = %(team)s)
                AND (%(kind)s::text IS NULL OR kind = %(kind)s)
                AND (%(language)s::text IS NULL OR language = %(language)s)))
"""
_DAYS: Final = """
    SELECT starts_on, measure, keys, seats, counts, waits, since
    FROM reports_rollupblock
    WHERE workspace_id = %s AND grain = 'd' AND starts_on BETWEEN %s AND %s AND measure = ANY(%s)
"""
Side = Literal["channel_id", "kind", "language", "team_id"]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of the workspace's clock, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=i) for i in range(length)]

    @property
    def after(self) -> date:
        """The first day after it."""
        return self.last + timedelta(days=1)

    @property
    def before(self) -> Span:
        """The span of the same length that ends the day before."""
        return Span(
            self.first - (self.last - self.first) - timedelta(days=1),
            self.first - timedelta(days=1),
        )


@dataclass(frozen=True, slots=True)
class Slice:
    """Which cells are asked for; None takes all."""

    channel_id: UUID | None = None
    kind: str | None = None
    language: str | None = None
    team_id: UUID | None = None

    def holds(self, key: Key) -> bool:
        """Whether a cell is among them."""
        return all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.channel_id, key.channel_id),
                (self.kind, key.kind),
                (self.language, key.language),
                (self.team_id, key.team_id),
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """All that was read; every figure of a report is a sum over some of its cells.

    Of months that are read whole each side was added up beforehand; else the cells are added.
    """

    piles: Mapping[str, Pile]

    def total(self, measure: str) -> Tally:
        """Return a measure over everything."""
        return self._by(TOTAL, measure).get(None) or empty(measure)

    def by(self, side: Side, measure: str) -> dict[UUID | str | None, Tally]:
        """Return a measure by account, kind, language or team."""
        return self._by(side, measure)

    def _by(self, cut: str, measure: str) -> dict[UUID | str | None, Tally]:
        if (pile := self.piles.get(measure)) is None:
            return {}
        places: dict[UUID | str | None, int] = {}
        groups = [
            places.setdefault(None if cut == TOTAL else getattr(key, cut), len(places))
            if key.cut in {cut, CELL}
            else -1
            for key in pile.keys
        ]
        return dict(zip(places, pile.sorted_into(groups, len(places)), strict=True))


def cube_of(workspace_id: UUID, span: Span, chosen: Slice) -> Cube:
    """Read a span of a workspace in scope; two statements."""
    clocks = RollupClock.objects.filter(workspace_id=workspace_id)
    months, days = cover(span, clocks.values_list("months_before", flat=True).first() or date.min)
    values = {
        "place": workspace_id, "months": months, "days": days, "channel": chosen.channel_id,
        "team": chosen.team_id, "kind": chosen.kind, "language": chosen.language,
        "cut": SIDE if chosen == Slice() else CELL,
    }  # fmt: skip
    found: dict[str, list[Columns]] = defaultdict(list)
    for measure, *columns in rows.fetch(_READ, values):
        found[measure].append(tuple(bytes(one) for one in columns))
    return Cube({measure: pile_of(measure, some, chosen.holds) for measure, some in found.items()})


def days_of(
    workspace_id: UUID, span: Span, measures: Collection[str]
) -> dict[tuple[date, str], Tally]:
    """Return the totals of single days, those that have any; one statement."""
    found: dict[tuple[date, str], list[Columns]] = defaultdict(list)
    asked = [workspace_id, span.first, span.last, list(measures)]
    for day, measure, *columns in rows.fetch(_DAYS, asked):
        found[day, measure].append(tuple(bytes(one) for one in columns))
    return {
        at: Cube({at[1]: pile_of(at[1], some, Slice().holds)}).total(at[1])
        for at, some in found.items()
    }


def cover(span: Span, months_before: date) -> tuple[list[date], list[date]]:
    """Return the months (their first days) that are rolled up as such, and the other days."""
    by_month: dict[date, list[date]] = defaultdict(list)
    for day in span.days:
        by_month[day.replace(day=1)].append(day)
    months: list[date] = []
    days: list[date] = []
    for month, some in by_month.items():
        after = (month + timedelta(days=32)).replace(day=1)
        if len(some) == (after - month).days and after <= months_before:
            months.append(month)
        else:
            days.extend(some)
    return months, days
