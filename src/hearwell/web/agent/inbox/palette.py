"""What the command palette finds besides commands: cases, by words, names and numbers."""

from __future__ import annotations

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations import queries
from hearwell.conversations.viewing import views_of
from hearwell.web.agent.inbox.queues import view_url

MOST = 8


def _views(request: MemberRequest, text: str) -> list[dict[str, str]]:
    """Return the saved views whose name holds these words."""
    saved = views_of(request.workspace.id, request.membership.user_id)
    found = [view for view in saved if text.casefold() in view.name.casefold()]
    return [
        {"id": str(view.id), "title": view.name, "text": _("View"), "url": view_url(view)}
        for view in found
    ][:MOST]


@requires("read")
@require_safe
def palette(request: MemberRequest) -> JsonResponse:
    """Return the saved views of this name and the latest cases in which these words stand."""
    text = request.GET.get("q", "").strip().replace("\x00", "")[:200]
    place = request.workspace.id
    found = queries.search(place, text)[:MOST] if len(text) > 1 else []
    hits = _views(request, text) if len(text) > 1 else []
    hits += [
        {
            "id": str(row.id),
            "title": f"{row.contact_name or row.label}",
            "text": f"{row.label} · {row.preview[:80]}",
            "url": reverse("case", args=[row.id]),
        }
        for row in queries.case_rows(place, found)
    ]
    return JsonResponse({"hits": hits})
