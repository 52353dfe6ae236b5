"""From a case: escalate it, let it join an incident or leave it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.conversations.models import Case
from hearwell.conversations.queries import case_rows
from hearwell.escalation import queries, services
from hearwell.escalation.models import Statement
from hearwell.escalation.roster import roster_of
from hearwell.escalation.rules import next_turn, steps_from
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.web.agent.inbox.typing import uuid_in, uuid_of
from hearwell.web.components.escalation import LEVELS, MEANINGS, Names


@requires("claim")
@require_http_methods(["GET", "HEAD", "POST"])
def escalate(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show who would be asked at each severity, or escalate the case."""
    row = next(iter(case_rows(request.workspace.id, [case_id])), None)
    if row is None:
        raise Http404
    if request.method != "POST":
        return render(request, "hearwell/case/escalate.html", _choices(request, row))
    severity = whole_number(request.POST.get("severity"), digits=1)
    try:
        services.escalate(
            case_id,
            -1 if severity is None else severity,
            request.membership,
            clean(request.POST.get("remark", ""))[0],
        )
    except services.BadSeverityError:
        messages.error(request, _("Choose how grave it is."))
        return redirect("case_escalate", case_id)
    except services.NoSuchCaseError as error:
        raise Http404 from error
    messages.success(request, _("Escalated. Take it back above if it was not meant."))
    return redirect("case", case_id)


def _choices(request: MemberRequest, row: Any) -> dict[str, Any]:
    place = request.workspace.id
    roster = roster_of(place, queries.choice_of(place).parts)
    paths = queries.paths_for(queries.current_paths(place), row.kind)
    names = Names({key: one.name for key, one in roster.members.items()}, {})
    levels = []
    for severity, word in LEVELS.items():
        steps = steps_from(severity, paths)
        turn = next_turn(
            steps, 0, lambda target: roster.find(target, row.assignee_id), roster.last_resort()
        )
        who = ", ".join(names.person(user_id) for user_id in turn.asked)
        levels.append((int(severity), word, MEANINGS[severity], who, paths[severity].minutes))
    return {
        "section": "inbox",
        "case": row,
        "levels": levels,
        "known": queries.open_escalation_of(place, row.id),
    }


@requires("claim")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Offer the incidents that go on, or let a case join one or leave it."""
    place = request.workspace.id
    if request.method != "POST":
        row = next(iter(case_rows(place, [case_id])), None)
        if row is None:
            raise Http404
        ids = {one.id for one in queries.incidents_with(place, case_id)}
        context = {
            "section": "inbox",
            "case": row,
            "incidents": [(one, one.id in ids) for one in queries.current_incidents(place)],
            "levels": [(int(key), word) for key, word in LEVELS.items() if key],
            "may_open": can(request.membership.role, "approve"),
        }
        return render(request, "hearwell/case/join.html", context)
    incident_id = uuid_in(request, "incident")
    incident = queries.incident_by_id(place, incident_id) if incident_id else None
    if incident is None or not Case.objects.filter(workspace_id=place, id=case_id).exists():
        raise Http404
    try:
        if request.POST.get("act") == "leave":
            services.unlink_case(incident.id, case_id, request.membership)
            said = _("It is no longer in %(incident)s.")
        else:
            services.link_case(incident.id, case_id, request.membership)
            said = _("It is in %(incident)s now. Take it out above if it was not meant.")
    except Case.DoesNotExist as error:
        raise Http404 from error
    except services.WrongStateError:
        messages.warning(request, _("That incident is over. Nothing was done."))
    else:
        messages.success(request, said % {"incident": incident})
    return redirect("case", case_id)


def agreed_words(request: MemberRequest, case_id: UUID) -> str:
    """Return the approved statement that the address asks for, of an incident this case is in."""
    wanted = uuid_of(request.GET.get("agreed", ""))
    found: Statement | None = queries.approved_for_case(request.workspace.id, case_id)
    return found.text if found is not None and found.id == wanted else ""
