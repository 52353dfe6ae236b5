"""Answering: send, keep the draft, take it back. Whatever speaks against sending is said first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.models import Case
from hearwell.conversations.queries import case_rows
from hearwell.inbox import acts
from hearwell.inbox import reply as story
from hearwell.inbox.drafts import is_sent, keep_draft
from hearwell.inbox.reply import Reply
from hearwell.inbox.unsendable import AlreadySent, CannotSend, Conflict, Unsendable
from hearwell.kit.ids import uuid7
from hearwell.kit.numbers import whole_number
from hearwell.outbound.models import Delivery
from hearwell.outbound.queries import delivery_by_id, waiting_files
from hearwell.outbound.rules import State
from hearwell.web.agent.inbox.attaching import take_files
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.saved import go_on
from hearwell.web.agent.inbox.stops import stop_of
from hearwell.web.agent.inbox.typing import AUDIENCES, MAX_DRAFT, typed, uuid_in, uuid_of
from hearwell.web.agent.inbox.wants import telling, wants_part
from hearwell.web.components.writing import Stop

CONFLICT, UNPROCESSABLE = 409, 422
LONGEST_OVERRIDES = 2000


@requires("note")
@require_POST
def send(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Send a reply or add a note. Nothing leaves here that was not said to leave."""
    audience = request.POST.get("audience", "")
    if audience not in AUDIENCES:
        raise Http404
    try:
        delivery = _say(request, case_id, audience)
    except Case.DoesNotExist as error:
        raise Http404 from error
    except acts.BadActError as error:
        stop = Stop("warn", _("Not added."), str(error))
        return _stopped(request, case_id, stop, UNPROCESSABLE)
    except Unsendable as refusal:
        status = CONFLICT if isinstance(refusal, Conflict | AlreadySent) else UNPROCESSABLE
        return _stopped(request, case_id, stop_of(refusal), status, is_taken=_is_taken(refusal))
    if not wants_part(request):
        return redirect(f"{reverse('case', args=[case_id])}?as={audience}")
    response = draw_case(request, case_id, given={"audience": audience})
    return telling(response, "hw:sent", {"delivery": str(delivery.id) if delivery else None})


def _say(request: MemberRequest, case_id: UUID, audience: str) -> Delivery | None:
    """Add the note, or queue the reply and return its delivery."""
    if audience == "team":
        key = uuid_in(request, "key")
        if key is not None and waiting_files(request.workspace.id, key):
            words = _("A note takes no files. Remove them, or choose who else shall read this.")
            raise CannotSend.because(code="file", message=words)
        acts.add_note(case_id, typed(request), request.membership, key=key)
        return None
    reply = reply_in(request, case_id, audience)
    _take_files(request, reply)
    delivery = story.send_reply(reply, request.membership)
    if delivery.state == State.APPROVAL:
        messages.info(request, _handed_in(request))
    else:
        _solve_too(request, case_id)
        go_on(request, case_id)
    return delivery


def _handed_in(request: MemberRequest) -> str:
    """Say that a reply waits, and so does what was to be done with it."""
    if request.POST.get("solve") == "1" or request.POST.get("then"):
        return _(
            "Handed in. It goes out when somebody has approved it; the rest is left to you then."
        )
    return _("Handed in. It goes out when somebody has approved it.")


def _take_files(request: MemberRequest, reply: Reply) -> None:
    """Keep what the plain form brings along. Raises CannotSend; then nothing is sent without it.

    A form that is sent again has nothing to add: its reply has been queued.
    """
    if is_sent(request.workspace.id, reply.case_id, reply.key):
        return
    troubles = take_files(request, reply.case_id, reply.key)
    if troubles:
        raise CannotSend.because(code="file", message=" ".join(troubles))


def _is_taken(refusal: Unsendable) -> bool:
    """Say whether the key of this form is spent: the next reply needs a new one."""
    return isinstance(refusal, AlreadySent)


def reply_in(request: MemberRequest, case_id: UUID, audience: str) -> Reply:
    """Read a reply out of the composer's form. Raises CannotSend where the form is not whole."""
    key = uuid_in(request, "key")
    if key is None:
        problem = _("The form was not whole. Load the page again; your text is kept as a draft.")
        raise CannotSend.because(code="form", message=problem)
    to = uuid_in(request, f"to_{audience}")
    return Reply(
        case_id=case_id,
        text=typed(request),
        audience=audience,
        key=key,
        seen_version=whole_number(request.POST.get("version"), digits=9) or 0,
        seen_message_id=uuid_in(request, "seen"),
        conversation_id=to,
        channel_id=uuid_in(request, f"from_{to}") if to else None,
        is_holding=request.POST.get("holding") == "1",
        confirm=request.POST.get("anyway") == "1",
        is_undescribed=request.POST.get("undescribed") == "1",
        overrides=frozenset(_overrides(request)),
    )


