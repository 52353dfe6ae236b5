"""What an agent does with a case besides answering: each a small form, each one story of inbox.

Every act answers a plain form with a redirect to the case, and htmx with the case's panes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.contacts import services as contacts
from hearwell.conversations.models import Case
from hearwell.inbox import acts
from hearwell.inbox.snoozing import UnknownChoiceError, snooze_until
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.secondopinion.queries import opinion_of
from hearwell.triage import services as triage
from hearwell.triage.learning.accuracy import like_it
from hearwell.triage.models import Verdict
from hearwell.triage.queries import verdict_of_case
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.reasons import likely_kinds, reasons_of, sentiment_of
from hearwell.web.agent.inbox.wants import told, wants_part
from hearwell.web.agent.understanding.faces import alike_words
from hearwell.web.components.marks import KINDS


def acted(
    request: MemberRequest, case_id: UUID, act: Callable[[], object], said: str
) -> HttpResponse:
    """Do one act and show the case; a refusal is said in words, never as an error page."""
    _must_exist(request, case_id)
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


def _must_exist(request: MemberRequest, case_id: UUID) -> None:
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


@requires("tag")
@require_POST
def verdict(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say that triage's label is right, or which one is; the clocks follow."""
    value = request.POST.get("value", "") if request.POST.get("act") == "wrong" else ""
    value = request.POST.get("take", "") or value

    def act() -> None:
        judged = verdict_of_case(request.workspace.id, case_id)
        if judged is None:
            raise Http404
        kind = value or judged.kind
        acts.correct_kind(case_id, judged.message_id, kind, request.membership)

    try:
        return acted(request, case_id, act, _("Noted. Thank you."))
    except triage.BadCorrectionError as error:
        raise Http404 from error


@requires("read")
@require_safe
def why(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say why triage thinks so: fetched when somebody asks."""
    _must_exist(request, case_id)
    judged = verdict_of_case(request.workspace.id, case_id)
    opinion = opinion_of(request.workspace.id, judged.message_id) if judged else None
    context: dict[str, Any] = {
        "verdict": judged,
        "opinion": opinion,
        "opinion_kind": KINDS[opinion.kind].word if opinion else "",
        "opinion_percent": round(100 * (opinion.certainty or 0)) if opinion else None,
        "may_take": can(request.membership.role, "tag"),
    }
    if judged:
        context["reasons"] = reasons_of(judged.reasons)
        context["likely"] = likely_kinds(judged)
        context["sentiment"] = sentiment_of(judged)
        context["alike"] = alike_of(judged)
    return render(request, "hearwell/case/why.html", context)


def alike_of(judged: Verdict) -> str:
    """Say how often such a verdict was right here; empty where a person has spoken or nobody."""
    if judged.is_corrected:
        return ""
    certainty = judged.probabilities().get("kind", {}).get(judged.kind, judged.certainty)
    return alike_words(like_it(judged.workspace_id, judged.kind, certainty))


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
