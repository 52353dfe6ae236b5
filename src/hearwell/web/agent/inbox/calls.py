"""Telephone calls on screen: note one, bring in a file of them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.channels.telling import told
from hearwell.connect.calls import CallError
from hearwell.conversations.models import Case
from hearwell.inbox.callfiles import MOST_BYTES, CallFile, CallFileError, read_file
from hearwell.inbox.calls import log_calls, read_call
from hearwell.kit.e164 import e164
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean
from hearwell.web.agent.inbox.callforms import CallFileForm, CallForm

UNPROCESSABLE: Final = 422
# Of a preview: enough to see whether the columns were understood.
SHOWN: Final = 100


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def new_call(request: MemberRequest) -> HttpResponse:
    """Note a call, and show its case."""
    if request.method != "POST":
        return _draw(request, CallForm(initial=_first(request)))
    form = CallForm(request.POST)
    if not form.is_valid():
        return _draw(request, form, UNPROCESSABLE)
    try:
        call = read_call(_told(request, form.cleaned_data), key=str(form.cleaned_data["key"]))
    except CallError as error:
        form.add_error(error.field if error.field in form.fields else "number", told(str(error)))
        return _draw(request, form, UNPROCESSABLE)
    noted = log_calls([(call, "")], request.membership)
    if noted.case_id is None:
        messages.success(request, _("Noted. There is no case of this number that waits for it."))
        return redirect("inbox")
    return redirect("case", noted.case_id)


def _first(request: MemberRequest) -> dict[str, Any]:
    """Return what is known before anything is typed: of a case, whom it is with."""
    asked = request.GET
    first: dict[str, Any] = {
        "key": uuid7(),
        "number": e164(asked.get("number", "")) or "",
        "direction": "out" if asked.get("direction") == "out" else "in",
        "outcome": "callback" if asked.get("outcome") == "callback" else "reached",
    }
    case = _case(request, asked.get("case", ""))
    if case is None:
        return first
    name = case.contact.name if case.contact else ""
    words = _("From case #%(number)s: %(title)s") % {"number": case.number, "title": case.title}
    return first | {"name": name, "notes": words}


def _case(request: MemberRequest, given: str) -> Case | None:
    try:
        wanted = UUID(given)
    except ValueError:
        return None
    cases = Case.objects.filter(workspace_id=request.workspace.id, id=wanted)
    return cases.select_related("contact").first()


def _told(request: MemberRequest, given: dict[str, Any]) -> dict[str, str]:
    at = given["started_at"]
    zone = ZoneInfo(request.workspace.time_zone)
    names = ("direction", "outcome", "number", "name", "duration_s", "notes", "recording_url")
    texts = {name: clean(given[name])[0] for name in names}
    return texts | ({"started_at": at.replace(tzinfo=zone).isoformat()} if at else {})


def _draw(request: MemberRequest, form: CallForm, status: int = 200) -> HttpResponse:
    context = {"section": "inbox", "form": form}
    return render(request, "hearwell/inbox/new_call.html", context, status=status)


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def new_calls(request: MemberRequest) -> HttpResponse:
    """Show what a file of calls says; take it in once it was looked at and nothing is wrong."""
    if request.method != "POST":
        return _draw_file(request, CallFileForm())
    form = CallFileForm(request.POST, request.FILES)
    form.is_valid()
    body = _body(request, form)
    try:
        found = read_file(
            body, zone=request.workspace.time_zone, country=form.cleaned_data.get("country", "")
        )
    except CallFileError as error:
        form.add_error("file", _(str(error)) if body else _("Choose a file."))
        return _draw_file(request, form, status=UNPROCESSABLE)
    if found.wrong or not found.calls or request.POST.get("act") != "take":
        status = UNPROCESSABLE if found.wrong else 200
        return _draw_file(request, form, found, body.decode("utf-8-sig"), status=status)
    is_past = form.cleaned_data.get("is_past", False)
    noted = log_calls(found.calls, request.membership, is_past=is_past)
    messages.success(request, _("New messages: %(n)s.") % {"n": noted.fresh})
    return redirect("inbox")


def _body(request: MemberRequest, form: CallFileForm) -> bytes:
    """Return the file just chosen, or the one that was looked at before."""
    chosen = request.FILES.get("file")
    if chosen is not None:
        return bytes(chosen.read(MOST_BYTES + 1))
    return str(form.cleaned_data.get("body") or "").encode("utf-8", "replace")


def _draw_file(
    request: MemberRequest,
    form: CallFileForm,
    found: CallFile | None = None,
    body: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "section": "inbox",
        "form": form,
        "found": found,
        "body": body,
        "wrong": [(line, told(line.wrong)) for line in found.wrong[:SHOWN]] if found else [],
        "shown": found.lines[:SHOWN] if found else [],
    }
    return render(request, "hearwell/inbox/new_calls.html", context, status=status)
