"""The beginning of a late answer: a suggestion that somebody puts into the composer."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import case_page
from hearwell.inbox.apologies import apology_for
from hearwell.web.agent.inbox.saved import put_in


@requires("reply")
@require_safe
def late(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Suggest how to begin an answer that is late: values for scripts, else the case with it."""
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None:
        raise Http404
    if not request.headers.get("Accept", "").startswith("application/json"):
        return redirect(f"{reverse('case', args=[case_id])}?late=1")
    return JsonResponse({"text": apology_for(page, request.membership).text})


def given_wording(request: MemberRequest, case_id: UUID) -> dict[str, str] | None:
    """Return a composer with the suggestion in it, where the address asks for it; else None."""
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None or request.GET.get("late") != "1":
        return None
    return put_in(request, page, apology_for(page, request.membership).text)
