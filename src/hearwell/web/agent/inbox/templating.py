"""Choosing an approved template and filling it in; what it says then stands in the composer."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.connect.model import Audience
from hearwell.connect.templates import Template
from hearwell.conversations.models import Case
from hearwell.inbox.composing import home_in
from hearwell.inbox.drafts import keep_draft
from hearwell.inbox.templating import templates_for
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.typing import MAX_DRAFT, typed, uuid_in
from hearwell.web.components.templates import field_of, given_values

_AUDIENCES = frozenset({"public", "private"})


@requires("reply")
@require_POST
def template(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Put the chosen template into the composer once nothing is left blank; nothing is sent."""
    audience = request.POST.get("audience", "")
    if audience not in _AUDIENCES:
        raise Http404
    chosen = _chosen(request, case_id, audience)
    values = given_values(chosen, request.POST) if chosen else {}
    is_whole = chosen is not None and all(values.values())
    text = chosen.text(values) if chosen and is_whole else typed(request)
    key = uuid_in(request, "key") or uuid7()
    if is_whole and len(text) <= MAX_DRAFT:
        keep_draft(case_id, audience, text, key=key, by=request.membership)
    to = request.POST.get(f"to_{audience}", "")
    blanks = {field_of(n): values[blank] for n, blank in enumerate(chosen.blanks)} if chosen else {}
    given = {
        "audience": audience,
        "text": text,
        "key": str(key),
        "version": request.POST.get("version", ""),
        "seen": request.POST.get("seen", ""),
        "to": to,
        "from": request.POST.get(f"from_{to}", ""),
        "template": chosen.key if chosen else "",
        **blanks,
    }
    return draw_case(request, case_id, given=given)


def _chosen(request: MemberRequest, case_id: UUID, audience: str) -> Template | None:
    """Return the template asked for, if it is one that can be sent in this conversation."""
    to = uuid_in(request, f"to_{audience}")
    try:
        home = home_in(request.workspace.id, case_id, audience, conversation_id=to)
    except (CannotSend, Case.DoesNotExist) as error:
        raise Http404 from error
    channel = home.handles[0].channel if home.handles else home.addressed
    offered = templates_for(channel, Audience(audience), home.parent.sent_at, now()) or ()
    return next((one for one in offered if one.key == request.POST.get("template")), None)
