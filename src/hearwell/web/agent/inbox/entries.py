"""What is carried in and out by hand: the form for a message seen, the note of an answer given."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.models import Case
from hearwell.inbox import acts, byhand
from hearwell.inbox.byhand import Answered, BadEntryError, Seen
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean
from hearwell.web.agent.inbox.byhand import NOT_REACHED, REACHED, AnsweredForm, SeenForm
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.wants import wants_part

UNPROCESSABLE: Final = 422


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def new_case(request: MemberRequest) -> HttpResponse:
    """Take in a message that somebody saw, and show its case."""
    if request.method != "POST":
        first = {"key": uuid7(), "link": request.GET.get("link", "")}
        return _draw(request, SeenForm(initial=first))
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _draw(request, form, UNPROCESSABLE)
    try:
        case_id = byhand.log_message(_seen(request, form.cleaned_data), request.membership)
    except BadEntryError as error:
        form.add_error(error.field, str(error))
        return _draw(request, form, UNPROCESSABLE)
    return redirect("case", case_id)


def _draw(request: MemberRequest, form: SeenForm, status: int = 200) -> HttpResponse:
    context = {"section": "inbox", "form": form}
    return render(request, "hearwell/inbox/new.html", context, status=status)


def _seen(request: MemberRequest, given: dict[str, Any]) -> Seen:
    return Seen(
        key=given["key"],
        text=clean(given["text"])[0],
        link=given["link"],
        network=given["network"],
        handle=clean(given["handle"])[0],
        name=clean(given["name"])[0],
        is_private=given["is_private"],
        kind=given["kind"],
        at=_local(request, given["at"]),
    )


def _local(request: MemberRequest, at: datetime | None) -> datetime | None:
    """Read a time as the workspace's clock on the wall shows it."""
    zone = ZoneInfo(request.workspace.time_zone)
    return at.replace(tzinfo=zone) if at else None


@requires("reply")
@require_POST
def note_answer(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Note an answer that was given outside; what was typed stays where something is wrong."""
    form = AnsweredForm(request.POST, prefix="noted")
    if form.is_valid() and _noted(request, case_id, form):
        if not wants_part(request):
            messages.success(request, _told_of(form))
            return redirect("case", case_id)
        return draw_case(request, case_id)
    return draw_case(request, case_id, noted=form, status=UNPROCESSABLE)


def _told_of(form: AnsweredForm) -> str:
    if form.cleaned_data["way"] == NOT_REACHED:
        return _("Noted for the team. The clocks go on running.")
    return _("Noted. The clocks count it.")


def _noted(request: MemberRequest, case_id: UUID, form: AnsweredForm) -> bool:
    given, text = form.cleaned_data, clean(form.cleaned_data["text"])[0].strip()
    if given["way"] == NOT_REACHED:
        said = _("We called; nobody answered.")
        return _left_as_note(request, case_id, f"{said}\n\n{text}".strip(), form)
    if given["way"] == REACHED:
        said = _("We called, and spoke.")
        text = f"{said}\n\n{text}".strip()
    answer = Answered(
        key=given["key"],
        case_id=case_id,
        text=text,
        link=given["link"],
        at=_local(request, given["at"]),
    )
    try:
        byhand.note_answer(answer, request.membership)
    except Case.DoesNotExist as error:
        raise Http404 from error
    except BadEntryError as error:
        form.add_error(error.field, str(error))
        return False
    return True


def _left_as_note(request: MemberRequest, case_id: UUID, words: str, form: AnsweredForm) -> bool:
    """Note a call that reached nobody: it answers nothing."""
    try:
        acts.add_note(case_id, words, request.membership, key=form.cleaned_data["key"])
    except Case.DoesNotExist as error:
        raise Http404 from error
    except acts.BadActError as error:
        form.add_error("text", str(error))
        return False
    return True
