"""The service report: all figures of a period, and every method of counting beside the others."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.powers.money import plain_amount
from hearwell.reports.beside import methods_beside
from hearwell.reports.overview.cost import cost_of
from hearwell.reports.overview.report import Hour, Overview, overview
from hearwell.reports.rolling.cube import Side, Slice
from hearwell.reports.services import BadCostError, set_cost
from hearwell.web.agent.reports.faces import (
    SHEET,
    changed,
    groups_of,
    label_of,
    share_words,
    sheet_of,
    tables_of,
)
from hearwell.web.agent.reports.spans import period_of, slice_of, span_of
from hearwell.web.components.charts import Bar, Point, bars, share_line
from hearwell.web.components.numbers import one_decimal
from hearwell.web.components.tables import as_csv

_WRONG: Final[dict[str, str | Promise]] = {
    "hourly": gettext_lazy("The hourly cost is an amount, such as 42 or 42.50."),
    "currency": gettext_lazy("The currency is three letters, such as EUR."),
    "hours_a_week": gettext_lazy("The hours a week are a whole number above 0."),
}


@requires("read")
@require_safe
def service(request: MemberRequest) -> HttpResponse:
    """Show the report, or give its figures as CSV."""
    report = overview(request.workspace, span_of(request), slice_of(request.GET))
    if request.GET.get("format") == "csv":
        name = f"service-{report.span.first}-{report.span.last}"
        return as_csv(name, SHEET, sheet_of(report))
    may_change = can(request.membership.role, "manage_settings")
    context = {
        "section": "reports",
        "report": report,
        "notes": [_(words) for words in report.notes],
        "groups": list(groups_of(report)),
        "tables": tables_of(report, request.GET),
        "hours": hours_of(report),
        "line": share_line(points_of(report), _("Response rate by hour")),
        "bars": bars(
            [Bar(f"{one.hour:02d}", one.n) for one in report.hours], _("Messages by hour")
        ),
        "chosen": _chosen(report, request),
        "kept": [
            (key, request.GET[key])
            for key in ("channel", "kind", "language", "team")
            if request.GET.get(key)
        ],
        "csv_url": changed(request.GET, format="csv"),
        "pdf_url": reverse("report_service_pdf") + changed(request.GET),
        "cost": _cost_form(request) if may_change and report.chosen == Slice() else None,
    }
    return render(request, "hearwell/reports/service.html", context)


def _rate(hour: Any) -> float | None:
    return hour.answered / hour.n if hour.n else None


def hours_of(report: Overview) -> list[tuple[str, Hour, str]]:
    """Return each hour of the day with its rate in words."""
    return [(f"{one.hour:02d}", one, share_words(_rate(one), one.n)) for one in report.hours]


def points_of(report: Overview) -> list[Point]:
    """Return the response rate by hour, to draw."""
    return [Point(f"{one.hour:02d}", _rate(one)) for one in report.hours]


def _chosen(report: Overview, request: MemberRequest) -> list[tuple[str, str]]:
    """Return what the report is cut down to, each with the address that lets it go."""
    return [
        (label, changed(request.GET, **{side.removesuffix("_id"): ""}))
        for side, label in chosen_of(report)
    ]


def chosen_of(report: Overview) -> list[tuple[Side, str]]:
    """Return what the report is cut down to: by which side, and to what."""
    return [
        (side, next((label_of(side, one) for one in lines), _("nothing")))
        for side, lines in report.lines.items()
        if getattr(report.chosen, side) is not None
    ]


def _cost_form(request: MemberRequest) -> dict[str, Any]:
    choice = cost_of(request.workspace.id)
    if choice is None:
        return {"hourly": "", "currency": "EUR", "hours_a_week": ""}
    return {
        "hourly": plain_amount(choice.hourly_minor, choice.currency),
        "currency": choice.currency,
        "hours_a_week": choice.hours_a_week,
    }


@requires("manage_settings")
@require_POST
def cost(request: MemberRequest) -> HttpResponse:
    """Keep what an hour costs; the page says what was wrong."""
    sent = request.POST
    try:
        set_cost(
            request.membership,
            sent.get("hourly", ""), sent.get("currency", ""), sent.get("hours_a_week", ""),
        )  # fmt: skip
    except BadCostError as error:
        messages.error(request, str(_WRONG[error.field]))
    else:
        messages.success(request, _("Kept. The cost per solution counts by it from now on."))
    return redirect("report_service")


@requires("read")
@require_safe
def methods(request: MemberRequest) -> HttpResponse:
    """Show every method on the same messages, and why they differ."""
    found = methods_beside(request.workspace.id, period_of(request))
    span = span_of(request)
    if request.GET.get("format") == "csv":
        bare = ((one.method.name, one.method.version, *_bare(one.figures)) for one in found)
        return as_csv(f"methods-{span.first}-{span.last}", _METHODS, bare)
    rows = [
        (
            one,
            share_words(one.figures.response_rate, one.figures.needs_reply),
            _points_words(one.points),
        )
        for one in found
    ]
    context = {
        "section": "reports",
        "rows": rows,
        "span": span,
        "kept": [],
        "csv_url": changed(request.GET, format="csv"),
    }
    return render(request, "hearwell/reports/methods.html", context)


_METHODS: Final = (
    "method", "method_version", "needs_reply", "answered", "response_rate", "median_s", "p90_s",
    "mean_s", "waiting",
)  # fmt: skip


def _bare(figures: Any) -> tuple[Any, ...]:
    times = figures.first_response_s
    return (
        figures.needs_reply, figures.answered, figures.response_rate, times.median, times.p90,
        times.mean, figures.waiting,
    )  # fmt: skip


def _points_words(points: float | None) -> str:
    return "" if not points else one_decimal(points, is_signed=True)
