"""The summary and the service report on paper: the page's own words, in the page's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearwell.accounts.models import Workspace
from hearwell.kit.paper.blocks import (
    Block,
    Heading,
    Items,
    Note,
    Paper,
    Table,
    Terms,
    Text,
)
from hearwell.reports.overview.report import Overview
from hearwell.reports.summary.gather import Summary
from hearwell.web.agent.reports.faces import FigureFace, TableFace, groups_of, tables_of
from hearwell.web.agent.reports.service import chosen_of, hours_of, points_of
from hearwell.web.agent.reports.summary import AnswerFace, GoalFace, shown
from hearwell.web.components.charts import Bar
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import grouped
from hearwell.web.components.papers import (
    columns_block,
    figures_block,
    paper_of,
    shares_block,
)
from hearwell.web.templatetags.hearwell import network_name


def service_period(report: Overview) -> str:
    """Say the period as the page does."""
    # The page's own sentence, its dash included.
    words = _("%(first)s – %(last)s, whole days of %(zone)s, by when a message came.")  # noqa: RUF001
    return words % {**_days(report.span.first, report.span.last), "zone": report.zone}


def service_paper(workspace: Workspace, report: Overview) -> Paper:
    """Return the service report: all groups, tables and hours of the page."""
    blocks: list[Block] = [
        *(Note(_(words)) for words in report.notes),
        Text(_("Method hearwell, version 1."), tone="mut"),
    ]
    if chosen := chosen_of(report):
        labels = ", ".join(label for _side, label in chosen)
        blocks.append(Text(_("Only these are counted: %(what)s.") % {"what": labels}))
    methods: list[FigureFace] = []
    for title, figures in groups_of(report):
        blocks += [Heading(title), _figures(figures)]
        methods += figures
    for table in tables_of(report, QueryDict()):
        blocks += _side(table)
    blocks += [*_hours(report), Heading(_("How these are counted")), _methods(methods)]
    return paper_of(workspace, _("Service"), service_period(report), report.made_at, blocks)


def _days(first: date, last: date) -> dict[str, str]:
    return {"first": dated(first, "j M Y"), "last": dated(last, "j M Y")}


def _figures(figures: Iterable[FigureFace]) -> Block:
    return figures_block((one.title, one.value, one.how, one.caveat) for one in figures)


def _methods(figures: Iterable[FigureFace]) -> Terms:
    return Terms([(one.title, one.method) for one in figures])


def _side(table: TableFace) -> Iterator[Block]:
    yield Heading(table.title, _("under 30 a line is grey: do not compare it"))
    if not table.rows:
        yield Text(_("In this period no message needed an answer."))
        return
    head = (
        table.title, "n", _("Rate"), _("First reply, median"), _("First answer, median"),
        _("Waiting"), _("Share of cases"),
    )  # fmt: skip
    rows = [
        (
            f"{network_name(one.network)} · {one.label}" if one.network else one.label,
            one.n, one.rate, one.acknowledged, one.answer, one.waiting, one.issues,
        )
        for one in table.rows
    ]  # fmt: skip
    grey = [at for at, one in enumerate(table.rows) if one.is_small]
    yield Table(table.title, head, rows, tuple(range(1, len(head))), grey)


def _hours(report: Overview) -> Iterator[Block]:
    beside = _("when they wrote, by the clock of %(zone)s") % {"zone": report.zone}
    yield Heading(_("By hour of the day"), beside)
    yield shares_block(_("Response rate by hour"), points_of(report))
    head = (_("Hour"), "n", _("Rate"), _("Answered within an hour"))
    rows = [
        (label, grouped(one.n), rate, grouped(one.within_1h))
        for label, one, rate in hours_of(report)
    ]
    yield Table(_("By hour of the day"), head, rows, (1, 2, 3))
    yield Heading(_("Messages by hour"))
    bars = [Bar(f"{one.hour:02d}", one.n) for one in report.hours]
    yield columns_block(_("Messages by hour"), bars)


def summary_period(found: Summary) -> str:
    """Say the quarter as the page does, and what it is compared with."""
    span, before = found.quarter.now, found.quarter.before
    words = _(
        "%(first)s – %(last)s, whole days of %(zone)s; the last two days are left out, so that "  # noqa: RUF001
        "everybody has had 24 hours to be answered."
    )
    said = words % {**_days(span.first, span.last), "zone": found.report.zone}
    compared = _("Compared with %(first)s – %(last)s.") % _days(before.first, before.last)  # noqa: RUF001
    return f"{said} {compared}"


def summary_paper(workspace: Workspace, found: Summary) -> Paper:
    """Return the executive page: the answers, what burns, the goals and how all is counted."""
    page = shown(found)
    blocks: list[Block] = [Note(words) for words in page["notes"]]
    for one in page["answers"]:
        blocks += _answer(one, page, ZoneInfo(workspace.time_zone))
    blocks += [*_goals(page["goals"]), Heading(_("How these are counted"))]
    terms = [(one.title, one.method) for one in page["methods"]]
    if page["goals"]:
        terms.append((_("Goals"), page["goal_method"]))
    blocks.append(Terms(terms))
    return paper_of(workspace, _("Summary"), summary_period(found), found.report.made_at, blocks)


def _answer(one: AnswerFace, page: dict[str, Any], zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(one.question)
    yield Text(one.sentence, one.verdict, one.tone)
    if one.key == "danger" and page["troubles"]:
        yield _troubles(page["troubles"], zone)
        if page["more_troubles"]:
            yield Text(_("Other open incidents: %(n)s.") % {"n": grouped(page["more_troubles"])})
    if one.figures:
        yield _figures(one.figures)
    if one.key == "people":
        for title, lines in page["groups"]:
            yield Items(title, [f"{label}: {count}" for label, count in lines])
    for words in one.notes:
        yield Text(words, tone="mut")


def _troubles(troubles: Iterable[Any], zone: ZoneInfo) -> Table:
    head = (_("Incident"), _("Who has it"), _("Next update"))
    rows = [
        (
            one.title if one.is_live else f"{one.title} ({_('proposed')})",
            one.lead or _("nobody"),
            dated(localtime(one.update_at, zone), "j M, H:i")
            if one.update_at
            else _("none promised"),
        )
        for one in troubles
    ]
    return Table(_("Open incidents"), head, rows)


def _goals(goals: Iterable[GoalFace]) -> Iterator[Block]:
    yield Heading(_("Goals"))
    found = list(goals)
    if not found:
        words = _(
            "No goal is set. An owner sets what a figure is to reach, by when, and who sees to it."
        )
        yield Text(words)
        return
    head = (_("Goal"), _("By"), _("Whose"), _("Last four weeks"), _("How it stands"))
    rows = [
        (
            f"{one.title}: {one.target}", dated(one.due_on, "j M Y"), one.owner,
            f"{one.value} ({one.n})", one.standing,
        )
        for one in found
    ]  # fmt: skip
    yield Table(_("Goals"), head, rows, strong=(0, 4))
