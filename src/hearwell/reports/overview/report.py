"""The service report of a workspace: all figures of one period, and by whatever they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.reports.models import RollupClock, RollupDue
from hearwell.reports.overview import figures
from hearwell.reports.overview.cost import cost_figure
from hearwell.reports.overview.figure import Figure, share
from hearwell.reports.overview.giving import grants
from hearwell.reports.rolling.cube import Cube, Side, Slice, Span, cube_of
from hearwell.reports.rolling.measures import ACKNOWLEDGED, ANSWER, MEASURES, NEED, SOLVED
from hearwell.reports.rolling.reading import midnight
from hearwell.reports.rolling.tally import Tally
from hearwell.reports.study.figures import SMALL
from hearwell.routing.models import Team
from hearwell.sla.queries import attainment

SIDES: Final[tuple[Side, ...]] = ("channel_id", "kind", "language", "team_id")
WEEK: Final = timedelta(days=7)
NEVER: Final = _("Nothing has been counted yet; that happens within a minute.")
DUE: Final = _("Some of these days are being counted anew; look again in a minute.")
CHANGED: Final = _("The clocks changed in this period: one of its days has 23 or 25 hours.")
FUTURE: Final = _("This period is not over.")


@dataclass(frozen=True, slots=True)
class Line:
    """One account, kind, language or team. `key` is None where that is not known.

    `of_issues` is its share of all cases that a message in need of an answer opened.
    """

    key: UUID | str | None
    label: str
    network: str
    n: int
    response_rate: float | None
    acknowledged_s: float | None
    answer_s: float | None
    waiting: int
    issues: int
    of_issues: float | None

    @property
    def is_small(self) -> bool:
        """Too few to compare."""
        return self.n < SMALL


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour on the wall, by when messages came."""

    hour: int
    n: int
    answered: int
    within_1h: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it. `notes` are what must be said of the period itself."""

    span: Span
    chosen: Slice
    zone: str
    made_at: datetime
    notes: tuple[str, ...]
    figures: list[Figure]
    lines: dict[Side, list[Line]]
    hours: list[Hour]

    def figure(self, key: str) -> Figure:
        """Return one figure. Raises StopIteration for a key there is not."""
        return next(one for one in self.figures if one.key == key)

    def as_json(self) -> dict[str, Any]:
        """The documented object."""
        return {
            "first": self.span.first,
            "last": self.span.last,
            "time_zone": self.zone,
            "made_at": self.made_at,
            "notes": list(self.notes),
            "figures": [one.as_json() for one in self.figures],
            **{f"by_{side.removesuffix('_id')}": self.lines[side] for side in SIDES},
            "by_hour": self.hours,
        }


def overview(workspace: Workspace, span: Span, chosen: Slice | None = None) -> Overview:
    """Return the service report of a workspace in scope; a handful of statements."""
    part, moment, zone = chosen or Slice(), now(), ZoneInfo(workspace.time_zone)
    today = moment.astimezone(zone).date()
    cube = cube_of(workspace.id, span, part)
    totals = {name: cube.total(name) for name in MEASURES}
    return Overview(
        span=span,
        chosen=part,
        zone=zone.key,
        made_at=moment,
        notes=_notes(workspace.id, span, zone, today),
        figures=_figures(workspace, span, part, totals, zone, moment),
        lines=_lines(workspace.id, cube),
        hours=_hours(totals[NEED]),
    )


def _figures(
    workspace: Workspace,
    span: Span,
    part: Slice,
    totals: dict[str, Tally],
    zone: ZoneInfo,
    moment: datetime,
) -> list[Figure]:
    found = [
        *figures.response(totals),
        *figures.turns(totals),
        *figures.waiting(totals, moment),
    ]
    # Clocks belong to cases, which have no one kind or language: promises are of all of them.
    if part == Slice():
        ends_at = midnight(span.last + timedelta(days=1), zone)
        kept = attainment(workspace.id, midnight(span.first, zone), ends_at)
        found += figures.promises(kept)
    ripe, is_ripening = _ripe(workspace.id, span, part, totals[SOLVED], moment.astimezone(zone))
    found += figures.resolution(totals, ripe, is_ripening=is_ripening)
    found += [*figures.hands(totals), *figures.personal(totals)]
    if part == Slice():
        found += grants(workspace.id, span, zone, totals[SOLVED].n("first"))
        found.append(cost_figure(workspace.id, span, totals[SOLVED].n()))
    return found


def _ripe(
    workspace_id: UUID, span: Span, part: Slice, solved: Tally, local: datetime
) -> tuple[int, bool]:
    """Return how many closings had a week to come back, and whether others had not."""
    since = local.date() - WEEK
    if span.last <= since or not solved.n():
        return solved.n(), False
    young = cube_of(workspace_id, Span(max(since, span.first), span.last), part)
    n = young.total(SOLVED).n()
    return solved.n() - n, n > 0


def _notes(workspace_id: UUID, span: Span, zone: ZoneInfo, today: date) -> tuple[str, ...]:
    starts_at = midnight(span.first, zone)
    ends_at = midnight(span.last + timedelta(days=1), zone)
    clock = RollupClock.objects.filter(workspace_id=workspace_id).first()
    due = RollupDue.objects.filter(workspace_id=workspace_id, at__gte=starts_at, at__lt=ends_at)
    noted = {
        NEVER: clock is None,
        DUE: clock is not None
        and (clock.time_zone != zone.key or due.exists() or clock.imports_since().exists()),
        CHANGED: any(
            midnight(day + timedelta(days=1), zone) - midnight(day, zone) != timedelta(days=1)
            for day in span.days
        ),
        FUTURE: span.last >= today,
    }
    return tuple(words for words, holds in noted.items() if holds)


def _hours(need: Tally) -> list[Hour]:
    counts = (need.by_hour(), need.by_hour("answered"), need.by_hour("within_1h"))
    return [Hour(hour, *row) for hour, row in enumerate(zip(*counts, strict=True))]


def _lines(workspace_id: UUID, cube: Cube) -> dict[Side, list[Line]]:
    channels = Channel.objects.filter(workspace_id=workspace_id)
    labels: dict[Side, dict[Any, tuple[str, str]]] = {
        "channel_id": {one.id: (one.handle, one.network) for one in channels},
        "team_id": {
            one.id: (one.name, "") for one in Team.objects.filter(workspace_id=workspace_id)
        },
    }
    return {side: _lines_by(cube, side, labels.get(side, {})) for side in SIDES}


def _lines_by(cube: Cube, side: Side, labels: dict[Any, tuple[str, str]]) -> list[Line]:
    needs, first, answer = (cube.by(side, one) for one in (NEED, ACKNOWLEDGED, ANSWER))
    issues = sum(one.n("opens") for one in needs.values())
    return sorted(
        (
            _line(key, labels.get(key, ("", "")), need, first.get(key), answer.get(key), issues)
            for key, need in needs.items()
        ),
        key=lambda line: (-line.n, str(line.key)),
    )


def _line(
    key: UUID | str | None,
    label: tuple[str, str],
    need: Tally,
    first: Tally | None,
    answer: Tally | None,
    issues: int,
) -> Line:
    return Line(
        key=key,
        label=label[0],
        network=label[1],
        n=need.n(),
        response_rate=share(need.n("answered"), need.n()),
        acknowledged_s=first.quantile(0.5) if first else None,
        answer_s=answer.quantile(0.5) if answer else None,
        waiting=need.n("waiting"),
        issues=need.n("opens"),
        of_issues=share(need.n("opens"), issues),
    )
