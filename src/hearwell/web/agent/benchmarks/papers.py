"""A league on paper: the page's own tables, with the method that made them in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearwell.accounts.models import Workspace
from hearwell.benchmarks.league import League
from hearwell.kit.paper.blocks import Block, Heading, Items, Paper, Table, Terms, Text
from hearwell.reports.study.figures import SMALL, UNRIPE_SHARE
from hearwell.reports.study.methods import ALL
from hearwell.voice.quadrant import quadrant_of
from hearwell.web.agent.benchmarks.both import BothFace, quadrant_context
from hearwell.web.agent.benchmarks.faces import Row, context_of
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped
from hearwell.web.components.papers import paper_of


def league_period(workspace: Workspace, league: League) -> str:
    """Say the days by the clock of the workspace, and the method."""
    zone = ZoneInfo(workspace.time_zone)
    last = league.period.ends_at - timedelta(seconds=1)
    days = (dated(localtime(one, zone), "j F Y") for one in (league.period.starts_at, last))
    method = f"{_(league.method.title)}, v{league.method.version}"
    return f"{' – '.join(days)} · {method}"  # noqa: RUF001  a dash between days


def league_paper(workspace: Workspace, league: League) -> Paper:
    """Return a panel's league: table, voice, places, tactics, limits and every method."""
    page = context_of(league)
    rows: list[Row] = page["rows"]
    blocks: list[Block] = [
        Text(page["industry"], _("Benchmark")),
        *_definition(league),
        Heading(_("League table, public posts")),
        *_league(rows, page, league),
        Heading(_("Share of voice and sentiment")),
        _voice(rows, league),
        Heading(_("Our place by every method")),
        _ranks(page),
        Heading(_("How they answer")),
        _tactics(rows, page["tactics"]),
        Heading(_("Service and marketing")),
        *_both(quadrant_context(quadrant_of(league, workspace.time_zone))),
        Heading(_("What a benchmark cannot see")),
        _limits(),
        Heading(_("All methods in full")),
        Terms([(f"{_(one.title)}, v{one.version}", _(one.definition)) for one in ALL]),
    ]
    period = league_period(workspace, league)
    return paper_of(workspace, league.panel.name, period, league.made_at, blocks)


def _definition(league: League) -> Iterator[Block]:
    method = league.method
    said = _("Method version %(version)s: %(text)s")
    yield Text(said % {"version": method.version, "text": _(method.definition)}, tone="mut")
    small, unripe = SMALL, round(100 * UNRIPE_SHARE)
    words = _(
        "Greyed and unranked: fewer than %(small)s messages that needed a reply, more than "
        "%(unripe)s %% of them too close to the end of the record to be answered yet, or replies "
        "that are not in the record."
    )
    yield Text(words % {"small": small, "unripe": unripe}, tone="mut")


def _league(rows: list[Row], page: dict[str, Any], league: League) -> Iterator[Block]:
    if not rows:
        yield Text(_("This panel has no brands yet."))
        return
    head = (
        "#", _("Brand"), _("Rate"), _("Median"), _("p90"), "n", _("Percentile"),
        _("Record in the period"), _("Note"),
    )  # fmt: skip
    lines = [
        (
            one.place, f"{one.name} ({_('ours')})" if one.is_own else one.name, one.rate,
            one.median, one.p90, one.n, one.percentile, one.window,
            "; ".join(filter(None, (one.why, *one.notes))),
        )
        for one in rows
    ]  # fmt: skip
    grey = [at for at, one in enumerate(rows) if one.why]
    title, numbers = _("League table, public posts"), (0, 2, 3, 4, 5, 6)
    yield Table(title, head, lines, numbers, grey, (1,), " ".join(_foot(page, league)))


