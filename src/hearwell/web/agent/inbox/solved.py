"""A customer's answer that was misread is taken back where it stands."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.models import Case
from hearwell.surveys.services import take_back
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.typing import uuid_in
from hearwell.web.agent.inbox.wants import wants_part


@requires("close")
@require_POST
def misread(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say that the answer was none; stay at the case."""
    question_id = uuid_in(request, "question")
    if not Case.objects.filter(workspace_id=request.workspace.id, id=case_id).exists():
        raise Http404
    if question_id is not None and take_back(question_id, request.membership):
        messages.success(request, _taken_back(request, case_id))
    else:
        messages.warning(request, _("That was taken back already."))
    return draw_case(request, case_id) if wants_part(request) else redirect("case", case_id)


def _taken_back(request: MemberRequest, case_id: UUID) -> str:
    found = Case.objects.filter(workspace_id=request.workspace.id, id=case_id, status="closed")
    if found.exists():
        return _("Taken back: it counts no more, and the case is closed as it was.")
    return _("Taken back. It counts no more.")
