"""The wallboard for members and for screens with a link; the page where an owner makes those."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, public, requires
from hearwell.accounts.languages import language_at, language_of
from hearwell.accounts.middleware import speak
from hearwell.accounts.rules import can
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.reports import services as links
from hearwell.reports.wall.shared import SHARED
from hearwell.web.components.secret_links import secret
from hearwell.web.preferences import THEMES

# Pages of screens that one address may load: a wall of them at once, then one in five seconds.
LOADS: Final = Buckets(burst=60, per_s=0.2)
_TOO_MANY, _GONE, _WRONG = 429, 410, 422
_LONGEST_NAME: Final = 80


@requires("read", in_scope=False)
@require_safe
def wallboard(request: MemberRequest) -> HttpResponse:
    """Show the board of one's own workspace."""
    role = request.membership.role
    facts = {"is_member": True, "may_link": can(role, "manage_workspace")}
    return _board(request, request.workspace.id, {"lang": get_language() or ""}, facts)


@public
@require_safe
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """Show the board to a screen that has a link; nobody is signed in."""
    wait_s = LOADS.take(caller_of(request.META.get("REMOTE_ADDR", "")))
    if wait_s:
        words = _(
            "Too many boards are opened from here at once. Wait a moment, then load it again."
        )
        return HttpResponse(words, status=_TOO_MANY, headers={"Retry-After": str(wait_s)})
    with transaction.atomic():
        workspace_id = links.workspace_of_board(token)
    if workspace_id is None:
        return secret(render(request, "hearwell/wall/ended.html", {}, status=_GONE))
    speak(request, language_of(request.user) or language_at(workspace_id))
    query = {"board": token, "lang": get_language() or ""}
    theme = request.GET.get("theme", "")
    facts = {"theme": theme} if theme in dict(THEMES) else {}
    return secret(_board(request, workspace_id, query, facts))


def _board(
    request: HttpRequest, workspace_id: UUID, query: dict[str, str], facts: dict[str, Any]
) -> HttpResponse:
    figures = SHARED.figures(workspace_id)
    context = {"wall": figures, "query": urlencode(query), **facts}
    with timezone.override(figures.zone):
        response = render(request, "hearwell/wall/board.html", context)
    response["Cache-Control"] = "no-store"
    return response


@requires("manage_workspace")
@require_http_methods(["GET", "HEAD", "POST"])
def wall_links(request: MemberRequest) -> HttpResponse:
    """List the links of screens, and make one."""
    if request.method != "POST":
        return _links(request, {})
    name = " ".join(request.POST.get("name", "").split())[:_LONGEST_NAME]
    if not name:
        return _links(request, {"error": _("Say where the screen is.")}, status=_WRONG)
    try:
        link, token = links.make_board_link(request.membership, name)
    except links.TooManyLinksError:
        words = _("There are %(n)s links already. End one that no screen needs any more.")
        return _links(request, {"error": words % {"n": links.MOST_LINKS}}, status=_WRONG)
    address = settings.HEARWELL_URL + reverse("wall_screen", args=[token])
    return secret(_links(request, {"address": address, "made": link.name}))


def _links(request: MemberRequest, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = {
        "section": "team",
        "links": links.board_links(request.workspace.id),
        "end_url": "wall_link_end",
        **facts,
    }
    return render(request, "hearwell/wall/links.html", context, status=status)


@requires("manage_workspace")
@require_POST
def end_link(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """End a link for good."""
    if not links.end_board_link(request.membership, link_id):
        raise Http404
    messages.success(request, _("The link is ended. Its screen goes blank within seconds."))
    return redirect("wall_links")
