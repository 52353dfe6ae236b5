"""Panels of brands and their leagues."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.benchmarks import queries
from hearwell.benchmarks.league import Line, league_of
from hearwell.reports.relation import Period
from hearwell.reports.study.methods import DEFAULT

router = Router(tags=["Benchmarks"])
MOST_DAYS = 3700
EARLIEST, LATEST = 1990, 2200
MethodName = Literal[
    "hearwell", "simply-measured", "socially-devoted", "quintly", "sprout-72h", "facebook-page",
    "conversocial", "any-reply",
]  # fmt: skip


class PanelBrand(Schema):
    """A brand of a panel and its accounts."""

    name: str
    channel_ids: list[UUID]
    is_own: bool


class PanelOut(Schema):
    """A panel. `industry` is a preset's key or a word of the team's own."""

    id: UUID
    name: str
    industry: str
    version: int
    brands: list[PanelBrand]


class LeagueFilters(Schema):
    """Whole days of the workspace's clock, both included, and how to count."""

    first: date
    last: date
    method: MethodName = DEFAULT  # type: ignore[assignment]  # a constant of the same words


class TacticOut(Schema):
    """How many of a brand's replies used a tactic; a reply may use several."""

    key: str
    n: int
    share: float | None


class LeagueLine(Schema):
    """One brand. `unranked_because` says why it has no place; `notes` belong beside its figures.

    `share_of_voice` is null where bases differ; `net_sentiment` where nothing was judged.
    """

    brand: str
    is_own: bool
    place: int | None
    percentile: float | None
    needs_reply: int
    answered: int
    response_rate: float | None
    median_s: float | None
    p90_s: float | None
    first_seen: datetime | None
    last_seen: datetime | None
    mentions: int
    share_of_voice: float | None
    judged: int
    net_sentiment: float | None
    replies_read: int
    tactics: list[TacticOut]
    unranked_because: str
    notes: list[str]


class RankOut(Schema):
    """Our own brand's place by one method."""

    method: str
    version: int
    place: int | None
    ranked: int
    unranked_because: str


class LeagueOut(Schema):
    """A league with the method that made it, in full."""

    panel: str
    method: str
    method_version: int
    definition: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    is_mixed: bool
    lines: list[LeagueLine]
    own_places: list[RankOut]


@router.get("/benchmarks", response=list[PanelOut], summary="The panels")
@needs("read")
def panels(request: ApiRequest) -> Any:
    """Return every panel with its brands."""
    return queries.panels_of(request.auth.workspace.id)


@router.get("/benchmarks/{panel_id}/league", response=LeagueOut, summary="A league")
@needs("read")
def league(request: ApiRequest, panel_id: UUID, asked: Annotated[LeagueFilters, Query()]) -> Any:
    """Count a panel's brands by one method, from public messages alone."""
    workspace = request.auth.workspace
    panel = queries.panel_by_id(workspace.id, panel_id)
    if panel is None:
        raise not_found()
    found = league_of(panel, _period(asked, ZoneInfo(workspace.time_zone)), asked.method)
    return {
        "panel": panel.name,
        "method": found.method.name,
        "method_version": found.method.version,
        "definition": found.method.definition,
        "starts_at": found.period.starts_at,
        "ends_at": found.period.ends_at,
        "made_at": found.made_at,
        "is_mixed": found.is_mixed,
        "lines": [_line(one) for one in found.lines],
        "own_places": [
            {"method": one.method.name, "version": one.method.version, "place": one.place,
             "ranked": one.ranked, "unranked_because": one.why}
            for one in found.ranks
        ],
    }  # fmt: skip


def _period(asked: LeagueFilters, zone: ZoneInfo) -> Period:
    is_odd = asked.first > asked.last or (asked.last - asked.first).days > MOST_DAYS
    if is_odd or asked.first.year < EARLIEST or asked.last.year > LATEST:
        detail = f"`first` comes before `last`, by at most {MOST_DAYS} days."
        raise Problem(422, "bad_period", detail)

    def midnight(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=zone)

    return Period(midnight(asked.first), midnight(asked.last + timedelta(days=1)))


def _line(one: Line) -> dict[str, Any]:
    figures, times, seen = one.figures, one.figures.first_response_s, one.seen
    return {
        "brand": one.brand.name,
        "is_own": one.brand.is_own,
        "place": one.place,
        "percentile": one.percentile,
        "needs_reply": figures.needs_reply,
        "answered": figures.answered,
        "response_rate": figures.response_rate,
        "median_s": times.median,
        "p90_s": times.p90,
        "first_seen": seen.covered.first,
        "last_seen": seen.covered.last,
        "mentions": seen.mentions,
        "share_of_voice": one.voice,
        "judged": seen.mood.judged,
        "net_sentiment": seen.mood.net,
        "replies_read": one.tactics.n,
        "tactics": [
            {"key": key, "n": n, "share": share} for key, _title, n, share in one.tactics.shares
        ],
        "unranked_because": one.why,
        "notes": list(one.notes),
    }
