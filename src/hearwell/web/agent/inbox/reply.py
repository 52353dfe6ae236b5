"""Answering: send, keep the draft, take it back. Whatever speaks against sending is said first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Membership
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.inbox import acts
from hearwell.inbox import reply as story
from hearwell.inbox.reply import Reply
from hearwell.inbox.unsendable import CannotSend, Conflict, Unsendable
from hearwell.kit.text import clean
from hearwell.outbound.models import Delivery
from hearwell.outbound.queries import delivery_by_id
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.stops import stop_of
from hearwell.web.agent.inbox.wants import wants_part
from hearwell.web.components.writing import Stop

AUDIENCES: Final = frozenset({"public", "private", "team"})
CONFLICT, UNPROCESSABLE = 409, 422
MAX_DRAFT: Final = 200_000


def _typed(request: MemberRequest) -> str:
    """Return the text as typed: browsers send line ends as CRLF, networks count what is sent."""
    text = request.POST.get("text", "")
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))[0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@requires("note")
@require_POST
def send(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Send a reply or add a note. Nothing leaves here that was not said to leave."""
    audience = request.POST.get("audience", "")
    if audience not in AUDIENCES:
        raise Http404
    try:
        if audience == "team":
            acts.add_note(case_id, _typed(request), request.membership)
            conversations.discard_draft(case_id, request.membership.user_id, "team")
        else:
            story.send_reply(_reply(request, case_id, audience), request.membership)
            _solve_too(request, case_id)
    except Case.DoesNotExist as error:
        raise Http404 from error
    except acts.BadActError as error:
        stop = Stop("warn", _("Not added."), str(error))
        return _stopped(request, case_id, stop, UNPROCESSABLE)
    except Unsendable as refusal:
        status = CONFLICT if isinstance(refusal, Conflict) else UNPROCESSABLE
        return _stopped(request, case_id, stop_of(refusal), status)
    if not wants_part(request):
        return redirect(f"{reverse('case', args=[case_id])}?as={audience}")
    return draw_case(request, case_id, given={"audience": audience})


def _reply(request: MemberRequest, case_id: UUID, audience: str) -> Reply:
    version, key = request.POST.get("version", ""), _uuid(request.POST.get("key", ""))
    if key is None:
        problem = _("The form was not whole. Load the page again; your text is kept as a draft.")
        raise CannotSend.because(code="form", message=problem)
    return Reply(
        case_id=case_id,
        text=_typed(request),
        audience=audience,
        key=key,
        seen_version=int(version) if version.isdecimal() else 0,
        seen_message_id=_uuid(request.POST.get("seen", "")),
        is_holding=request.POST.get("holding") == "1",
        confirm=request.POST.get("anyway") == "1",
    )


def _solve_too(request: MemberRequest, case_id: UUID) -> None:
    """Close the case with the reply, if asked; a reply that was sent is never undone by this."""
    if request.POST.get("solve") != "1":
        return
    try:
        acts.close_case(case_id, "solved", request.membership)
    except (acts.BadActError, acts.CaseMovedError, acts.NotAllowedError):
        messages.warning(request, _("Sent, but the case could not be solved."))


def _stopped(request: MemberRequest, case_id: UUID, stop: Stop, status: int) -> HttpResponse:
    """Show why nothing was sent, with the text where it was."""
    given: Mapping[str, str] = {
        "audience": request.POST.get("audience", ""),
        "text": _typed(request),
        "key": request.POST.get("key", ""),
        "holding": request.POST.get("holding", ""),
        "version": request.POST.get("version", ""),
        "seen": request.POST.get("seen", ""),
    }
    return draw_case(request, case_id, stop=stop, given=given, status=status)


@requires("note")
@require_POST
def draft(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Keep what is being written; an empty text forgets it."""
    audience, text = request.POST.get("audience", ""), _typed(request)
    if audience not in AUDIENCES or len(text) > MAX_DRAFT:
        return HttpResponse(status=UNPROCESSABLE)
    if not Case.objects.filter(workspace_id=request.workspace.id, id=case_id).exists():
        raise Http404
    conversations.save_draft(case_id, request.membership.user_id, audience, text)
    return HttpResponse(status=204)


@requires("reply")
@require_POST
def undo(request: MemberRequest, delivery_id: UUID) -> HttpResponse:
    """Take a reply back; its words are a draft again."""
    delivery = Delivery.objects.filter(workspace_id=request.workspace.id, id=delivery_id).first()
    if delivery is None:
        raise Http404
    try:
        is_back = story.undo(delivery_id, request.membership)
    except Unsendable as refusal:
        is_back = False
        messages.error(request, refusal.message)
    case_id = delivery.context.get("case_id")
    if not wants_part(request):
        said = _("Not sent. Your text is a draft again.") if is_back else _("It had left already.")
        messages.info(request, said)
        return redirect("case", case_id) if case_id else redirect("inbox")
    response = HttpResponse(status=204)
    told = {"delivery": str(delivery_id), "case": case_id, "isBack": is_back}
    response["HX-Trigger"] = json.dumps({"hw:undone": told})
    return response


def _delivery(request: MemberRequest, delivery_id: UUID) -> Delivery:
    delivery = delivery_by_id(request.workspace.id, delivery_id)
    if delivery is None:
        raise Http404
    return delivery


@requires("reply")
@require_POST
def settle(request: MemberRequest, delivery_id: UUID) -> HttpResponse:
    """Decide about a reply that went stale, was held back, failed, or may have been posted."""
    delivery, by = _delivery(request, delivery_id), request.membership
    case_id = _uuid(str(delivery.context.get("case_id", "")))
    if case_id is None:
        raise Http404
    ways: Mapping[str, Callable[[], object]] = {
        "anyway": lambda: story.send_anyway(delivery_id, by),
        "again": lambda: story.send_again(delivery_id, by),
        "posted": lambda: story.resolve_as_posted(delivery_id, "", by),
        "give_up": lambda: story.give_up(delivery_id, by),
        "release": lambda: story.release([delivery_id], by),
        "redraft": lambda: _redraft(delivery, case_id, by),
    }
    act = ways.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        if not act():
            messages.info(request, _("Nothing was changed: it was settled already."))
    except Unsendable as refusal:
        messages.error(request, refusal.message)
    return draw_case(request, case_id) if wants_part(request) else redirect("case", case_id)


def _redraft(delivery: Delivery, case_id: UUID, by: Membership) -> bool:
    """Put the words of a failed reply back where they were written."""
    typed = str(delivery.context.get("typed") or delivery.draft["text"])
    conversations.save_draft(case_id, by.user_id, delivery.draft["audience"], typed)
    return True
