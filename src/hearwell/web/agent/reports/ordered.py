"""The summary and the service report as they go out by e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.accounts.models import Workspace
from hearwell.outcomes.executive import executive
from hearwell.reports.overview.report import Overview, overview
from hearwell.reports.rolling.cube import Span
from hearwell.reports.summary.gather import Summary
from hearwell.scheduledreports.kinds import Asked, Found, Made, MainLine
from hearwell.web.agent.reports.faces import SHEET, face_of, sheet_of
from hearwell.web.agent.reports.papers import (
    service_paper,
    service_period,
    summary_paper,
    summary_period,
)
from hearwell.web.agent.reports.printed import SUMMARY_HEAD, summary_name, summary_sheet
from hearwell.web.agent.reports.summary import shown
from hearwell.web.components.dates import days_words

# What the text says by itself; the rest is in the files and on the page.
_MAIN: Final = ("response_rate", "within_1h", "response_median", "waiting", "all_median",
                "promise_answer", "stayed_solved")  # fmt: skip


def service_found(asked: Asked) -> Found:
    """Count the service report of these days."""
    report = overview(asked.workspace, Span(asked.first, asked.last))
    return partial(_service, asked.workspace, report)


def _service(workspace: Workspace, report: Overview) -> Made:
    span = report.span
    query = urlencode({"from": span.first.isoformat(), "to": span.last.isoformat()})
    return Made(
        title=_("Service"),
        days=days_words(span.first, span.last),
        period=service_period(report),
        notes=[_(words) for words in report.notes],
        lines=list(_lines(report)),
        paper=service_paper(workspace, report),
        name=f"service-{span.first}-{span.last}",
        head=SHEET,
        rows=list(sheet_of(report)),
        path=f"{reverse('report_service')}?{query}",
    )


def _lines(report: Overview) -> Iterator[MainLine]:
    by_key = {one.key: one for one in report.figures}
    for key in _MAIN:
        if key in by_key:
            face = face_of(by_key[key])
            yield MainLine(face.title, face.value, face.how, face.caveat)


def summary_found(asked: Asked) -> Found:
    """Read the executive page, which is of the quarter up to the last of these days."""
    return partial(_summary, asked.workspace, executive(asked.workspace, asked.last))


def _summary(workspace: Workspace, found: Summary) -> Made:
    page, span = shown(found), found.quarter.now
    return Made(
        title=_("Summary"),
        days=days_words(span.first, span.last),
        period=summary_period(found),
        notes=page["notes"],
        lines=[MainLine(one.question, f"{one.verdict}. {one.sentence}") for one in page["answers"]],
        paper=summary_paper(workspace, found),
        name=summary_name(found),
        head=SUMMARY_HEAD,
        rows=list(summary_sheet(found)),
        path=f"{reverse('report_summary')}?{urlencode({'to': span.last.isoformat()})}",
    )
