"""Escalated cases: who is asked, who has them, and the one click that accepts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.conversations.models import Case
from hearwell.escalation import queries, services
from hearwell.escalation.models import Escalation, EscalationMove, EscalationState
from hearwell.escalation.rules import Place
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.web.agent.incidents.views import names_of
from hearwell.web.components.clocks import duration
from hearwell.web.components.escalation import LEVELS, PASSED, WHYS, Names


@dataclass(frozen=True)
class Face:
    """An escalation as drawn."""

    id: UUID
    case_id: UUID
    label: str
    title: str
    level: int
    level_word: str
    why: str
    remark: str
    raised_at: datetime
    raised_by: str
    state: str
    state_word: str
    asked: str
    owner: str
    due_at: datetime | None
    left: str
    is_late_resort: bool
    is_given: bool
    passed: list[str]
    outcome: str
    may_accept: bool
    may_finish: bool
    may_sign: bool
    may_withdraw: bool


def faces_of(request: MemberRequest, found: Sequence[Escalation], names: Names) -> list[Face]:
    """Put escalations into words; two queries for all, and one for each that is to be signed."""
    place, me = request.workspace.id, request.membership
    cases = queries.cases_in(place, {one.case_id for one in found})
    moves: dict[UUID, list[EscalationMove]] = {}
    for move in queries.moves_of(place, [one.id for one in found]):
        moves.setdefault(move.escalation_id, []).append(move)
    return [
        _face(one, cases[one.case_id], moves.get(one.id, []), names, me)
        for one in found
        if one.case_id in cases
    ]


def _face(
    one: Escalation, case: Case, moves: Sequence[EscalationMove], names: Names, me: Membership
) -> Face:
    asked: list[str] = next((move.user_ids for move in reversed(moves) if move.user_ids), [])
    left = (one.due_at - now()).total_seconds() if one.due_at else 0
    is_last = one.steps[one.step]["place"] == Place.LAST
    leads = can(me.role, "approve")
    return Face(
        id=one.id,
        case_id=one.case_id,
        label=f"HW-{case.number}",
        title=case.title or case.preview[:120],
        level=one.level,
        level_word=str(LEVELS[one.level]),
        why=str(WHYS[one.why]),
        remark=one.remark,
        raised_at=one.raised_at,
        raised_by=names.person(one.raised_by_id) if one.raised_by_id else "",
        state=one.state,
        state_word=str(EscalationState(one.state).label),
        asked=", ".join(names.person(user_id) for user_id in asked),
        owner=names.person(one.owner_id) if one.owner_id else "",
        due_at=one.due_at,
        left=duration(left) if left > 0 else "",
        is_late_resort=is_last and one.is_unclaimed,
        is_given=one.state == EscalationState.GIVEN,
        passed=[_passed(move, names) for move in moves if move.what == "passed"],
        outcome=one.outcome,
        may_accept=one.is_unclaimed and services.may_accept(one, me),
        may_finish=one.state == EscalationState.ACCEPTED and (one.owner_id == me.user_id or leads),
        may_sign=one.state == EscalationState.SIGNING and me.user_id in services.signers_of(one),
        may_withdraw=one.is_unclaimed and (one.raised_by_id == me.user_id or leads),
    )


def _passed(move: EscalationMove, names: Names) -> str:
    return _("Passed over: %(who)s, %(why)s") % {
        "who": names.target(str(move.data.get("target", ""))),
        "why": PASSED.get(str(move.data.get("why", "")), ""),
    }


@requires("read")
@require_safe
def escalations(request: MemberRequest) -> HttpResponse:
    """Show the cases that are escalated: those for this person first."""
    found = queries.escalations_of(request.workspace.id)
    names, me = names_of(request, with_teams=True), request.membership.user_id
    mine = {
        one.id
        for one in found
        if one.owner_id == me or (one.is_unclaimed and str(me) in one.asked_ids)
    }
    drawn = faces_of(request, found, names)
    context = {
        "section": "incidents",
        "mine": [face for face in drawn if face.id in mine],
        "others": [face for face in drawn if face.id not in mine],
        "may_choose": can(request.membership.role, "manage_settings"),
    }
    return render(request, "hearwell/incidents/escalations.html", context)


@requires("note")
@require_POST
def act(request: MemberRequest, escalation_id: UUID) -> HttpResponse:
    """Accept an escalation, say it is done, sign it off, send it back, or withdraw it."""
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise Http404
    one: Escalation | None = None
    try:
        one, said = chosen(request, escalation_id)
    except services.UnknownEscalationError as error:
        raise Http404 from error
    except services.HasOwnerError as error:
        who = names_of(request).person(error.owner_id)
        messages.warning(request, _("%(name)s has accepted it already.") % {"name": who})
    except services.NotYoursError:
        messages.error(request, _("That is for those who are asked, or a lead. Nothing was done."))
    except services.SettledError:
        messages.warning(request, _("It stands elsewhere by now. Nothing was done."))
    else:
        messages.success(request, said)
    if request.POST.get("back") == "case" and one is not None:
        return redirect("case", one.case_id)
    return redirect("escalations")


Done = tuple[Escalation, str]


def _accept(request: MemberRequest, escalation_id: UUID) -> Done:
    return services.accept(escalation_id, request.membership), _("It is yours. Thank you.")


def _finish(request: MemberRequest, escalation_id: UUID) -> Done:
    outcome = clean(request.POST.get("outcome", ""))[0]
    one = services.finish(escalation_id, request.membership, outcome)
    if one.state == EscalationState.SIGNING:
        return one, _("Whoever signs it off is asked now.")
    return one, _("Done.")


def _sign(request: MemberRequest, escalation_id: UUID) -> Done:
    one = services.sign_off(escalation_id, request.membership, is_good=True)
    return one, _("Signed off. Done.")


def _send_back(request: MemberRequest, escalation_id: UUID) -> Done:
    remark = clean(request.POST.get("outcome", ""))[0]
    one = services.sign_off(escalation_id, request.membership, is_good=False, remark=remark)
    return one, _("Sent back to its owner.")


def _withdraw(request: MemberRequest, escalation_id: UUID) -> Done:
    return services.withdraw(escalation_id, request.membership), _("Taken back.")


_ACTS: Final[dict[str, Callable[[MemberRequest, UUID], Done]]] = {
    "accept": _accept,
    "finish": _finish,
    "sign": _sign,
    "send_back": _send_back,
    "withdraw": _withdraw,
}


@requires("read")
@require_safe
def standing(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say of a case who sees to it, and in which incident it is; empty where neither."""
    place = request.workspace.id
    case = Case.objects.filter(workspace_id=place, id=case_id).first()
    if case is None:
        raise Http404
    one = queries.open_escalation_of(place, case_id)
    inside = queries.incidents_with(place, case_id)
    ids = {incident.id for incident in inside}
    may_join = can(request.membership.role, "claim") and not case.is_historic
    current = queries.current_incidents(place) if may_join else []
    names = names_of(request, with_teams=True) if one else Names({}, {})
    context: dict[str, Any] = {
        "case": case,
        "escalation": next(iter(faces_of(request, [one], names)), None) if one else None,
        "inside": [incident for incident in inside if incident.is_current],
        "joinable": [incident for incident in current if incident.id not in ids][:3],
        "said": queries.approved_for_case(place, case_id),
        "may_join": may_join,
        "may_reply": can(request.membership.role, "reply"),
    }
    return render(request, "hearwell/incidents/standing.html", context)
