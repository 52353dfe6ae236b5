"""The beginning of a late answer: a suggestion that somebody puts into the composer."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import CasePage, case_page
from hearwell.inbox.lateness import FALLBACK, OWN_WORDS, WORDINGS, late_wording, named_delay
from hearwell.inbox.saved_replies import values_of
from hearwell.kit.clock import now
from hearwell.knowledge.queries import reply_named
from hearwell.knowledge.rules import filled
from hearwell.sla.matching import language_of
from hearwell.triage.queries import languages_of
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
    return JsonResponse({"text": wording_for(request, page)})


def given_wording(request: MemberRequest, case_id: UUID) -> dict[str, str] | None:
    """Return a composer with the suggestion in it, where the address asks for it; else None."""
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None or request.GET.get("late") != "1":
        return None
    return put_in(request, page, wording_for(request, page))


def wording_for(request: MemberRequest, page: CasePage) -> str:
    """Return the suggestion for a case: the workspace's own words where it has some that fit."""
    case = page.case
    language = language_of(languages_of([case.id]).get(case.id, "")) or FALLBACK
    since = case.waiting_since or case.last_inbound_at or case.opened_at
    own = reply_named(request.workspace.id, OWN_WORDS, language)
    # Ours in the customer's language is better than their own in another one.
    if own is not None and (own.language == language or language not in WORDINGS):
        return filled(own.reply, values_of(page, request.membership))
    waited_s = (now() - since).total_seconds()
    spoken = language if language in WORDINGS else FALLBACK
    said = (late_wording(spoken, waited_s), named_delay(spoken, waited_s))
    return " ".join(one for one in said if one)
