"""What the board says of one case: above its thread, as a reply to put in, as what was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.languages import known_language
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.board import queries, services
from hearwell.board.models import StatusCase
from hearwell.board.queries import OnCase
from hearwell.board.rules import reply_in
from hearwell.conversations.models import Case
from hearwell.conversations.queries import case_page
from hearwell.inbox.saved_replies import values_of
from hearwell.knowledge.rules import filled
from hearwell.sla.matching import language_of
from hearwell.triage.queries import languages_of
from hearwell.web.agent.inbox.typing import uuid_in
from hearwell.web.components.statuses import StatusFace, face_of


@dataclass(frozen=True)
class Banner:
    """An update above a case's thread, with the reply that suits its customer."""

    status: StatusFace
    here: OnCase
    reply: str
    language: str
    put_url: str

    @property
    def is_out(self) -> bool:
        """Whether somebody said that the case is not about it."""
        return self.here.removed_at is not None


@requires("read")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_status(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show what the board says of a case, or note something about it."""
    if not Case.objects.filter(workspace_id=request.workspace.id, id=case_id).exists():
        raise Http404
    if request.method == "POST":
        return _act(request, case_id)
    context = {
        "case_id": case_id,
        "banners": banners_of(request, case_id),
        "may_reply": can(request.membership.role, "reply"),
        "may_take_out": can(request.membership.role, "claim"),
    }
    return render(request, "hearwell/board/oncase.html", context)


def banners_of(request: MemberRequest, case_id: UUID) -> list[Banner]:
    """Return what concerns a case, the newest first; one query where there is nothing."""
    found = queries.updates_on(request.workspace.id, case_id)
    if not found:
        return []
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None:
        raise Http404
    values = values_of(page, request.membership)
    theirs = language_of(languages_of([case_id]).get(case_id, ""))
    home = known_language(request.workspace.language) or "en"
    banners = []
    for said, here in found:
        language, text = reply_in(said.now.replies, theirs, home)
        address = f"{reverse('case', args=[case_id])}?status={said.update.id}"
        is_said = said.update.is_live and here.removed_at is None
        reply = filled(text, values) if is_said else ""
        banners.append(Banner(face_of(said), here, reply, language, address))
    return banners


def status_words(request: MemberRequest, case_id: UUID, update_id: UUID) -> str:
    """Return the reply of an update for a case; empty, and said so, where it holds no more."""
    found = [one for one in banners_of(request, case_id) if one.status.id == update_id]
    if not found or not found[0].reply:
        messages.warning(request, _("This status update does not hold any more."))
        return ""
    return found[0].reply


def _act(request: MemberRequest, case_id: UUID) -> HttpResponse:
    chosen, update_id = _ACTS.get(request.POST.get("act", "")), uuid_in(request, "update")
    if chosen is None or update_id is None:
        raise Http404
    right, verb, said = chosen
    if not can(request.membership.role, right):
        raise PermissionDenied(right)
    of_case = uuid_in(request, "of") or case_id
    try:
        verb(update_id, of_case, request.membership)
    except StatusCase.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, said())
    if request.POST.get("back") == "board":
        return redirect("status_update", update_id)
    return redirect("case", case_id)


Verb = Callable[[UUID, UUID, Membership], None]
_ACTS: Final[dict[str, tuple[str, Verb, Callable[[], str]]]] = {
    "out": ("claim", services.take_out, lambda: _("Taken out. You can put it back.")),
    "back": ("claim", services.put_back, lambda: _("It is about this case again.")),
    "follow": ("reply", services.follow_up, lambda: _("Noted: the customer knows what holds.")),
    "unfollow": ("reply", services.undo_follow_up, lambda: _("The customer is still to be told.")),
}
