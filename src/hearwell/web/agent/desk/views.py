"""Who is here, how loaded, what waits and why; one's own presence; the next case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.inbox import atdesk
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.routing.board import Board, Member
from hearwell.routing.queries import Waiting, waiting_of
from hearwell.routing.rules import Presence
from hearwell.sla.calendars import current_calendars, open_among, opens_at
from hearwell.sla.models import Calendar
from hearwell.sla.rules import BadCalendarError
from hearwell.web.agent.inbox.wants import told, wants_part
from hearwell.web.components.routed import PRESENCES, WAITS, needs_words, skill_name

_ORDER: Final = {Presence.AVAILABLE: 0, Presence.BUSY: 1, Presence.AWAY: 2}


@dataclass(frozen=True)
class PersonHere:
    """A person on the page of who is here."""

    member: Member
    presence: str
    since: datetime | None
    teams: str
    skills: str


@dataclass(frozen=True)
class WaitLine:
    """Cases that wait, and why."""

    team: str
    count: int
    why: str
    oldest_at: datetime | None
    due_at: datetime | None


@requires("read")
@require_safe
def team(request: MemberRequest) -> HttpResponse:
    """Show who is here, how loaded they are, and what waits without anybody."""
    at = now()
    calendars = {one.key: one for one in current_calendars(request.workspace.id)}
    board = routing.board_now(request.workspace.id, open_among(calendars.values(), at))
    people = sorted(board.members.values(), key=lambda one: (_ORDER[one.presence], one.name))
    waiting = waiting_of(board)
    context = {
        "section": "team",
        "people": [_person(board, one) for one in people],
        "here": sum(one.presence is Presence.AVAILABLE for one in people),
        "waits": [_wait(one) for one in waiting],
        "waiting": sum(one.count for one in waiting),
        "teams": [
            (one, board.open_teams[key], _opens(calendars.get(one.calendar_key), at))
            for key, one in board.teams.items()
        ],
    }
    return render(request, "hearwell/desk/team.html", context)


def _opens(calendar: Calendar | None, at: datetime) -> datetime | None:
    """Return when a team's hours begin next; None where it has none, or they never do."""
    try:
        return opens_at(calendar.hours, at) if calendar else None
    except BadCalendarError:
        return None


def _person(board: Board, member: Member) -> PersonHere:
    teams = [board.teams[key].name for key in board.teams_of(member.user_id)]
    skills = [skill_name(k, v) for k, values in member.skills.items() for v in sorted(values)]
    is_away = member.presence is Presence.AWAY
    return PersonHere(
        member=member,
        presence=str(PRESENCES[member.presence.value]),
        since=member.away_since if is_away else member.since,
        teams=", ".join(teams),
        skills=", ".join(skills),
    )


def _wait(one: Waiting) -> WaitLine:
    words = str(WAITS[one.why.value])
    if one.needs:
        words = f"{words}: {needs_words(one.needs)}"
    name = one.team.name if one.team else _("No team yet")
    return WaitLine(name, one.count, words, one.oldest_at, one.due_at)


@requires("claim")
@require_POST
def presence(request: MemberRequest) -> HttpResponse:
    """Be available, busy or away."""
    chosen = request.POST.get("presence", "")
    try:
        atdesk.choose_presence(request.membership, chosen)
    except ValueError as error:
        raise Http404 from error
    said = _("You are: %(presence)s.") % {"presence": PRESENCES[chosen]}
    if wants_part(request):
        return told(render(request, "hearwell/parts/presence.html", {}), said)
    messages.success(request, said)
    return redirect(_back(request))


def _back(request: MemberRequest) -> str:
    """Return where the person was, if that is one of our pages."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith("/") else "/"


@requires("claim")
@require_POST
def here(request: MemberRequest) -> HttpResponse:
    """Take a sign of life of an open page."""
    agent = atdesk.show_life(request.membership)
    value = agent.effective.value if agent else Presence.AWAY.value
    return JsonResponse({"presence": value})


@requires("claim")
@require_POST
def take_next(request: MemberRequest) -> HttpResponse:
    """Take the most pressing case that one may take."""
    taken = atdesk.next_case(request.membership)
    if taken is None:
        messages.info(request, _("Nothing waits that you may take. Well done."))
        return redirect("inbox")
    return redirect("case", taken.case_id)
