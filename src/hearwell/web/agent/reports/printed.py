"""The summary and the service report to take along: as PDF, and the summary as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.outcomes.executive import executive
from hearwell.reports.overview.report import overview
from hearwell.reports.summary.gather import Summary
from hearwell.web.agent.reports.papers import service_paper, summary_paper
from hearwell.web.agent.reports.spans import EARLIEST, day_of, slice_of, span_of
from hearwell.web.components.papers import as_pdf
from hearwell.web.components.tables import as_csv

SUMMARY_HEAD: Final = ("section", "what", "value", "unit", "n", "caveat", "method")


@requires("read")
@require_safe
def service_pdf(request: MemberRequest) -> HttpResponse:
    """Give the service report of the page's period and slice."""
    report = overview(request.workspace, span_of(request), slice_of(request.GET))
    name = f"service-{report.span.first}-{report.span.last}"
    back = f"{reverse('report_service')}?{request.GET.urlencode()}"
    return as_pdf(request, name, back, lambda: service_paper(request.workspace, report))


@requires("read")
@require_safe
def summary_pdf(request: MemberRequest) -> HttpResponse:
    """Give the executive page."""
    found = _summary(request)
    back = f"{reverse('report_summary')}?{request.GET.urlencode()}"
    return as_pdf(
        request, summary_name(found), back, lambda: summary_paper(request.workspace, found)
    )


@requires("read")
@require_safe
def summary_csv(request: MemberRequest) -> HttpResponse:
    """Give the figures of the executive page, bare."""
    found = _summary(request)
    return as_csv(summary_name(found), SUMMARY_HEAD, summary_sheet(found))


def _summary(request: MemberRequest) -> Summary:
    asked = day_of(request.GET.get("to", ""))
    return executive(request.workspace, max(asked, EARLIEST) if asked else None)


def summary_name(found: Summary) -> str:
    """Name its file."""
    return f"summary-{found.quarter.now.first}-{found.quarter.now.last}"


def summary_sheet(found: Summary) -> Iterator[tuple[Any, ...]]:
    """Yield the figures behind the answers and the goals; numbers bare, texts in English."""
    for answer in found.answers:
        yield (answer.key, "verdict", answer.verdict, "text", "", "", "")
        for one in answer.figures:
            unit = one.currency or one.unit
            yield (answer.key, one.key, one.value, unit, one.n, one.caveat, one.method)
    for line in found.goals:
        progress, aim = line.progress, line.aim
        yield ("goal", aim.key, line.goal.target, aim.unit, "", "target", "")
        yield ("goal", aim.key, progress.value, aim.unit, progress.n, progress.standing, "")
