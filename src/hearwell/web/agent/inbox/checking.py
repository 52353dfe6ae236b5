"""What is being written, looked at while it is written: what would be said at Send, said now."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.models import Case
from hearwell.inbox.forewarning import Forewarning, forewarn
from hearwell.inbox.unsendable import CannotSend
from hearwell.web.agent.inbox.reply import reply_in
from hearwell.web.agent.inbox.typing import AUDIENCES, MAX_DRAFT, typed
from hearwell.web.agent.inbox.voice import hints_for


@requires("reply")
@never_cache
@require_POST
def check(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say what speaks against a text as it stands; nothing of it is kept. Empty: nothing does."""
    audience = request.POST.get("audience", "")
    if audience not in AUDIENCES:
        raise Http404
    context = {"forewarned": _forewarned(request, case_id, audience)}
    return render(request, "hearwell/case/forewarned.html", context)


def _forewarned(request: MemberRequest, case_id: UUID, audience: str) -> list[Forewarning]:
    if audience == "team" or len(typed(request)) > MAX_DRAFT:
        return []
    try:
        said = forewarn(reply_in(request, case_id, audience), request.membership)
        return [*said, *hints_for(request.workspace.id, case_id, typed(request))]
    except CannotSend:  # a form that is not whole is said at Send
        return []
    except Case.DoesNotExist as error:
        raise Http404 from error
