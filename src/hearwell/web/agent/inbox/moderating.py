"""The forms that ask for a like, a hiding, a deletion: each answered with the case."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.connect.model import Act
from hearwell.conversations.models import Message
from hearwell.inbox.moderating import RIGHT, act_on
from hearwell.web.agent.inbox.acts import acted


@requires(RIGHT)
@require_POST
def act(request: MemberRequest, case_id: UUID, message_id: UUID) -> HttpResponse:
    """Ask for one act on a message; why it cannot be is said in words."""
    try:
        wanted = Act(request.POST.get("act", ""))
    except ValueError as error:
        raise Http404 from error
    why = request.POST.get("why", "")

    def ask() -> None:
        try:
            act_on(case_id, message_id, wanted, request.membership, why=why)
        except Message.DoesNotExist as error:
            raise Http404 from error

    return acted(
        request, case_id, ask, _("Asked of the network. The message shows what comes of it.")
    )
