"""The executive page with what `reports` cannot know: our peers, and a series beside our health.

Reports stand below benchmarks and cannot ask them; so the answers are made there and completed
here. Whoever shows the page, prints it or sends it takes it from here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Workspace
from hearwell.benchmarks.league import archive_ended, has_live, league_of
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.queries import panels_of
from hearwell.channels.queries import channels_by_id
from hearwell.kit.clock import now
from hearwell.outcomes.health import beside, latest_name
from hearwell.outcomes.peers import Standing, with_peers, with_series
from hearwell.reports.relation import Period
from hearwell.reports.rolling.cube import Span
from hearwell.reports.rolling.reading import midnight
from hearwell.reports.summary.answer import Answer
from hearwell.reports.summary.gather import Summary, summary

_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600
_MONTH: Final = timedelta(days=28)


def executive(workspace: Workspace, asked: date | None = None) -> Summary:
    """Return the executive page of a workspace in scope, of a quarter up to a day, whole."""
    found = summary(workspace, asked)
    panels = panels_of(workspace.id)
    standing = standing_in(workspace, panels, found.quarter.now)
    series = beside(workspace, name) if (name := latest_name(workspace.id)) else None

    def whole(one: Answer) -> Answer:
        if one.key == "better":
            return with_peers(one, standing, len(panels))
        if one.key == "money" and series:
            of_each = [(measure.title, measure.beside) for measure in series.measures]
            return with_series(one, series.held.name, of_each)
        return one

    return replace(found, answers=tuple(whole(one) for one in found.answers))


def standing_in(workspace: Workspace, panels: list[Panel], span: Span) -> Standing | None:
    """Return where our brand stands in the first panel, by name, that has it; None without one."""
    panel = next((one for one in panels if any(b.is_own for b in one.members)), None)
    if panel is None:
        return None
    zone = ZoneInfo(workspace.time_zone)
    period = _period(panel, span, zone)
    hour = int(now().timestamp()) // _HOUR_S
    return _standing(panel, panel.version, period, zone, hour)


@lru_cache(maxsize=256)
def _standing(panel: Panel, _version: int, period: Period, zone: ZoneInfo, _hour: int) -> Standing:
    """Count the league once an hour: seconds where millions wrote, of days that are over."""
    league = league_of(panel, period)
    ours = next(line for line in league.lines if line.brand.is_own)
    return Standing(
        panel=panel.name, panel_id=str(panel.id), why=ours.why, place=ours.place,
        ranked=league.ranked, percentile=ours.percentile, rate=ours.figures.response_rate,
        n=ours.figures.needs_reply, method=league.method.title,
        first=period.starts_at.astimezone(zone).date().isoformat(),
        last=(period.ends_at - _DAY / 2).astimezone(zone).date().isoformat(),
    )  # fmt: skip


def _period(panel: Panel, span: Span, zone: ZoneInfo) -> Period:
    """Return the days of the page; of a panel of archives alone the last four weeks of them."""
    ids = {UUID(one) for brand in panel.members for one in brand.channel_ids}
    ended: datetime | None = None
    if not has_live(panel, channels_by_id(panel.workspace_id, ids)):
        ended = archive_ended(panel.workspace_id)
    first, last = span.first, span.last
    if ended is not None:
        last = ended.astimezone(zone).date()
        first = last - _MONTH + _DAY
    return Period(
        midnight(first, zone).astimezone(UTC), midnight(last + _DAY, zone).astimezone(UTC)
    )
