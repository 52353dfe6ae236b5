"""The language model: connect it, see what it costs and was told, compare it with triage."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.secondopinion import queries, services, tasks
from hearwell.secondopinion.models import OPEN, Comparison, Connection
from hearwell.secondopinion.rules import Outcome, plain_micros
from hearwell.secondopinion.services import SIZES, BadConnectionError, Wanted
from hearwell.web.admin.frame import draw
from hearwell.web.admin.model.faces import OUTCOMES, face_of, set_out, shown_money, tables_of
from hearwell.web.places import place_in, place_of

PAGE: Final = "settings_model"
_LONGEST: Final = 4000
_TEXTS: Final = ("url", "model", "key", "limit_s", "currency", "price_in", "price_out", "cap")


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def model(request: MemberRequest) -> HttpResponse:
    """Show the connection, or keep it as it was filled in."""
    if request.method != "POST":
        return _draw(request, _form_of(queries.connection_of(request.workspace.id)))
    typed = _typed(request.POST)
    try:
        services.save_connection(request.workspace.id, typed, by=_user(request))
    except BadConnectionError as error:
        return _draw(request, typed, error=error)
    messages.success(request, _("Saved."))
    return redirect(PAGE)


@requires("manage_settings")
@require_POST
def act(request: MemberRequest) -> HttpResponse:
    """Try the connection out, or remove it."""
    place = request.workspace.id
    if queries.connection_of(place) is None:
        raise Http404
    if request.POST.get("do") == "remove":
        services.remove_connection(place, by=_user(request))
        messages.success(request, _("The model is gone, and its key with it."))
        return redirect(PAGE)
    call = services.begin_trial(place, request.membership.user_id)
    tasks.call_for_trial(place, call.id)
    return redirect("settings_model_call", call.id)


def _draw(
    request: MemberRequest, form: Wanted, *, error: BadConnectionError | None = None
) -> HttpResponse:
    place = request.workspace.id
    connection, month = queries.connection_of(place), queries.month_of(place)
    currency = connection.currency if connection else ""
    context = {
        "form": form,
        "connection": connection,
        "error": error,
        "spent": shown_money(month.spent, currency),
        "cap": shown_money(connection.cap, currency) if connection else "",
        "paused_until": _pause(connection),
        "may_opine": connection is not None
        and queries.may_give_opinions(place, connection.setup_id),
        "fewest": queries.FEWEST_LABELS,
    }
    return draw(request, "model/connection", PAGE, context, status=422 if error else 200)


def _pause(connection: Connection | None) -> datetime | None:
    until = connection.paused_until if connection else None
    return until if until is not None and until > now() else None


def _form_of(row: Connection | None) -> Wanted:
    if row is None:
        return Wanted("", "")
    return Wanted(
        row.url, row.model, "", f"{row.limit_ms / 1000:g}", row.currency,
        plain_micros(row.price_in), plain_micros(row.price_out), plain_micros(row.cap),
        row.gives_opinions, row.gives_drafts,
    )  # fmt: skip


def _typed(form: QueryDict) -> Wanted:
    said = {name: form.get(name, "").replace("\x00", "")[:_LONGEST] for name in _TEXTS}
    return Wanted(
        **said,
        gives_opinions=form.get("gives_opinions") == "1",
        gives_drafts=form.get("gives_drafts") == "1",
        forgets_key=form.get("forgets_key") == "1",
    )


# --- the log -----------------------------------------------------------------------------------


@requires("manage_settings")
@require_safe
def calls(request: MemberRequest) -> HttpResponse:
    """Show what was asked in the last thirty days and what came of it."""
    outcome = request.GET.get("outcome", "")
    chosen = outcome if outcome in OUTCOMES else ""
    place = request.workspace.id
    found = queries.calls(place, outcome=chosen, before=place_in(request.GET.get("before", "")))
    shown, connection = found[: queries.PAGE], queries.connection_of(place)
    currency = connection.currency if connection else ""
    context = {
        "faces": [face_of(row, currency) for row in shown],
        "outcomes": list(OUTCOMES.items()),
        "outcome": chosen,
        "older_url": _older(shown[-1].created_at, shown[-1].id, chosen)
        if len(found) > queries.PAGE
        else "",
    }
    return draw(request, "model/calls", PAGE, context)


def _older(at: datetime, call_id: UUID, outcome: str) -> str:
    asked = {"before": place_of(at, call_id), "outcome": outcome}
    return f"{reverse('settings_model_calls')}?{urlencode(asked)}"


@requires("manage_settings")
@require_safe
def call(request: MemberRequest, call_id: UUID) -> HttpResponse:
    """Show one call: what was sent, with personal data taken out, and what was answered."""
    place = request.workspace.id
    found = queries.call_by_id(place, call_id)
    if found is None:
        raise Http404
    connection = queries.connection_of(place)
    context = {
        "face": face_of(found, connection.currency if connection else ""),
        "sent": set_out(found.sent),
        "answer": set_out(found.answer),
    }
    return draw(request, "model/call", PAGE, context)


# --- the comparison ----------------------------------------------------------------------------


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: MemberRequest) -> HttpResponse:
    """Show the comparisons, or begin one."""
    place = request.workspace.id
    if request.method != "POST":
        return _draw_comparisons(request)
    try:
        size = whole_number(request.POST.get("wanted"), digits=4) or 0
        begun = services.begin_comparison(place, size, by=_user(request))
    except BadConnectionError as error:
        return _draw_comparisons(request, error=error)
    tasks.call_for_comparison(place, begun.id)
    return redirect("settings_model_compare")


def _draw_comparisons(
    request: MemberRequest, *, error: BadConnectionError | None = None
) -> HttpResponse:
    place = request.workspace.id
    connection, found = queries.connection_of(place), queries.comparisons(place)
    currency = connection.currency if connection else ""
    latest = next((one for one in found if one.answered), None)
    context = {
        "connection": connection,
        "error": error,
        "sizes": SIZES,
        "fewest": queries.FEWEST_LABELS,
        "labels": queries.count_labelled(place),
        "rows": [_line(one, currency) for one in found],
        "is_running": any(one.state in OPEN for one in found[:1]),
        "latest": latest,
        "tables": tables_of(latest) if latest else [],
    }
    return draw(request, "model/compare", PAGE, context, status=422 if error else 200)


def _line(row: Comparison, currency: str) -> dict[str, Any]:
    return {
        "row": row,
        "cost": shown_money(row.cost, currency),
        "why": OUTCOMES.get(row.why, "") if row.why else "",
        "is_over_cap": row.why == Outcome.OVER_CAP,
    }


def _user(request: MemberRequest) -> User:
    return cast("User", request.user)
