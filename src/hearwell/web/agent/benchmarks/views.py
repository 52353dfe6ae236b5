"""The pages of benchmarks: panels and their leagues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.benchmarks import queries, services
from hearwell.benchmarks.league import League, archive_ended, has_live, league_of
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import BOTH, INDUSTRIES
from hearwell.channels.queries import channels_by_id, channels_of
from hearwell.reports.relation import Period
from hearwell.reports.rolling.cube import Span
from hearwell.reports.study.figures import SMALL, UNRIPE_SHARE
from hearwell.reports.study.methods import ALL, DEFAULT, METHODS
from hearwell.voice.quadrant import quadrant_of
from hearwell.web.agent.benchmarks.both import MARKETING, marketing_table, quadrant_context
from hearwell.web.agent.benchmarks.faces import HEAD, context_of, industry_of, table
from hearwell.web.agent.benchmarks.forms import Typed, wish_of_accounts
from hearwell.web.agent.benchmarks.watches import watched_context
from hearwell.web.agent.reports.spans import DAYS, period_of
from hearwell.web.components.tables import as_csv

_WRONG = 422


@requires("read")
@require_safe
def benchmarks(request: MemberRequest) -> HttpResponse:
    """List the panels, and what was removed of late."""
    return _list(request)


@requires("manage_benchmarks")
@require_POST
def make(request: MemberRequest) -> HttpResponse:
    """Make a panel of the accounts chosen, each brand under its name."""
    place = request.workspace.id
    try:
        made = services.make_panel(
            place, wish_of_accounts(request.POST, channels_of(place)), by=_user(request)
        )
    except services.BadPanelError as error:
        return _list(request, error=str(error), status=_WRONG)
    messages.success(request, _("Made. Look whether every brand is what you meant."))
    return redirect("benchmark_edit", made.id)


@requires("read")
@require_safe
def league(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Show a panel's league, or give it as CSV or as a page that can be published."""
    found = league_asked(request, panel_id)
    wanted = request.GET.get("format", "")
    if wanted == "csv":
        return as_csv(f"benchmark-{found.method.name}", HEAD, table(found))
    if wanted == "marketing":
        both = quadrant_of(found, request.workspace.time_zone)
        return as_csv("benchmark-service-marketing", MARKETING, marketing_table(both))
    if wanted == "html":
        return _paper(request, found)
    context = {
        "section": "reports",
        **_shown(request, found),
        "urls": [(one, _url(request, method=one.name)) for one in ALL],
        "csv_url": _url(request, format="csv"),
        "paper_url": _url(request, format="html"),
        "pdf_url": reverse("benchmark_pdf", args=[panel_id]) + _url(request),
        "marketing_url": _url(request, format="marketing"),
        "may_manage": can(request.membership.role, "manage_benchmarks"),
        **watched_context(found.panel),
    }
    return render(request, "hearwell/benchmarks/league.html", context)


def league_asked(request: MemberRequest, panel_id: UUID) -> League:
    """Count a panel's league of the period and by the method that the address names."""
    panel = _panel(request, panel_id)
    period, method = _period(request, panel), request.GET.get("method", DEFAULT)
    return league_of(panel, period, method if method in METHODS else DEFAULT)


@requires("manage_benchmarks")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Show the form of a panel, or save it."""
    panel = _panel(request, panel_id)
    if request.method != "POST":
        return _form(request, panel, Typed.of(panel))
    typed = Typed.read(request.POST)
    try:
        services.change_panel(
            panel.workspace_id, panel.id, typed.wish, seen=typed.seen, by=_user(request)
        )
    except services.BadPanelError as error:
        return _form(request, panel, typed, error=str(error))
    except services.ChangedSinceError:
        words = _("Somebody has changed it since. Look at it again before you save.")
        return _form(request, panel, typed, error=words)
    messages.success(request, _("Saved."))
    return redirect("benchmark", panel.id)


@requires("manage_benchmarks")
@require_POST
def remove(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Remove a panel; the list offers to bring it back."""
    return _do(request, panel_id, is_undo=False)


