"""The response report: rate, times, still waiting. Counted by the same methods as the study."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.channels.queries import channels_of
from hearwell.reports.queries import ResponseReport, response_report
from hearwell.reports.relation import Filters
from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import ALL, DEFAULT, METHODS
from hearwell.web.agent.reports.faces import FEW
from hearwell.web.agent.reports.spans import DAYS, period_of, span_of
from hearwell.web.components.charts import Bar, Point, bars, share_line
from hearwell.web.components.clocks import duration
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import one_decimal
from hearwell.web.components.tables import as_csv

STEP_WORDS: Final[dict[str, str | Promise]] = {
    "5m": gettext_lazy("under 5 min"),
    "15m": gettext_lazy("5 to 15"),
    "30m": gettext_lazy("15 to 30"),
    "1h": gettext_lazy("30 to 60"),
    "8h": gettext_lazy("1 to 8 h"),
    "24h": gettext_lazy("8 to 24 h"),
    "longer": gettext_lazy("over 24 h"),
    "late": gettext_lazy("too late"),
    "waiting": gettext_lazy("still waiting"),
}


@requires("read")
@require_safe
def reports(_request: MemberRequest) -> HttpResponse:
    """Lead whoever types the address to the first of the reports."""
    return redirect("report_summary")


@requires("read")
@require_safe
def response(request: MemberRequest) -> HttpResponse:
    """Show the report, or give its figures as CSV."""
    period, filters = period_of(request), _filters(request)
    method = request.GET.get("method", DEFAULT)
    method = method if method in METHODS else DEFAULT
    report = response_report(request.workspace.id, period, method, filters)
    if request.GET.get("format") == "csv":
        return _as_csv(report)
    context = {
        "section": "reports",
        "report": report,
        "total": report.total,
        "methods": [
            {"name": m.name, "title": m.title, "url": _url(request, method=m.name)} for m in ALL
        ],
        "span": span_of(request),
        "chosen": request.GET,
        "channels": channels_of(request.workspace.id),
        "channel_id": str(filters.channel_id or ""),
        "line": share_line(_points(report), _("Response rate by day")),
        "spread": bars(_bars(report), _("How long people waited")),
        "steps": [(STEP_WORDS[label], count) for label, count in report.steps],
        "csv_url": _url(request, format="csv"),
        "is_few": report.total.needs_reply < FEW,
        "few": FEW,
        "delta": _delta(report),
        "now_words": _waiting_words(report),
    }
    return render(request, "hearwell/reports/response.html", context)


def _url(request: HttpRequest, **changes: str) -> str:
    query = {**{key: request.GET[key] for key in request.GET}, **changes}
    return reverse("report_response") + "?" + urlencode(query)


def _filters(request: MemberRequest) -> Filters:
    kept = {"archive": True, "live": False}.get(request.GET.get("record", ""))
    audience = request.GET.get("audience")
    try:
        channel = UUID(request.GET.get("channel", ""))
    except ValueError:
        channel = None
    return Filters(
        channel_id=channel,
        audience=audience if audience in {"public", "private"} else None,
        is_historic=kept,
    )


def _points(report: ResponseReport) -> list[Point]:
    by_day = {day.day: day for day in report.by_day}
    length = (report.period.ends_at - report.period.starts_at).days
    days = [report.period.starts_at.date() + timedelta(days=i) for i in range(length)]
    if length > 2 * DAYS:
        days = sorted(by_day)
    return [
        Point(dated(day, "j M"), by_day[day].response_rate if day in by_day else None)
        for day in days
    ]


def _bars(report: ResponseReport) -> list[Bar]:
    return [
        Bar(str(STEP_WORDS[label]), count, is_apart=label == "waiting")
        for label, count in report.steps
    ]


def _delta(report: ResponseReport) -> str:
    """Say how the rate moved, unless there is too little to compare."""
    if report.before.caveat or report.total.caveat:
        return ""
    rate, was = report.total.response_rate, report.before.response_rate
    if rate is None or was is None:
        return ""
    points = 100 * (rate - was)
    return _("%(points)s points against the period before") % {
        "points": one_decimal(points, is_signed=True)
    }


def _waiting_words(report: ResponseReport) -> str:
    waiting = report.waiting_now
    if not waiting.n:
        return _("Nobody waits at this moment.")
    return _("%(n)s wait now, %(late)s of them late; the longest for %(time)s.") % {
        "n": waiting.n,
        "late": waiting.late,
        "time": duration(waiting.longest_s or 0),
    }


_HEAD: Final = (
    "method",
    "method_version",
    "channel",
    "inbound",
    "needs_reply",
    "answered",
    "response_rate",
    "n",
    "median_s",
    "p90_s",
    "mean_s",
    "waiting",
)


def _as_csv(report: ResponseReport) -> HttpResponse:
    rows = [_row(report, "all", report.total)]
    rows += [_row(report, f"{one.network}:{one.handle}", one.figures) for one in report.by_channel]
    return as_csv(f"response-{report.method.name}", _HEAD, rows)


def _row(report: ResponseReport, channel: str, figures: Figures) -> Sequence[object]:
    times = figures.first_response_s
    return (
        report.method.name,
        report.method.version,
        channel,
        figures.inbound,
        figures.needs_reply,
        figures.answered,
        figures.response_rate,
        times.n,
        times.median,
        times.p90,
        times.mean,
        figures.waiting,
    )
