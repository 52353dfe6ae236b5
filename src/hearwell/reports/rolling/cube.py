"""Read roll-ups back: whole months where the period has them, days for the rest, one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from hearwell.kit import rows
from hearwell.reports.models import RollupClock
from hearwell.reports.rolling.reading import CELL, TOTAL
from hearwell.reports.rolling.sketches import merged
from hearwell.reports.rolling.tally import Tally, summed

_READ: Final = """
    SELECT cut, measure, channel_id, kind, language, team_id, sum(total_s)::bigint,
        string_agg(counts, ''::bytea),
        array_agg(waits) FILTER (WHERE waits <> ''), array_agg(since) FILTER (WHERE since <> '')
    FROM reports_rollup
    WHERE workspace_id = %(place)s AND (cut = 'cell') = %(cells)s
        AND ((grain = 'm' AND starts_on = ANY(%(months)s::date[]))
            OR (grain = 'd' AND starts_on = ANY(%(days)s::date[])))
        AND (%(channel)s::uuid IS NULL OR channel_id = %(channel)s)
        AND (%(team)s::uuid IS NULL OR team_id = %(team)s)
        AND (%(kind)s::text IS NULL OR kind = %(kind)s)
        AND (%(language)s::text IS NULL OR language = %(language)s)
    GROUP BY cut, measure, channel_id, kind, language, team_id
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


@dataclass(frozen=True, slots=True)
class Piece:
    """One measure of one cell, or of one side alone (`cut`), over the whole span."""

    cut: str
    channel_id: UUID | None
    kind: str
    language: str
    team_id: UUID | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class Cube:
    """All that was read; every figure of a report is a sum over some of its pieces.

    Of everything, each side was added up beforehand; of a slice (`is_cut`), the cells are added.
    """

    pieces: Sequence[Piece]
    is_cut: bool

    def total(self, measure: str) -> Tally:
        """Return a measure over everything."""
        return summed(measure, (piece.tally for piece in self._of(measure, TOTAL)))

    def by(self, side: Side, measure: str) -> dict[UUID | str | None, Tally]:
        """Return a measure by account, kind, language or team."""
        found: dict[UUID | str | None, list[Tally]] = defaultdict(list)
        for piece in self._of(measure, side):
            found[getattr(piece, side)].append(piece.tally)
        return {key: summed(measure, tallies) for key, tallies in found.items()}

    def _of(self, measure: str, cut: str) -> Iterator[Piece]:
        wanted = CELL if self.is_cut else cut
        return (p for p in self.pieces if p.tally.measure == measure and p.cut == wanted)


def cube_of(workspace_id: UUID, span: Span, chosen: Slice) -> Cube:
    """Read a span of a workspace in scope; two statements."""
    clocks = RollupClock.objects.filter(workspace_id=workspace_id)
    months, days = cover(span, clocks.values_list("months_before", flat=True).first() or date.min)
    is_cut = chosen != Slice()
    values = {
        "place": workspace_id, "months": months, "days": days, "channel": chosen.channel_id,
        "team": chosen.team_id, "kind": chosen.kind, "language": chosen.language, "cells": is_cut,
    }  # fmt: skip
    pieces = [
        Piece(
            cut, channel, kind, language, team,
            Tally(measure, bytes(counts), total, _merged(waits), _merged(since)),
        )
        for cut, measure, channel, kind, language, team, total, counts, waits, since
        in rows.fetch(_READ, values)
    ]  # fmt: skip
    return Cube(pieces, is_cut)


def _merged(parts: Sequence[bytes] | None) -> bytes:
    return merged(bytes(part) for part in parts or ())


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
