"""The figures of the reports: of one period, and by every method of counting."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Field, Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem
from hearwell.kit.clock import now
from hearwell.reports.beside import methods_beside
from hearwell.reports.overview.report import overview
from hearwell.reports.relation import Period
from hearwell.reports.rolling.cube import Slice, Span
from hearwell.reports.rolling.reading import midnight

router = Router(tags=["Reports"])
MOST_DAYS = 3700


class PeriodIn(Schema):
    """Whole days of the workspace's clock, both included; the last four weeks by default."""

    first: date | None = None
    last: date | None = None


class ServiceFilters(PeriodIn):
    """Also which account, kind of message, language or team."""

    channel_id: UUID | None = None
    kind: str | None = None
    language: Annotated[str | None, Field(max_length=16)] = None
    team_id: UUID | None = None


class FigureOut(Schema):
    """A figure: a share of 0 to 1, seconds, a number, or minor units of `currency`.

    `value` is null where it cannot be said; `caveat` says why, or what it is worth. `n` is what it
    was counted of, `method` how.
    """

    key: str
    value: float | None
    unit: Literal["share", "s", "n", "money"]
    currency: str
    n: int
    method: str
    caveat: str


class LineOut(Schema):
    """One account, kind, language or team; `key` is empty where that is not known.

    `of_issues` is its share of the cases that a message in need of an answer opened.
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


class HourOut(Schema):
    """One hour on the wall, by when messages came."""

    hour: int
    n: int
    answered: int
    within_1h: int


class ServiceReport(Schema):
    """All figures of a period. `notes` say what must be said of the period itself."""

    first: date
    last: date
    time_zone: str
    made_at: datetime
    notes: list[str]
    figures: list[FigureOut]
    by_channel: list[LineOut]
    by_kind: list[LineOut]
    by_language: list[LineOut]
    by_team: list[LineOut]
    by_hour: list[HourOut]


class MethodOut(Schema):
    """What one way of counting says. `points`: its rate less ours, in percentage points."""

    method: str
    version: int
    title: str
    definition: str
    why: str
    needs_reply: int
    answered: int
    response_rate: float | None
    points: float | None
    median_s: float | None
    p90_s: float | None
    mean_s: float | None
    waiting: int
    caveat: str


@router.get("/reports/service", response=ServiceReport, summary="The figures of a period")
@needs("read")
def service_report(request: ApiRequest, asked: Annotated[ServiceFilters, Query()]) -> Any:
    """Return every figure with its method, n and caveat; promises only of the whole."""
    workspace = request.auth.workspace
    chosen = Slice(asked.channel_id, asked.kind, asked.language, asked.team_id)
    report = overview(workspace, span_in(asked, workspace.time_zone), chosen).as_json()
    return {
        key: [asdict(one) for one in value] if key.startswith("by_") else value
        for key, value in report.items()
    }


@router.get("/reports/methods", response=list[MethodOut], summary="Every method of counting")
@needs("read")
def method_report(request: ApiRequest, asked: Annotated[PeriodIn, Query()]) -> Any:
    """Return what each says of the same messages, ours first, and why they differ."""
    workspace = request.auth.workspace
    span, zone = span_in(asked, workspace.time_zone), ZoneInfo(workspace.time_zone)
    period = Period(midnight(span.first, zone), midnight(span.last + timedelta(days=1), zone))
    return [
        {
            "method": one.method.name,
            "version": one.method.version,
            "title": one.method.title,
            "definition": one.method.definition,
            "why": one.why,
            "points": one.points,
            "needs_reply": one.figures.needs_reply,
            "answered": one.figures.answered,
            "response_rate": one.figures.response_rate,
            "median_s": one.figures.first_response_s.median,
            "p90_s": one.figures.first_response_s.p90,
            "mean_s": one.figures.first_response_s.mean,
            "waiting": one.figures.waiting,
            "caveat": one.figures.caveat or "",
        }
        for one in methods_beside(workspace.id, period)
    ]


def span_in(asked: PeriodIn, time_zone: str) -> Span:
    """Return the days asked for, the last four weeks if none. Raises Problem (422)."""
    last = asked.last or now().astimezone(ZoneInfo(time_zone)).date()
    first = asked.first or last - timedelta(days=27)
    if first > last or (last - first).days > MOST_DAYS or first.year < 1990 or last.year > 2200:  # noqa: PLR2004
        detail = f"`first` comes before `last`, by at most {MOST_DAYS} days."
        raise Problem(422, "bad_period", detail)
    return Span(first, last)