def _overrides(request: MemberRequest) -> list[str]:
    """Return the warnings that are overridden: those of this press and of those before."""
    given = ",".join(request.POST.getlist("overrides"))
    return [token for token in given[:LONGEST_OVERRIDES].split(",") if token]


def _solve_too(request: MemberRequest, case_id: UUID) -> None:
    """Close the case with the reply, if asked; a reply that was sent is never undone by this."""
    if request.POST.get("solve") != "1":
        return
    try:
        acts.close_case(case_id, "solved", request.membership)
    except (acts.BadActError, acts.CaseMovedError, acts.NotAllowedError):
        messages.warning(request, _("Sent, but the case could not be solved."))


def _stopped(
    request: MemberRequest, case_id: UUID, stop: Stop, status: int, *, is_taken: bool = False
) -> HttpResponse:
    """Show why nothing was sent, with the text where it was; it is kept as a draft, too."""
    audience, text = request.POST.get("audience", ""), typed(request)
    key = (None if is_taken else uuid_in(request, "key")) or uuid7()
    if len(text) <= MAX_DRAFT:
        keep_draft(case_id, audience, text, key=key, by=request.membership)
    given: Mapping[str, str] = {
        "audience": audience,
        "text": text,
        "key": str(key),
        "holding": request.POST.get("holding", ""),
        "version": request.POST.get("version", ""),
        "seen": request.POST.get("seen", ""),
        "to": request.POST.get(f"to_{audience}", ""),
        "overrides": ",".join(_overrides(request)),
        "undescribed": request.POST.get("undescribed", ""),
        "from": request.POST.get(f"from_{request.POST.get(f'to_{audience}', '')}", ""),
    }
    response = draw_case(request, case_id, stop=stop, given=given, status=status)
    return telling(response, "hw:stopped", {"said": f"{stop.title} {stop.text}"})


@requires("note")
@require_POST
def draft(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Keep what is being written; an empty text forgets it. 409: it has been sent by now."""
    audience, text = request.POST.get("audience", ""), typed(request)
    if audience not in AUDIENCES or len(text) > MAX_DRAFT:
        return HttpResponse(status=UNPROCESSABLE)
    key = uuid_in(request, "key")
    try:
        is_kept = keep_draft(
            case_id,
            audience,
            text,
            key=key,
            by=request.membership,
            is_late=request.POST.get("late") == "1",
        )
    except Case.DoesNotExist as error:
        raise Http404 from error
    if not is_kept:
        return HttpResponse(status=CONFLICT)
    return HttpResponse(status=204)


@requires("reply")
@require_POST
def undo(request: MemberRequest, delivery_id: UUID) -> HttpResponse:
    """Take a reply back; its words are a draft again, and the answer says where."""
    delivery = _delivery(request, delivery_id)
    try:
        is_back = story.undo(delivery_id, request.membership)
        said = _undone(request, delivery) if is_back else _("It had left already.")
    except Unsendable as refusal:
        is_back, said = False, refusal.message
    case_id = delivery.context.get("case_id")
    home = f"{reverse('case', args=[case_id])}?as={delivery.draft['audience']}" if case_id else ""
    if request.headers.get("Accept") != "application/json":
        (messages.info if is_back else messages.warning)(request, said)
        return redirect(home or reverse("inbox"))
    rows = case_rows(request.workspace.id, [UUID(case_id)]) if case_id else []
    place = {"case": case_id, "url": home, "name": rows[0].contact_name if rows else ""}
    return JsonResponse({"isBack": is_back, "said": said, **place})


def _undone(request: MemberRequest, delivery: Delivery) -> str:
    if delivery.author_id == request.membership.user_id:
        return _("Not sent. Your text is a draft again.")
    name = delivery.context.get("author_name", "")
    return _("Not sent. %(name)s has the text back as a draft.") % {"name": name}


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
    case_id = uuid_of(str(delivery.context.get("case_id", "")))
    if case_id is None:
        raise Http404
    ways: Mapping[str, Callable[[], object]] = {
        "anyway": lambda: story.send_anyway(delivery_id, by),
        "again": lambda: story.send_again(delivery_id, by),
        "posted": lambda: story.resolve_as_posted(delivery_id, "", by),
        "give_up": lambda: story.give_up(delivery_id, by),
        "release": lambda: story.release([delivery_id], by),
        "recall": lambda: story.undo(delivery_id, by),
        "redraft": lambda: story.redraft(delivery_id, by),
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
