"""The page of reports by e-mail: ordered, changed, paused, removed, sent now, tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, public, requires
from hearwell.accounts.models import Membership
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.queries import panels_of
from hearwell.kit.paper.printing import can_print
from hearwell.scheduledreports import queries
from hearwell.scheduledreports.models import Letter, Order
from hearwell.scheduledreports.services import letters, orders, stops
from hearwell.scheduledreports.services.orders import BadOrderError, ChangedSinceError
from hearwell.web.agent.scheduled.faces import Typed, choices, face_of, number, title_of
from hearwell.web.components.papers import no_typesetter

_GONE, _WRONG = 410, 422
_DONE: Final[Mapping[str, str | Promise]] = {
    "pause": gettext_lazy("Paused. Nothing is sent until you let it go on."),
    "resume": gettext_lazy("It goes on from its next time."),
    "remove": gettext_lazy("Removed."),
    "undo": gettext_lazy("Taken back."),
    "stop": gettext_lazy("It is no longer sent to you."),
    "start": gettext_lazy("It is sent to you again from its next time."),
    "now": gettext_lazy("It is on its way to you."),
}


@requires("read")
@require_http_methods(["GET", "HEAD", "POST"])
def scheduled(request: MemberRequest) -> HttpResponse:
    """List the orders and order one more."""
    if request.method != "POST":
        own = (str(request.membership.user_id),)
        return _list(request, Typed(reader_ids=own))
    typed, member = Typed.read(request.POST), request.membership
    for_all = queries.may_order_for_all(member)
    try:
        orders.make_order(member, typed.wish(member, for_all=for_all))
    except BadOrderError as error:
        return _list(request, typed, error=error)
    messages.success(request, _("Ordered. The list says when it is sent first."))
    return redirect("scheduled")


@requires("read")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """Show the form of an order, or save it."""
    member = request.membership
    order = queries.orders_seen(member).filter(id=order_id, is_removed=False).first()
    if order is None or not queries.may_keep(member, order):
        raise Http404
    if request.method != "POST":
        return _form(request, order, Typed.of(order))
    typed, for_all = Typed.read(request.POST), queries.may_order_for_all(member)
    wish = typed.wish(member, for_all=for_all)
    try:
        orders.change_order(member, order_id, wish, seen=typed.seen)
    except BadOrderError as error:
        return _form(request, order, typed, error=str(error), field=error.field)
    except ChangedSinceError:
        words = _("Somebody has changed it since. Look at it again before you save.")
        return _form(request, order, typed, error=words)
    messages.success(request, _("Saved."))
    return redirect("scheduled")


@requires("read")
@require_POST
def act(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """Do to an order what was pressed."""
    wish, seen = request.POST.get("do", ""), number(request.POST.get("seen", ""))
    doing = _acts(request.membership, order_id, seen).get(wish)
    if doing is None:
        raise Http404
    try:
        is_done = doing()
    except Order.DoesNotExist as error:
        raise Http404 from error
    except ChangedSinceError:
        messages.error(request, _("Somebody has changed it since. Nothing was done."))
        return redirect("scheduled")
    except letters.NoMailError:
        messages.error(request, _("This installation has no mail server yet. Nothing was sent."))
        return redirect("scheduled")
    if is_done is False:
        messages.info(request, _("One is on its way to you already."))
    else:
        messages.success(request, str(_DONE[wish]))
    return redirect("scheduled")


def _acts(member: Membership, order_id: UUID, seen: int) -> dict[str, Callable[[], Any]]:
    return {
        "pause": lambda: orders.pause_order(member, order_id, is_paused=True, seen=seen),
        "resume": lambda: orders.pause_order(member, order_id, is_paused=False, seen=seen),
        "remove": lambda: orders.remove_order(member, order_id, seen=seen),
        "undo": lambda: orders.undo_change(member, order_id, seen=seen),
        "stop": lambda: stops.stop(member, order_id),
        "start": lambda: stops.start_again(member, order_id),
        "now": lambda: letters.send_now(member, order_id),
    }


@requires("read")
@require_POST
def again(request: MemberRequest, letter_id: UUID) -> HttpResponse:
    """Try a letter again that was not sent."""
    try:
        letters.try_again(request.membership, letter_id)
    except Letter.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("It is tried again within a minute."))
    return redirect("scheduled")


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a report for its reader, from its e-mail: a program posts (RFC 8058), a person presses.

    Looking stops nothing, for mail servers open links to look at them. It needs no CSRF token: the
    address itself is the secret, and all it can do is stop this one report for this one reader.
    """
    is_ours = stops.is_stop_token(token)
    is_done = is_ours and request.method == "POST" and stops.stop_by_token(token)
    context = {"is_ours": is_ours, "is_done": is_done}
    page = "hearwell/scheduled/off.html"
    response = render(request, page, context, status=200 if is_ours else _GONE)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _shared(request: MemberRequest, panels: list[Panel], typed: Typed) -> dict[str, Any]:
    member = request.membership
    for_all = queries.may_order_for_all(member)
    return {
        "section": "reports",
        "typed": typed,
        "for_all": for_all,
        "zone": request.workspace.time_zone,
        "email": member.user.email,
        "no_pdf": "" if can_print() else no_typesetter(),
        **choices(panels),
    }


def _list(
    request: MemberRequest, typed: Typed, *, error: BadOrderError | None = None
) -> HttpResponse:
    member, panels = request.membership, panels_of(request.workspace.id)
    readers = queries.readers_of(request.workspace.id)
    names = {one.user_id: str(one.user) for one in readers}
    by_id = {one.id: one for one in panels}
    context = {
        **_shared(request, panels, typed),
        "orders": [face_of(one, member, names, by_id) for one in queries.order_rows(member)],
        "removed": [(one, title_of(one, by_id)) for one in queries.removed_orders(member)],
        "readers": [(str(key), name) for key, name in names.items()],
        "has_mail": settings.HEARWELL_HAS_MAIL,
        "error": str(error) if error else "",
        "wrong": error.field if error else "",
    }
    status = _WRONG if error else 200
    return render(request, "hearwell/scheduled/list.html", context, status=status)


def _form(
    request: MemberRequest, order: Order, typed: Typed, *, error: str = "", field: str = ""
) -> HttpResponse:
    panels = panels_of(request.workspace.id)
    readers = queries.readers_of(request.workspace.id)
    context = {
        **_shared(request, panels, typed),
        "order": order,
        "title": title_of(order, {one.id: one for one in panels}),
        "readers": [(str(one.user_id), str(one.user)) for one in readers],
        "error": error,
        "wrong": field,
    }
    status = _WRONG if error else 200
    return render(request, "hearwell/scheduled/edit.html", context, status=status)
