"""A league as it goes out by e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.benchmarks.league import League, league_of
from hearwell.benchmarks.queries import panel_by_id
from hearwell.reports.relation import Period
from hearwell.reports.rolling.reading import midnight
from hearwell.reports.study.methods import DEFAULT
from hearwell.scheduledreports.kinds import Asked, Found, GoneError, Made, MainLine
from hearwell.web.agent.benchmarks.faces import HEAD, row_of, table
from hearwell.web.agent.benchmarks.papers import league_paper, league_period
from hearwell.web.components.dates import days_words


def league_found(asked: Asked) -> Found:
    """Count a panel's league of these days. Raises GoneError where the panel was removed."""
    workspace = asked.workspace
    panel = panel_by_id(workspace.id, asked.panel_id) if asked.panel_id else None
    if panel is None:
        raise GoneError
    zone = ZoneInfo(workspace.time_zone)
    starts_at, ends_at = midnight(asked.first, zone), midnight(asked.last + timedelta(days=1), zone)
    return partial(_league, asked, league_of(panel, Period(starts_at, ends_at), DEFAULT))


def _league(asked: Asked, league: League) -> Made:
    workspace, first, last = asked.workspace, asked.first, asked.last
    query = urlencode({"from": first.isoformat(), "to": last.isoformat()})
    return Made(
        title=league.panel.name,
        days=days_words(first, last),
        period=league_period(workspace, league),
        notes=[],
        lines=list(_lines(league)),
        paper=league_paper(workspace, league),
        name=f"benchmark-{league.method.name}-{first}-{last}",
        head=HEAD,
        rows=table(league),
        path=f"{reverse('benchmark', args=[league.panel.id])}?{query}",
    )


def _lines(league: League) -> Iterator[MainLine]:
    for line in league.lines:
        row = row_of(line)
        words = _("%(place)s · rate %(rate)s · median %(median)s")
        value = words % {"place": row.place, "rate": row.rate, "median": row.median}
        caveat = "; ".join(filter(None, (row.why, *row.notes)))
        yield MainLine(row.name, value, _("n %(n)s") % {"n": row.n}, caveat)
