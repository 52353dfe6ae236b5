"""What an agent does with a case besides answering: each a small form, each one story of inbox.

Every act answers a plain form with a redirect to the case, and htmx with the case's panes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.contacts import services as contacts
from hearwell.conversations.models import Case
from hearwell.inbox import acts
from hearwell.inbox.snoozing import UnknownChoiceError, snooze_until
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.wants import told, wants_part


def acted(
    request: MemberRequest, case_id: UUID, act: Callable[[], object], said: str
) -> HttpResponse:
    """Do one act and show the case; a refusal is said in words, never as an error page."""
    must_exist(request, case_id)
    try:
        act()
    except Case.DoesNotExist as error:
        raise Http404 from error
    except acts.TakenError as error:
        messages.warning(request, _taken(error))
    except acts.CaseMovedError:
        text = _("The case changed while you looked at it. Nothing was done; see what is new.")
        messages.warning(request, text)
    except acts.BadActError as error:
        messages.error(request, str(error))
    else:
        if wants_part(request):
            return told(draw_case(request, case_id), said)
        messages.success(request, said)
    if wants_part(request):
        return draw_case(request, case_id)
    return redirect("case", case_id)


def must_exist(request: MemberRequest, case_id: UUID) -> None:
    """Acts on many rows do nothing for an absent or foreign case; a person is told so."""
    if not Case.objects.filter(workspace_id=request.workspace.id, id=case_id).exists():
        raise Http404


def _taken(error: acts.TakenError) -> str:
    return _("%(name)s has taken this case.") % {"name": getattr(error, "name", "")}


@requires("claim")
@require_POST
def claim(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Take a case."""
    return acted(
        request, case_id, lambda: acts.claim_case(case_id, request.membership), _("It is yours.")
    )


@requires("claim")
@require_POST
def release(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Give a case back."""
    return acted(
        request, case_id, lambda: acts.release_case(case_id, request.membership), _("Given back.")
    )


@requires("assign")
@require_POST
def assign(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Make somebody responsible, or nobody."""
    chosen = request.POST.get("user", "")
    user_id = _uuid(chosen) if chosen else None
    return acted(
        request,
        case_id,
        lambda: acts.assign_case([case_id], user_id, request.membership),
        _("Assigned."),
    )


@requires("close")
@require_POST
def close(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Close a case with a reason, unless it changed since the person looked."""
    expected = whole_number(request.POST.get("version"), digits=9)
    reason = request.POST.get("reason", "")
    return acted(
        request,
        case_id,
        lambda: acts.close_case(case_id, reason, request.membership, expected_version=expected),
        _("Solved."),
    )


@requires("close")
@require_POST
def reopen(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Bring a closed or snoozed case back."""

    def act() -> None:
        case = Case.objects.get(workspace_id=request.workspace.id, id=case_id)
        if case.status == "snoozed":
            acts.wake_case(case_id, request.membership)
        else:
            acts.reopen_case(case_id, request.membership)

    return acted(request, case_id, act, _("It is open again."))


@requires("close")
@require_POST
def snooze(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Put a case away until later."""
    zone = ZoneInfo(request.workspace.time_zone)
    try:
        until = snooze_until(request.POST.get("until", ""), zone, now())
    except UnknownChoiceError as error:
        raise Http404 from error
    return acted(
        request,
        case_id,
        lambda: acts.snooze_case(case_id, until, request.membership),
        _("Snoozed. It comes back at once if the customer writes."),
    )


@requires("tag")
@require_POST
def tag(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Put a label on."""
    names = [clean(request.POST.get("tag", ""))[0].strip()[:60]]
    return acted(
        request,
        case_id,
        lambda: acts.tag_case([case_id], [n for n in names if n], request.membership),
        _("The label is on."),
    )


@requires("tag")
@require_POST
def untag(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Take a label off."""
    names = [clean(request.POST.get("tag", ""))[0]]
    return acted(
        request,
        case_id,
        lambda: acts.untag_case([case_id], names, request.membership),
        _("The label is off."),
    )


@requires("note")
@require_POST
def contact_note(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Keep a note on the customer."""
    text = clean(request.POST.get("text", ""))[0].strip()[:2000]

    def act() -> None:
        case = Case.objects.get(workspace_id=request.workspace.id, id=case_id)
        if text and case.contact_id:
            user = cast("User", request.user)
            contacts.add_note(request.workspace.id, case.contact_id, user.id, text)

    return acted(request, case_id, act, _("The note is kept."))


@requires("note")
@require_POST
def contact_tier(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Call the customer by a tier, which promises can be made to."""

    def act() -> None:
        case = Case.objects.get(workspace_id=request.workspace.id, id=case_id)
        if case.contact_id:
            tier = request.POST.get("tier", "")
            contacts.call_tier(request.workspace.id, case.contact_id, tier)

    return acted(request, case_id, act, _("Saved."))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
