"""The board for people at the front: a page behind a secret link, and where the links are made."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, public, requires
from hearwell.accounts.middleware import speak_to
from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.board import queries, services
from hearwell.board.models import StaffLink
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.web.components.bare import bare
from hearwell.web.components.secret_links import secret
from hearwell.web.components.statuses import face_of

# A whole counter behind one address, each asking three times a minute.
LOADS: Final = Buckets(burst=120, per_s=5)
_TOO_MANY, _GONE, _WRONG = 429, 410, 422


@public
@require_safe
def staff_board(request: HttpRequest, token: str) -> HttpResponse:
    """Show what holds now to whoever has a link; nothing of any customer is on it."""
    wait_s = LOADS.take(caller_of(request.META.get("REMOTE_ADDR", "")))
    if wait_s:
        words = _("Too many ask from here at once. Wait a moment, then load it again.")
        return HttpResponse(words, status=_TOO_MANY, headers={"Retry-After": str(wait_s)})
    with transaction.atomic():
        workspace_id = services.workspace_of_link(token)
    place = Workspace.objects.filter(id=workspace_id).first() if workspace_id else None
    if place is None:
        return secret(render(request, "hearwell/board/link_over.html", {}, status=_GONE))
    with scope(place.id):
        speak_to(request, place)
        with timezone.override(ZoneInfo(place.time_zone)):
            return secret(_board(place))


def _board(place: Workspace) -> HttpResponse:
    live = [face_of(one) for one in queries.live_updates(place.id)]
    over = [face_of(one) for one in queries.lately_over(place.id)]
    context = {"workspace": place, "live": live, "over": over, "at": now()}
    return HttpResponse(bare("hearwell/board/staff.html", context))


@requires("approve")
@require_http_methods(["GET", "HEAD", "POST"])
def staff_links(request: MemberRequest) -> HttpResponse:
    """List the links, and make one."""
    if request.method != "POST":
        return _links(request, {})
    name = " ".join(clean(request.POST.get("name", ""))[0].split())[: services.LONGEST_NAME]
    if not name:
        return _links(request, {"error": _("Say who it is for.")}, status=_WRONG)
    try:
        link, token = services.make_link(request.membership, name)
    except services.TooManyLinksError:
        words = _("There are %(n)s links already. End one that nobody needs any more.")
        return _links(request, {"error": words % {"n": services.MOST_LINKS}}, status=_WRONG)
    address = settings.HEARWELL_URL + reverse("staff_board", args=[token])
    return secret(_links(request, {"address": address, "made": link.name}))


def _links(request: MemberRequest, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = {
        "section": "board",
        "links": queries.links_of(request.workspace.id),
        "end_url": "staff_link_end",
        **facts,
    }
    return render(request, "hearwell/board/links.html", context, status=status)


@requires("approve")
@require_POST
def end_staff_link(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """End a link for good."""
    try:
        services.end_link(request.membership, link_id)
    except StaffLink.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The link is ended. Whoever has it open sees nothing more."))
    return redirect("staff_links")
