"""A league in words: one row a brand, for the page and for what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from hearwell.benchmarks.league import League, Line, Rank
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import INDUSTRIES
from hearwell.web.components.clocks import duration
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped, one_decimal

NOTHING: Final = "\N{EN DASH}"
HEAD: Final = (
    "panel", "method", "method_version", "from", "until", "place", "brand", "own", "needs_reply",
    "answered", "response_rate", "percentile", "median_s", "p90_s", "n", "first_seen", "last_seen",
    "mentions", "share_of_voice", "judged", "positive", "negative", "net_sentiment", "replies_read",
    "thread", "link", "dm", "email", "phone", "apology", "unranked_because", "notes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One brand in words; `bar` is its rate in whole per cent, for drawing."""

    name: str
    is_own: bool
    place: str
    bar: int
    rate: str
    median: str
    p90: str
    n: str
    percentile: str
    window: str
    why: str
    notes: list[str]
    mentions: str
    voice: str
    net: str
    judged: str
    replies: str
    tactics: list[str]


def industry_of(panel: Panel) -> str:
    """Return the industry in the reader's language; a team's own word as it was written."""
    return _(INDUSTRIES[panel.industry]) if panel.industry in INDUSTRIES else panel.industry


def row_of(line: Line) -> Row:
    """Put one brand's figures into words."""
    figures, times, seen = line.figures, line.figures.first_response_s, line.seen
    return Row(
        name=line.brand.name,
        is_own=line.brand.is_own,
        place=str(line.place or NOTHING),
        bar=round(100 * (figures.response_rate or 0)),
        rate=_rate(line),
        median=_time(times.median),
        p90=_time(times.p90),
        n=grouped(figures.needs_reply),
        percentile=NOTHING if line.percentile is None else f"{line.percentile:.0f}",
        window=_window(seen.covered.first, seen.covered.last),
        why=_(line.why) if line.why else "",
        notes=[_(note) for note in line.notes],
        mentions=grouped(seen.mentions),
        voice=share(line.voice),
        net=NOTHING if seen.mood.net is None else one_decimal(100 * seen.mood.net, is_signed=True),
        judged=grouped(seen.mood.judged),
        replies=grouped(line.tactics.n),
        tactics=[share(part) for *_rest, part in line.tactics.shares],
    )


def share(value: float | None) -> str:
    """Write a share of one as per cent; a dash for nothing."""
    return NOTHING if value is None else _("%(share)s %%") % {"share": one_decimal(100 * value)}


def _rate(line: Line) -> str:
    """Below thirty there is no percentage, but what it would be made of."""
    figures = line.figures
    if figures.needs_reply and line.why.startswith("n <"):
        return f"{figures.answered}/{figures.needs_reply}"
    return share(figures.response_rate)


def _time(seconds: float | None) -> str:
    return NOTHING if seconds is None else duration(seconds)


def _window(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return NOTHING
    return f"{dated(first.date(), 'j M')} \N{EN DASH} {dated(last.date(), 'j M Y')}"


def rank_words(rank: Rank) -> str:
    """Say where we stand by one method."""
    if rank.place is None:
        return _("no place: %(why)s") % {"why": _(rank.why)}
    return _("%(place)s of %(ranked)s") % {"place": rank.place, "ranked": rank.ranked}


def other_rank(league: League) -> Rank | None:
    """Return the method by which our place differs most from the one shown, if any does."""
    here = next((one for one in league.ranks if one.method == league.method), None)
    if here is None or here.place is None:
        return None
    place = here.place
    others = [one for one in league.ranks if one.place not in {None, place}]
    return max(others, key=lambda one: abs((one.place or 0) - place), default=None)


def table(league: League) -> list[Sequence[object]]:
    """Return the figures as they are, one line a brand, under `HEAD`."""
    return [_cells(league, line) for line in league.lines]


def _cells(league: League, line: Line) -> Sequence[object]:
    figures, times, mood = line.figures, line.figures.first_response_s, line.seen.mood
    covered = line.seen.covered
    return (
        league.panel.name, figures.method, figures.method_version,
        league.period.starts_at.isoformat(), league.period.ends_at.isoformat(),
        line.place, line.brand.name, line.brand.is_own, figures.needs_reply, figures.answered,
        figures.response_rate, line.percentile, times.median, times.p90, times.n,
        covered.first and covered.first.isoformat(), covered.last and covered.last.isoformat(),
        line.seen.mentions, line.voice, mood.judged, mood.positive, mood.negative, mood.net,
        line.tactics.n, *(part for *_rest, part in line.tactics.shares),
        line.why, "; ".join(line.notes),
    )  # fmt: skip


def context_of(league: League) -> dict[str, Any]:
    """Return what the page and the paper show alike."""
    other = other_rank(league)
    return {
        "panel": league.panel,
        "league": league,
        "method": league.method,
        "industry": industry_of(league.panel),
        "rows": [row_of(line) for line in league.lines],
        "ranks": [(one.method, rank_words(one)) for one in league.ranks],
        "other": (other.method, rank_words(other)) if other else None,
        "tactics": [_(title) for _key, title, *_rest in league.lines[0].tactics.shares]
        if league.lines
        else [],
    }