@requires("manage_benchmarks")
@require_POST
def undo(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Take the last change of a panel back."""
    return _do(request, panel_id, is_undo=True)


def _do(request: MemberRequest, panel_id: UUID, *, is_undo: bool) -> HttpResponse:
    act = services.undo_change if is_undo else services.remove_panel
    seen = Typed.number(request.POST.get("seen", ""))
    try:
        done = act(request.workspace.id, panel_id, seen=seen, by=_user(request))
    except Panel.DoesNotExist as error:
        raise Http404 from error
    except services.ChangedSinceError:
        messages.error(request, _("Somebody has changed it since. Nothing was done."))
        return redirect("benchmarks")
    messages.success(request, _("Taken back.") if is_undo else _("Removed."))
    return redirect("benchmarks") if done.is_removed else redirect("benchmark", done.id)


def _user(request: MemberRequest) -> User:
    return cast("User", request.user)


def _panel(request: MemberRequest, panel_id: UUID) -> Panel:
    found = queries.panel_by_id(request.workspace.id, panel_id)
    if found is None:
        raise Http404
    return found


def _list(request: MemberRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    place, may_manage = request.workspace.id, can(request.membership.role, "manage_benchmarks")
    context = {
        "section": "reports",
        "panels": [(one, industry_of(one), len(one.brands)) for one in queries.panels_of(place)],
        "removed": queries.removed_of(place) if may_manage else [],
        "may_manage": may_manage,
        "channels": channels_of(place) if may_manage else [],
        "industries": INDUSTRIES.items(),
        "both": BOTH,
        "given": request.POST,
        "chosen": request.POST.getlist("channel"),
        "error": error,
    }
    return render(request, "hearwell/benchmarks/list.html", context, status=status)


def _form(request: MemberRequest, panel: Panel, typed: Typed, *, error: str = "") -> HttpResponse:
    context = {
        "section": "reports",
        "panel": panel,
        "typed": typed,
        "industries": INDUSTRIES.items(),
        "both": BOTH,
        "channels": [(str(one.id), one) for one in channels_of(request.workspace.id)],
        "error": error,
    }
    status = _WRONG if error else 200
    return render(request, "hearwell/benchmarks/edit.html", context, status=status)


def _period(request: MemberRequest, panel: Panel) -> Period:
    """Read the period; of archives alone the last four weeks of them by default."""
    if request.GET.get("from") or request.GET.get("to"):
        return period_of(request)
    ids = {UUID(one) for brand in panel.members for one in brand.channel_ids}
    ended = archive_ended(panel.workspace_id)
    if ended is None or has_live(panel, channels_by_id(panel.workspace_id, ids)):
        return period_of(request)
    zone = ZoneInfo(request.workspace.time_zone)
    day = ended.astimezone(zone).date() + timedelta(days=1)

    def midnight(days: int) -> datetime:
        then = day - timedelta(days=days)
        return datetime(then.year, then.month, then.day, tzinfo=zone).astimezone(UTC)

    return Period(midnight(DAYS), midnight(0))


def _shown(request: MemberRequest, found: League) -> dict[str, Any]:
    zone = ZoneInfo(request.workspace.time_zone)
    return {
        **context_of(found),
        **quadrant_context(quadrant_of(found, request.workspace.time_zone)),
        "from": found.period.starts_at,
        "to": found.period.ends_at - timedelta(seconds=1),
        "span": Span(
            found.period.starts_at.astimezone(zone).date(),
            (found.period.ends_at - timedelta(seconds=1)).astimezone(zone).date(),
        ),
        "small": SMALL,
        "unripe": round(100 * UNRIPE_SHARE),
    }


def _paper(request: MemberRequest, found: League) -> HttpResponse:
    """Give the league as one file that needs nothing else."""
    context = {**_shown(request, found), "style": _style(), "all": ALL}
    answer = render(request, "hearwell/benchmarks/paper.html", context)
    name = f"benchmark-{found.method.name}.html"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _style() -> SafeString:
    """Return our own style sheets, from the packages: nothing of them was typed by anybody."""
    sheets = (
        resources.files("hearwell.reports.study").joinpath("paper", "report.css"),
        resources.files(__package__).joinpath("paper.css"),
    )
    return SafeString(f"<style>{''.join(one.read_text('utf-8') for one in sheets)}</style>")


def _url(request: MemberRequest, **changes: str) -> str:
    return "?" + urlencode({**{key: request.GET[key] for key in request.GET}, **changes})
