"""Saved views: keep the list that is shown, and the page on which they are put in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.conversations import services
from hearwell.conversations.models import SavedView
from hearwell.conversations.services import BadViewError
from hearwell.conversations.viewing import View, deleted_views, view_counts, views_of
from hearwell.web.agent.inbox.listpage import list_url, wanted
from hearwell.web.agent.inbox.queues import QUEUES, count_words, view_url

ACTS: Final = frozenset({"rename", "renew", "up", "down", "delete", "restore"})
LONGEST_ADDRESS: Final = 2000


@requires("read")
@require_safe
def views(request: MemberRequest) -> HttpResponse:
    """Show a person's views and the team's, to be renamed, put in order, deleted, restored."""
    place, me = request.workspace.id, request.membership.user_id
    found, gone = views_of(place, me), deleted_views(place, me)
    may_share = can(request.membership.role, "share_views")
    groups = [
        {
            "label": label,
            "is_shared": shared,
            "may": may_share or not shared,
            "rows": [(view, view_url(view)) for view in found if view.is_shared is shared],
            "gone": [view for view in gone if view.is_shared is shared],
        }
        for label, shared in ((_("My views"), False), (_("Views of the team"), True))
    ]
    context = {"section": "inbox", "groups": groups, "most": services.MOST_VIEWS}
    return render(request, "hearwell/inbox/views.html", context)


@requires("read")
@require_POST
def save(request: MemberRequest) -> HttpResponse:
    """Keep a list under a name, for oneself or for the team."""
    params, is_shared = _listed(request), bool(request.POST.get("shared"))
    _need(request, is_shared=is_shared)
    try:
        view = services.save_view(
            request.POST.get("name", ""), params, request.membership.user, is_shared=is_shared
        )
    except BadViewError as problem:
        messages.error(request, str(problem))
        return redirect(list_url(params))
    messages.success(request, _("“%(name)s” is among the queues now.") % {"name": view.name})
    return redirect(view_url(View(view.id, view.name, is_shared, view.params)))


@requires("read")
@require_POST
def change(request: MemberRequest, view_id: UUID) -> HttpResponse:
    """Rename a view, let it show another list, move it, delete it or take it back."""
    act, is_shared = request.POST.get("act", ""), bool(request.POST.get("shared"))
    if act not in ACTS:
        raise Http404
    _need(request, is_shared=is_shared)
    try:
        said = _done(request, view_id, act, is_shared=is_shared)
    except SavedView.DoesNotExist as error:
        raise Http404 from error
    except BadViewError as problem:
        messages.error(request, str(problem))
    else:
        if said:
            messages.success(request, said)
    if act == "renew":
        return redirect(list_url({**_listed(request), "view": str(view_id)}))
    return redirect("saved_views")


def _done(request: MemberRequest, view_id: UUID, act: str, *, is_shared: bool) -> str:
    """Do an act; returns what is said of it."""
    by = request.membership.user
    if act in {"up", "down"}:
        services.move_view(view_id, by, is_shared=is_shared, is_up=act == "up")
        return ""
    if act == "delete":
        view = services.delete_view(view_id, by, is_shared=is_shared)
        return _("“%(name)s” is deleted. It can be taken back below for a week.") % {
            "name": view.name
        }
    if act == "restore":
        view = services.restore_view(view_id, by, is_shared=is_shared)
        return _("“%(name)s” is back.") % {"name": view.name}
    if act == "renew":
        services.change_view(view_id, by, is_shared=is_shared, params=_listed(request))
        return _("The view shows this list from now on.")
    services.change_view(view_id, by, is_shared=is_shared, name=request.POST.get("name", ""))
    return _("Renamed.")


@requires("read")
@require_safe
def counts(request: MemberRequest) -> JsonResponse:
    """Return how many cases are in each view, for a page that stays open."""
    place, me = request.workspace.id, request.membership.user_id
    found = view_counts(place, views_of(place, me), me)
    return JsonResponse(
        {"counts": {f"view:{view_id}": count_words(count) for view_id, count in found.items()}}
    )


def _need(request: MemberRequest, *, is_shared: bool) -> None:
    if is_shared and not can(request.membership.role, "share_views"):
        raise PermissionDenied(_("Only leads change the views of the team."))


def _listed(request: MemberRequest) -> Mapping[str, str]:
    """Return the parameters of the list that the form was sent from."""
    query = dict(parse_qsl(request.POST.get("list", "")[:LONGEST_ADDRESS]))
    queue = query.get("queue", "")
    if queue not in {one.key for one in QUEUES}:
        raise Http404
    params = wanted(queue, query)
    params.pop("view", None)
    return params