def _foot(page: dict[str, Any], league: League) -> Iterator[str]:
    yield _("Private answers of others cannot be seen, so their real rates may be higher.")
    if page["other"]:
        method, place = page["other"]
        words = _("Under “%(title)s” our place is %(place)s.")
        yield words % {"title": _(method.title), "place": place}
    yield _(
        "The percentile is the share of the other ranked brands of this panel that stand lower."
    )
    if league.is_mixed:
        yield _(
            "Some brands come from archives, some are watched and some connected: they may not "
            "cover the same days."
        )


def _voice(rows: list[Row], league: League) -> Table:
    head = (_("Brand"), _("Mentions"), _("Share of voice"), _("Net sentiment"), _("judged"))
    lines = [(one.name, one.mentions, one.voice, one.net, one.judged) for one in rows]
    base = (
        _("No share of voice: archives, watched and connected accounts do not have the same base.")
        if league.is_mixed
        else _(
            "Share of voice: public mentions of the handle, of those of all brands of this panel "
            "together."
        )
    )
    net = _(
        "Net sentiment: positive less negative in points, of the messages that triage has judged; "
        "a dash where it judged none."
    )
    return Table(_("Share of voice and sentiment"), head, lines, (1, 2, 3, 4), foot=f"{base} {net}")


def _ranks(page: dict[str, Any]) -> Block:
    if not page["ranks"]:
        return Text(_("No brand of this panel is marked as our own."))
    lines = [(_(method.title), words) for method, words in page["ranks"]]
    return Table(_("Our place by every method"), (_("Method"), _("Place")), lines)


def _tactics(rows: list[Row], titles: list[str]) -> Table:
    head = (_("Brand"), *titles, _("n replies"))
    lines = [(one.name, *one.tactics, one.replies) for one in rows]
    foot = _(
        "Read off the words of each brand's newest replies, at most 1,000, by plain rules in "
        "English and German. A reply may do several, so shares do not add up; in the thread means "
        "that it sends nobody anywhere. Other languages count as answered in the thread."
    )
    return Table(_("How they answer"), head, lines, tuple(range(1, len(head))), foot=foot)


def _both(page: dict[str, Any]) -> Iterator[Table]:
    """Yield both sides of each brand, and what its posts are: together too wide for a sheet."""
    rows: list[BothFace] = page["both_rows"]
    names = [f"{one.name} ({_('ours')})" if one.is_own else one.name for one in rows]
    grey = [at for at, one in enumerate(rows) if one.is_small]

    def table(head: Sequence[str], cells: Iterable[Sequence[str]], foot: str = "") -> Table:
        lines = [(name, *line) for name, line in zip(names, cells, strict=True)]
        numbers = tuple(range(1, len(head) + 1))
        return Table(
            _("Service and marketing"), (_("Brand"), *head), lines, numbers, grey, (), foot
        )

    yield table(
        (_("Rate"), _("Median"), _("n of service"), _("Posts a day"), _("n of marketing")),
        ((one.rate, one.median, one.n, one.a_day, one.posts) for one in rows),
    )
    yield table(
        (*page["both_titles"], _("Answers"), _("Reactions")),
        ((*one.mix, one.answers, one.reactions) for one in rows),
        _both_foot(page["both_method"]),
    )


def _both_foot(method: str) -> str:
    said = _(
        "Marketing is what a brand posts in public that answers nobody, a day of its record in the "
        "period. The lines are the medians of the brands that are compared; grey are those with "
        "fewer than %(small)s on either side, or without a place in the league."
    )
    told = _(
        "Answers and reactions are so many a post; a dash where no network told of any reaction."
    )
    return " ".join((said % {"small": grouped(SMALL)}, method, told))


def _limits() -> Items:
    private = _(
        "Private answers of others cannot be seen, so their real rates may be higher. To be fair, "
        "our own private ones are left out too."
    )
    archives = _(
        "Others are counted from archives that were imported and from accounts that are watched. "
        "Of a watched account only public posts are seen, and of what people say to it only what "
        "names it: replies to its posts without its name are not found."
    )
    return Items("", [private, archives])
