"""Incidents: the list, the page of one, and what was learned after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.escalation import queries
from hearwell.escalation.models import Incident, IncidentState
from hearwell.escalation.queries import (
    choice_of,
    current_incidents,
    incident_by_number,
    incidents_of,
)
from hearwell.escalation.roster import roster_of
from hearwell.escalation.services import stop_switch
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.outbound.queries import held
from hearwell.routing.queries import teams_of
from hearwell.spikes.queries import counts_around, spike_by_id
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.incidents.faces import (
    STATES,
    Signing,
    ladder_of,
    line_of,
    part_faces,
    row_of,
    statement_face,
    task_face,
    title_of,
)
from hearwell.web.agent.spikes.faces import chart_of, reason_words
from hearwell.web.components.clocks import duration
from hearwell.web.components.escalation import LEVELS, MEANINGS, Names
from hearwell.web.components.marks import KINDS
from hearwell.web.components.spikechart import Around, spike_bars

_NEWS_FOR: Final = timedelta(hours=24)
_BAR: Final = timedelta(minutes=15)


def names_of(request: MemberRequest, *, with_teams: bool = False) -> Names:
    """Return what people and, where asked for, teams are called here; one query each."""
    people = {key: one.name for key, one in colleagues(request).items()}
    teams = {one.id: one.name for one in teams_of(request.workspace.id)} if with_teams else {}
    return Names(people, teams)


def incident_or_404(request: MemberRequest, number: int) -> Incident:
    """Return an incident by its number."""
    found = incident_by_number(request.workspace.id, number)
    if found is None:
        raise Http404
    return found


@requires("read")
@require_safe
def incidents(request: MemberRequest) -> HttpResponse:
    """Show what is proposed and live, and what is over, the newest first."""
    place = request.workspace.id
    current = current_incidents(place)
    before = whole_number(request.GET.get("before"), digits=9)
    over = incidents_of(
        place,
        states=(IncidentState.ENDED, IncidentState.DISMISSED),
        before=before,
        limit=queries.MOST_LISTED + 1,
    )
    has_more, over = len(over) > queries.MOST_LISTED, over[: queries.MOST_LISTED]
    counts = queries.case_counts(place, [one.id for one in (*current, *over)])
    names = names_of(request)
    waiting = queries.waiting_for(place, request.membership.user_id)
    context = {
        "section": "incidents",
        "current": [row_of(one, counts.get(one.id, 0), names) for one in current],
        "over": [row_of(one, counts.get(one.id, 0), names) for one in over],
        "older": over[-1].number if has_more else None,
        "waiting": sum(one.is_unclaimed for one in waiting),
        "levels": _levels(2),
        "may_open": can(request.membership.role, "approve"),
        "may_choose": can(request.membership.role, "manage_settings"),
    }
    return render(request, "hearwell/incidents/list.html", context)


def _levels(chosen: int) -> list[tuple[int, Any, Any, bool]]:
    return [(int(key), word, MEANINGS[key], key == chosen) for key, word in LEVELS.items() if key]


@requires("read")
@require_safe
def incident(request: MemberRequest, number: int) -> HttpResponse:
    """Show the room of one incident."""
    return draw_incident(request, incident_or_404(request, number))


def draw_incident(
    request: MemberRequest,
    one: Incident,
    *,
    error: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show an incident; `typed` is what could not be kept, `error` says why."""
    place, role = request.workspace.id, request.membership.role
    names, moment = names_of(request), now()
    entries = queries.log_of(place, one.id)
    parts = queries.parts_of(place, one.id)
    context: dict[str, Any] = {
        "section": "incidents",
        "incident": one,
        "title": title_of(one),
        "state": STATES[one.state],
        "is_live": one.state == IncidentState.LIVE,
        "is_proposed": one.state == IncidentState.PROPOSED,
        "ladder": ladder_of(one, entries),
        "levels": _levels(one.severity),
        "lines": [line_of(entry, names) for entry in entries],
        "tasks": [task_face(task, names, moment) for task in queries.tasks_of(place, one.id)],
        "parts": part_faces(parts, names),
        "people": names.people,
        "may": {name: can(role, name) for name in ("approve", "kill_switch", "note", "claim")},
        "error": error,
        "typed": typed or {},
        **_statement(request, one, parts, names),
        **_cases(request, one),
        **_sight(one, ZoneInfo(request.workspace.time_zone)),
        **_stop(one, names),
    }
    context["tasks_done"] = sum(task.is_done for task in context["tasks"])
    return render(request, "hearwell/incidents/incident.html", context, status=status)


