"""A draft from the language model, on an agent's press: shown beside the case, put in by hand."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import case_page
from hearwell.secondopinion import queries, services, tasks
from hearwell.secondopinion.models import Call, CallState, Purpose
from hearwell.web.admin.model.faces import OUTCOMES
from hearwell.web.agent.inbox.wants import varied, wants_part


@requires("reply")
@require_POST
def begin(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Have a draft written; nothing is sent by it."""
    place = request.workspace.id
    _must_exist(request, case_id)
    try:
        call = services.begin_draft(place, case_id, request.membership.user_id)
    except services.NotDraftingError as error:
        raise Http404 from error
    tasks.call_for_draft(place, call.id)
    if wants_part(request):
        return _draw(request, case_id, call)
    return redirect("case_drafted", case_id, call.id)


@requires("reply")
@require_safe
def drafted(request: MemberRequest, case_id: UUID, call_id: UUID) -> HttpResponse:
    """Show a draft of one's own, or that it is being written, or why there is none."""
    _must_exist(request, case_id)
    return _draw(request, case_id, own_draft(request, case_id, call_id))


def own_draft(request: MemberRequest, case_id: UUID, call_id: UUID) -> Call:
    """Return the draft that this person asked for in this case. Raises Http404."""
    call = queries.call_by_id(request.workspace.id, call_id)
    is_theirs = (
        call is not None
        and (call.purpose, call.case_id) == (Purpose.DRAFT, case_id)
        and call.user_id == request.membership.user_id
    )
    if call is None or not is_theirs:
        raise Http404
    return call


def _must_exist(request: MemberRequest, case_id: UUID) -> None:
    if case_page(request.workspace.id, case_id, request.membership.user_id) is None:
        raise Http404


def _draw(request: MemberRequest, case_id: UUID, call: Call) -> HttpResponse:
    context = {
        "case_id": case_id,
        "call": call,
        "is_open": call.state != CallState.DONE,
        "text": (call.result or {}).get("text", ""),
        "why": OUTCOMES.get(call.outcome, ""),
    }
    name = "drafted" if wants_part(request) else "drafted_page"
    return varied(render(request, f"hearwell/case/{name}.html", context))
