"""What is done about an incident: each a small form that leads back to its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.escalation import queries, services
from hearwell.escalation.models import Incident, IncidentState, IncidentTask, Statement
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.web.agent.inbox.typing import typed, uuid_in
from hearwell.web.agent.incidents.faces import line_of, title_of
from hearwell.web.agent.incidents.views import draw_incident, incident_or_404, names_of
from hearwell.web.components.clocks import duration

UNPROCESSABLE: Final = 422
_WHY: Final[dict[str, str | Promise]] = {
    "own": gettext_lazy("You wrote this text: somebody else signs it."),
    "other": gettext_lazy("This part is not yours to sign."),
    "signed": gettext_lazy("This part is signed already."),
    "changed": gettext_lazy("There is a newer version: read that one."),
}
_FIELDS: Final[dict[str, str | Promise]] = {
    "title": gettext_lazy("Say in a few words what it is about."),
    "severity": gettext_lazy("Choose one of the levels 1 to 4."),
    "part": gettext_lazy("Somebody has to lead: name a person."),
    "user": gettext_lazy("Choose people who are members here."),
    "text": gettext_lazy("Write what is to be said."),
    "update_at": gettext_lazy("Promise the next update for a time to come."),
}
Act = Callable[[MemberRequest, Incident], str]


def _need(by: Membership, action: str) -> None:
    if not can(by.role, action):
        raise PermissionDenied(action)


@requires("approve")
@require_POST
def new_incident(request: MemberRequest) -> HttpResponse:
    """Open an incident by hand; with the case it is about, where it comes from one."""
    case_id = uuid_in(request, "case")
    try:
        made = services.open_incident(
            clean(request.POST.get("title", ""))[0],
            _level(request),
            request.membership,
            [case_id] if case_id else [],
        )
    except services.BadIncidentError as error:
        messages.error(request, str(_FIELDS[error.field]))
        return redirect("incidents")
    messages.success(request, _("%(incident)s is live. You lead it.") % {"incident": made})
    return redirect("incident", made.number)


def _level(request: MemberRequest) -> int:
    return whole_number(request.POST.get("severity"), digits=1) or 0


@requires("note")
@require_POST
def act(request: MemberRequest, number: int) -> HttpResponse:
    """Do one of the things that are done about an incident."""
    incident = incident_or_404(request, number)
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise Http404
    try:
        said = chosen(request, incident)
    except (services.BadIncidentError, services.BadStatementError) as error:
        words = str(_FIELDS[error.field])
        kept = {"text": typed(request)}
        return draw_incident(request, incident, error=words, typed=kept, status=UNPROCESSABLE)
    except services.MayNotSignError as error:
        messages.error(request, str(_WHY[error.why]))
    except services.WrongStateError:
        text = _("Somebody was faster: see how it stands now. Nothing was done.")
        messages.warning(request, text)
    except services.EmptyEntryError:
        messages.error(request, _("Nothing was written."))
    except (IncidentTask.DoesNotExist, Statement.DoesNotExist) as error:
        raise Http404 from error
    else:
        messages.success(request, said)
    return redirect("incident", number)


def _open(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    title = clean(request.POST.get("title", ""))[0]
    services.open_proposal(incident.id, request.membership, title, _level(request))
    return _("It is live. You lead it.")


def _dismiss(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    services.dismiss(incident.id, request.membership)
    return _("Dismissed. You can take that back below.")


def _bring_back(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    services.bring_back(incident.id, request.membership)
    return _("It is proposed again.")


def _set_level(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    why = clean(request.POST.get("why", ""))[0]
    services.set_level(incident.id, _level(request), request.membership, why)
    return _("The level is set. Its clocks begin now.")


def _stop(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "kill_switch")
    is_on = request.POST.get("stop") == "on"
    changed = services.press_stop(incident.id, request.membership, is_on=is_on)
    if not changed:
        return _("It stood so already: a colleague was faster.")
    if is_on:
        return _("Planned and automatic posts are stopped. Replies to customers still go out.")
    return _("Posts may go out again. What was held waits until somebody has reviewed it.")


def _log(request: MemberRequest, incident: Incident) -> str:
    services.log_entry(
        incident.id, request.membership, request.POST.get("kind", "fact"), typed(request)
    )
    return _("It stands in the log.")


def _part(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    services.hand_over(
        incident.id,
        request.POST.get("part", ""),
        uuid_in(request, "user"),
        uuid_in(request, "deputy"),
        request.membership,
    )
    return _("Saved. The log says so.")


def _tick(request: MemberRequest, incident: Incident) -> str:
    task_id = uuid_in(request, "task")
    if task_id is None or not _is_of(IncidentTask.objects, incident, task_id):
        raise IncidentTask.DoesNotExist
    is_done = request.POST.get("done") == "1"
    services.tick(task_id, request.membership, is_done=is_done)
    return _("Done.") if is_done else _("Not done after all.")


def _is_of(rows: Any, incident: Incident, row_id: UUID) -> bool:
    return bool(
        rows.filter(workspace_id=incident.workspace_id, incident_id=incident.id, id=row_id).exists()
    )


def _write(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    at = _time(request.POST.get("update_at", ""), ZoneInfo(request.workspace.time_zone))
    services.write_statement(incident.id, request.membership, typed(request), at)
    return _("Written. Those who sign it are asked now.")


def _time(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
    except ValueError as error:
        raise services.BadStatementError(field="update_at") from error


def _sign(request: MemberRequest, incident: Incident) -> str:
    statement_id = _statement_id(request, incident)
    is_good = request.POST.get("sign") == "yes"
    services.sign(
        statement_id,
        request.POST.get("part", ""),
        request.POST.get("digest", ""),
        request.membership,
        remark=clean(request.POST.get("remark", ""))[0],
        is_good=is_good,
    )
    return _("Signed.") if is_good else _("Sent back to its writer.")


def _statement_id(request: MemberRequest, incident: Incident) -> UUID:
    statement_id = uuid_in(request, "statement")
    if statement_id is None or not _is_of(Statement.objects, incident, statement_id):
        raise Statement.DoesNotExist
    return statement_id


def _published(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    where = clean(request.POST.get("where", ""))[0]
    services.note_published(_statement_id(request, incident), where, request.membership)
    return _("Noted. You are reminded when the promised update is due.")


def _end(request: MemberRequest, incident: Incident) -> str:
    _need(request.membership, "approve")
    services.end_incident(incident.id, request.membership)
    return _("It is over. Within two days, write down what you learned.")


_ACTS: Final[Mapping[str, Act]] = {
    "open": _open,
    "dismiss": _dismiss,
    "bring_back": _bring_back,
    "level": _set_level,
    "stop": _stop,
    "log": _log,
    "part": _part,
    "tick": _tick,
    "write": _write,
    "sign": _sign,
    "published": _published,
    "end": _end,
}


@requires("read")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: MemberRequest, number: int) -> HttpResponse:
    """Show what happened and how fast, and keep what was learned."""
    incident = incident_or_404(request, number)
    if incident.state != IncidentState.ENDED:
        return redirect("incident", number)
    place = request.workspace.id
    if request.method == "POST":
        _need(request.membership, "approve")
        form = {key: clean(request.POST.get(key, ""))[0] for key in _LEARNED}
        services.write_review(
            incident.id, request.membership, is_held=request.POST.get("held") == "1", **form
        )
        messages.success(request, _("Kept."))
        return redirect("incident_review", number)
    entries, names = queries.log_of(place, incident.id), names_of(request)
    context = {
        "section": "incidents",
        "incident": incident,
        "title": title_of(incident),
        "review": queries.review_of(place, incident.id),
        "steps": _steps(incident, queries.milestones(incident, entries)),
        "lines": [line_of(entry, names) for entry in reversed(entries)],
        "names": names,
        "may_write": can(request.membership.role, "approve"),
        **_caught(incident),
    }
    return render(request, "hearwell/incidents/review.html", context)


_LEARNED: Final = ("went_well", "went_badly", "to_change")
_STEPS: Final[dict[str, str | Promise]] = {
    "began": gettext_lazy("First said"),
    "found": gettext_lazy("Noticed"),
    "opened": gettext_lazy("Opened by a person"),
    "stopped": gettext_lazy("Planned posts stopped"),
    "published": gettext_lazy("First statement published"),
    "ended": gettext_lazy("Over"),
}


def _steps(
    incident: Incident, milestones: Mapping[str, datetime]
) -> list[tuple[str, datetime, str]]:
    """Return each step, when it was, and how long after the first word."""
    return [
        (str(_STEPS[name]), at, duration(max(0.0, (at - incident.began_at).total_seconds())))
        for name, at in sorted(milestones.items(), key=lambda pair: pair[1])
    ]


def _caught(incident: Incident) -> dict[str, object]:
    """Say what detected it."""
    is_by_spike = incident.found_by == "spike"
    words = _("The spike rule noticed it.") if is_by_spike else _("A person noticed it.")
    return {"detected": words, "delay": duration(queries.found_after(incident))}
