"""Watch a brand from a panel: asked for, looked up, paused, resumed, stopped and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.queries import panel_by_id
from hearwell.benchmarks.watching import stop_watching, watch_again, watch_brand
from hearwell.channels.telling import told
from hearwell.watching import services
from hearwell.watching.models import Watch
from hearwell.watching.queries import pace_of, refused_for, ways_of
from hearwell.watching.rules import DAILY_ITEMS, FIRST_BACK, FIRST_ITEMS, LEAST_H, MOST_H
from hearwell.web.agent.benchmarks.watches import watched_context, ways_in_words
from hearwell.web.components.numbers import grouped

_WRONG: Final = 422
Errors = Mapping[str, str]


@requires("manage_benchmarks")
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Show the form and what is watched, or have somebody looked up."""
    panel = _panel(request, panel_id)
    if request.method != "POST":
        return _page(request, panel, *_refusal(request, panel))
    given = {name: request.POST.get(name, "").strip() for name in ("via", "handle", "name")}
    wish = services.Wish(panel.id, _uuid(given["via"]), given["handle"], given["name"])
    try:
        watch_brand(panel.workspace_id, wish, by=_user(request))
    except services.BadWishError as error:
        return _page(request, panel, given, {error.field: str(error)}, status=_WRONG)
    return redirect("benchmark_watch", panel.id)


@requires("manage_benchmarks")
@require_POST
def steer(request: MemberRequest, panel_id: UUID, watch_id: UUID) -> HttpResponse:
    """Pause, resume, stop, or take a stop back."""
    panel = _panel(request, panel_id)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    do, words = act
    try:
        do(panel.workspace_id, watch_id, _user(request))
    except Watch.DoesNotExist:
        messages.error(request, _("It is not so any more. Nothing was done."))
    else:
        messages.success(request, _(words))
    back = "benchmark_watch" if request.POST.get("from") == "form" else "benchmark"
    return redirect(back, panel.id)


@requires("manage_benchmarks")
@require_POST
def pace(request: MemberRequest, panel_id: UUID) -> HttpResponse:
    """Choose how many hours lie between two readings, for all brands of the workspace."""
    panel = _panel(request, panel_id)
    typed = request.POST.get("hours", "").strip()
    hours = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else None  # noqa: PLR2004
    try:
        services.set_pace(panel.workspace_id, hours, by=_user(request))
    except services.BadWishError as error:
        return _page(request, panel, {"hours": typed}, {error.field: str(error)}, status=_WRONG)
    messages.success(request, _("Saved."))
    return redirect("benchmark_watch", panel.id)


def _refusal(request: MemberRequest, panel: Panel) -> tuple[Mapping[str, str], Errors]:
    """Return what was typed and is not there, to be put right; said once, until asked again."""
    found = refused_for(panel.workspace_id, panel.id, _user(request).id)
    if found is None:
        return {}, {}
    given = {"via": str(found.via_id), "handle": found.typed, "name": found.brand_name}
    return given, {"handle": told(found.failure_message)}


def _page(
    request: MemberRequest,
    panel: Panel,
    given: Mapping[str, str],
    errors: Errors,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "reports",
        "panel": panel,
        "may_manage": True,
        "is_form": True,
        "given": given,
        "errors": errors,
        "ways": ways_in_words(ways_of(panel.workspace_id)),
        "hours": given.get("hours") or pace_of(panel.workspace_id),
        "least": LEAST_H,
        "most": MOST_H,
        "first_items": grouped(FIRST_ITEMS),
        "first_days": FIRST_BACK.days,
        "daily_items": grouped(DAILY_ITEMS),
        **watched_context(panel),
    }
    return render(request, "hearwell/benchmarks/watch.html", context, status=status)


def _panel(request: MemberRequest, panel_id: UUID) -> Panel:
    found = panel_by_id(request.workspace.id, panel_id)
    if found is None:
        raise Http404
    return found


def _user(request: MemberRequest) -> User:
    return cast("User", request.user)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _stop(*, keeps: bool) -> Callable[[UUID, UUID, User], Watch]:
    return lambda place, watch_id, by: stop_watching(place, watch_id, keeps=keeps, by=by)


_ACTS: Final[Mapping[str, tuple[Callable[[UUID, UUID, User], Watch], str]]] = {
    "pause": (lambda place, one, by: services.pause(place, one, by=by), gettext_noop("Paused.")),
    "resume": (
        lambda place, one, by: services.resume(place, one, by=by),
        gettext_noop("It is read again."),
    ),
    "keep": (_stop(keeps=True), gettext_noop("Stopped. What was read stays.")),
    "remove": (
        _stop(keeps=False),
        gettext_noop("Stopped. What was read goes in a week; until then, undo it."),
    ),
    "undo": (
        lambda place, one, by: watch_again(place, one, by=by),
        gettext_noop("It is watched again."),
    ),
}
