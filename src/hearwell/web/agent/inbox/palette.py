"""What the command palette finds besides commands: cases, by words, names and numbers."""

from __future__ import annotations

from django.http import JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations import queries

MOST = 8


@requires("read")
@require_safe
def palette(request: MemberRequest) -> JsonResponse:
    """Return the latest cases in which these words stand."""
    text = request.GET.get("q", "").strip().replace("\x00", "")[:200]
    place = request.workspace.id
    found = queries.search(place, text)[:MOST] if len(text) > 1 else []
    hits = [
        {
            "id": str(row.id),
            "title": f"{row.contact_name or row.label}",
            "text": f"{row.label} · {row.preview[:80]}",
            "url": reverse("case", args=[row.id]),
        }
        for row in queries.case_rows(place, found)
    ]
    return JsonResponse({"hits": hits})
