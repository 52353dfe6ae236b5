"""The wallboard's figures as one value. No customer is in it: no name, no handle, no word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Workspace
from hearwell.kit.clock import now
from hearwell.reports.relation import Filters, Period, study
from hearwell.reports.study.figures import Figures, Times
from hearwell.reports.study.methods import DEFAULT, METHODS
from hearwell.reports.wall.counting import Day, Hour, KeptAt, WaitingAt
from hearwell.routing import services as routing
from hearwell.routing.board import Member
from hearwell.routing.queries import Waiting, waiting_of
from hearwell.routing.rules import Presence
from hearwell.sla.calendars import current_calendars, open_among

FEW: Final = 20
"""Under so many there is no percentage, only counts."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises to answer that began today and are decided: met, or breached."""

    met: int = 0
    breached: int = 0

    @property
    def n(self) -> int:
        """How many are decided."""
        return self.met + self.breached

    @property
    def share(self) -> float | None:
        """Met of them; None where they are too few for a percentage."""
        return self.met / self.n if self.n >= FEW else None


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """One network on the board; `waiting` is None where nobody waits."""

    network: str
    waiting: WaitingAt | None
    kept: Kept


@dataclass(frozen=True, slots=True)
class WallFigures:
    """All that a board shows. `first_reply` is the report's own figure, read at `studied_at`."""

    name: str
    zone: str
    made_at: datetime
    starts_at: datetime
    networks: Sequence[NetworkLine]
    kept: Kept
    first_reply: Times
    studied_at: datetime
    hours: Sequence[Hour]
    kinds: Sequence[tuple[str, int]]
    people: Sequence[Member]
    unplaced: Sequence[Waiting]

    def _sum(self, name: str) -> int:
        return sum(getattr(one.waiting, name) for one in self.networks if one.waiting)

    @property
    def waiting(self) -> int:
        """Cases in which somebody waits for an answer now."""
        return self._sum("n")

    @property
    def unassigned(self) -> int:
        """Those of them that nobody has."""
        return self._sum("unassigned")

    @property
    def late(self) -> int:
        """Those of them of which a clock has run out."""
        return self._sum("late")

    @property
    def longest(self) -> WaitingAt | None:
        """The network on which somebody has waited longest."""
        found = [one.waiting for one in self.networks if one.waiting]
        return min(found, key=lambda one: one.asked_at, default=None)

    @property
    def here(self) -> Sequence[Member]:
        """The people who are available."""
        return [one for one in self.people if one.presence is Presence.AVAILABLE]


def midnight(zone: str, at: datetime) -> datetime:
    """Return when the day of a moment began in a time zone; where there is no midnight, then."""
    place = ZoneInfo(zone)
    return datetime.combine(at.astimezone(place).date(), time(), place).astimezone(at.tzinfo)


def first_replies(workspace_id: UUID, starts_at: datetime, at: datetime) -> Times:
    """Return the times of today's first human replies, by the standard method of the reports."""
    method = METHODS[DEFAULT]
    period = Period(starts_at, max(at, starts_at + timedelta(seconds=1)))
    found = study(workspace_id, period, method, Filters(), horizon=at).ask("summary")
    return Figures.of(method, found[0]).first_response_s if found else Times(0, None, None, None)


def wall_figures(
    workspace: Workspace, first_reply: Times, studied_at: datetime, at: datetime | None = None
) -> WallFigures:
    """Return the figures of a workspace in scope; about a dozen queries, however much waits."""
    moment = at or now()
    day = Day(workspace.id, midnight(workspace.time_zone, moment), moment, workspace.time_zone)
    kept = {one.network: one for one in day.kept()}
    open_now = open_among(current_calendars(workspace.id), moment)
    board = routing.board_now(workspace.id, open_now)
    return WallFigures(
        name=workspace.name,
        zone=workspace.time_zone,
        made_at=moment,
        starts_at=day.starts_at,
        networks=_lines(day.waiting(), kept, moment),
        kept=_kept(kept.values()),
        first_reply=first_reply,
        studied_at=studied_at,
        hours=day.hours(),
        kinds=day.kinds(),
        people=sorted(board.members.values(), key=lambda one: one.name),
        unplaced=waiting_of(board),
    )


def _kept(found: Collection[KeptAt]) -> Kept:
    return Kept(sum(one.met for one in found), sum(one.breached for one in found))


def _lines(
    waiting: Sequence[WaitingAt], kept: dict[str, KeptAt], moment: datetime
) -> list[NetworkLine]:
    """Join them by network, the worst first: late before in time, then who waits longest."""
    at = {one.network: one for one in waiting}
    lines = [
        NetworkLine(
            name,
            at.get(name),
            Kept(kept[name].met, kept[name].breached) if name in kept else Kept(),
        )
        for name in {*at, *kept}
    ]
    return sorted(lines, key=lambda one: _badness(one, moment))


def _badness(line: NetworkLine, moment: datetime) -> tuple[bool, bool, datetime, str]:
    one = line.waiting
    if one is None:
        return True, True, moment, line.network
    return False, one.late == 0, one.asked_at, line.network