def _statement(request: MemberRequest, one: Incident, parts: Any, names: Names) -> dict[str, Any]:
    place = request.workspace.id
    versions = queries.statements_of(place, one.id)
    level = choice_of(place).levels[one.severity]
    due_at = one.level_at + timedelta(minutes=level.statement) if level.statement else None
    zone = ZoneInfo(request.workspace.time_zone)
    usual = now() + timedelta(minutes=level.update) if level.update else None
    told: dict[str, Any] = {
        "statement": None,
        "versions": len(versions),
        "statement_due_at": due_at,
        "update_suggested": f"{localtime(usual, zone):%Y-%m-%dT%H:%M}" if usual else "",
    }
    if versions:
        signing = Signing(
            request.membership.user_id,
            names,
            parts,
            queries.signatures_of(place, versions[0].id),
            roster_of(place, {}),
        )
        told["statement"] = statement_face(versions[0], signing)
    return told


def _cases(request: MemberRequest, one: Incident) -> dict[str, Any]:
    kinds = queries.kinds_in(request.workspace.id, one.id)
    return {
        "kinds": [
            (KINDS[kind].word if kind in KINDS else _("Other"), n, waiting, answered)
            for kind, n, waiting, answered in kinds
        ],
        "cases_n": sum(row[1] for row in kinds),
        "cases_waiting": sum(row[2] for row in kinds),
        "cases_answered": sum(row[3] for row in kinds),
    }


def _sight(one: Incident, zone: ZoneInfo) -> dict[str, Any]:
    """The chart of the spike that proposed it, else of what its cases said; and the reasons."""
    spike = spike_by_id(one.workspace_id, one.spike_id) if one.spike_id else None
    if spike is not None:
        chart = chart_of(spike, counts_around([spike])[spike.id], zone)
    else:
        chart = _bars(queries.said_in(one, _BAR), zone)
    return {
        "chart": chart,
        "reasons": reason_words(one.reasons),
        "spike": spike,
        "seen_after": duration(queries.found_after(one)),
    }


def _bars(said: Sequence[tuple[datetime, int]], zone: ZoneInfo) -> SafeString:
    if not said:
        return SafeString("")
    around = Around(
        counts=[n for _at, n in said],
        labels=[f"{localtime(at, zone):%H:%M}" for at, _n in said],
        first=0,
        last=len(said) - 1,
        usual=0.0,
    )
    return spike_bars(around, _("Messages in its cases, every 15 minutes"))


def _stop(one: Incident, names: Names) -> dict[str, Any]:
    switch = stop_switch(one) if one.state == IncidentState.LIVE else None
    waits = [row for row in held(one.workspace_id) if row.code == "kill_switch"] if switch else []
    return {
        "stop": switch,
        "stop_by": names.person(switch.by_id) if switch and switch.by_id else "",
        "stop_held": len(waits),
    }


@requires("approve")
@require_safe
def notice(request: MemberRequest) -> HttpResponse:
    """Name proposals nobody has decided about, and what is live; empty where there is none."""
    found = [
        one
        for one in current_incidents(request.workspace.id)
        if one.state == IncidentState.LIVE or one.found_at > now() - _NEWS_FOR
    ]
    told = [(one, STATES[one.state], title_of(one)) for one in found[:3]]
    return render(request, "hearwell/parts/incident_notice.html", {"incidents_new": told})
