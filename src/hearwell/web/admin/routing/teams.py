"""Settings → Teams: the teams, what people can do, how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.channels.queries import channels_of
from hearwell.inbox.placing import place_soon
from hearwell.routing import services as routing
from hearwell.routing.board import Board, Member, settings_of
from hearwell.routing.models import METHODS, MODES, Team
from hearwell.routing.services import BadRoutingError
from hearwell.sla.calendars import current_calendars
from hearwell.web.admin.frame import draw
from hearwell.web.admin.routing.forms import (
    AgentForm,
    SettingsForm,
    TeamForm,
    network_choices,
    show,
)
from hearwell.web.components.routed import skill_name

PAGE = "settings_teams"
UNPROCESSABLE = 422


@dataclass(frozen=True)
class TeamFace:
    """A team as a line of the list."""

    team: Team
    people: str
    mode: str
    hours: str
    after: str


@dataclass(frozen=True)
class PersonFace:
    """A person as a line of the list."""

    member: Member
    skills: str


@requires("manage_routing")
@require_safe
def teams(request: MemberRequest) -> HttpResponse:
    """Show the teams, the people, and what holds for all."""
    return _draw_list(request)


def _draw_list(
    request: MemberRequest, form: SettingsForm | None = None, *, status: int = 200
) -> HttpResponse:
    board = routing.board_now(request.workspace.id)
    hours = {one.key: one.name for one in current_calendars(request.workspace.id)}
    context = {
        "teams": [_team_face(board, team, hours) for team in board.teams.values()],
        "people": [_person_face(one) for one in board.members.values()],
        "form": form or SettingsForm(None, board.settings),
        "is_one_place": not board.is_routed,
    }
    return draw(request, "routing/teams", PAGE, context, status=status)


def _team_face(board: Board, team: Team, hours: dict[str, str]) -> TeamFace:
    own = board.turns.get(team.id)
    count = len(board.members_of(team.id))
    mode = str(dict(MODES)[team.mode])
    if team.mode == "push":
        mode = f"{mode}, {str(dict(METHODS)[team.method]).lower()}"
    return TeamFace(
        team=team,
        people=ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
        if own
        else _("Everybody"),
        mode=mode,
        hours=hours.get(team.calendar_key, _("Always open")),
        after=_after(board, team),
    )


def _after(board: Board, team: Team) -> str:
    """Say what becomes of a case that nobody takes."""
    if not team.overflow_after_s:
        return _("waits as long as it takes")
    values = {"minutes": team.overflow_after_s // 60}
    other = board.teams.get(team.overflow_team_id) if team.overflow_team_id else None
    if other is None:
        return _("after %(minutes)s min anybody of the team") % values
    return _("after %(minutes)s min anybody, then %(team)s") % {**values, "team": other.name}


def _person_face(member: Member) -> PersonFace:
    skills = [skill_name(k, v) for k, values in member.skills.items() for v in sorted(values)]
    return PersonFace(member, ", ".join(skills))


@requires("manage_routing")
@require_http_methods(["GET", "HEAD", "POST"])
def new_team(request: MemberRequest) -> HttpResponse:
    """Make a team."""
    return _edit(request, Team(workspace_id=request.workspace.id, id=None))


@requires("manage_routing")
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: MemberRequest, team_id: UUID) -> HttpResponse:
    """Change a team."""
    known = Team.objects.filter(workspace_id=request.workspace.id, id=team_id).first()
    if known is None:
        raise Http404
    return _edit(request, known)


def _edit(request: MemberRequest, known: Team) -> HttpResponse:
    board = routing.board_now(request.workspace.id)
    calendars = [(one.key, one.name) for one in current_calendars(request.workspace.id)]
    form = TeamForm(
        request.POST or None,
        known,
        teams=board.teams.values(),
        people=board.members.values(),
        calendars=calendars,
        members=board.turns.get(known.id, {}),
    )
    if request.method == "POST" and form.is_valid():
        try:
            routing.save_team(
                request.workspace.id,
                form.facts(),
                by=cast("User", request.user),
                calendars={key for key, _name in calendars},
                team_id=known.id,
            )
        except BadRoutingError as error:
            show(form, error)
        else:
            return _saved(request)
    title = known.name or _("New team")
    context: dict[str, Any] = {"form": form, "team": known, "title": title}
    status = UNPROCESSABLE if form.errors else 200
    return draw(request, "routing/team", PAGE, context, status=status)


def _saved(request: MemberRequest) -> HttpResponse:
    place_soon(request.workspace.id)
    messages.success(request, _("Saved. It holds for every decision from now on."))
    return redirect(PAGE)


@requires("manage_routing")
@require_POST
def remove(request: MemberRequest, team_id: UUID) -> HttpResponse:
    """Remove a team; its open cases go through the rules anew."""
    try:
        routing.remove_team(request.workspace.id, team_id, by=cast("User", request.user))
    except Team.DoesNotExist as error:
        raise Http404 from error
    except BadRoutingError as error:
        messages.error(request, str(error))
        return redirect("settings_team", team_id)
    messages.success(request, _("Removed. Its open cases go through the rules anew."))
    place_soon(request.workspace.id)
    return redirect(PAGE)


@requires("manage_routing")
@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: MemberRequest, user_id: UUID) -> HttpResponse:
    """Change how much a person can do, and what."""
    board = routing.board_now(request.workspace.id)
    member = board.members.get(user_id)
    if member is None:
        raise Http404
    networks = {one.network for one in channels_of(request.workspace.id)}
    networks |= set(member.skills.get("network", ()))
    form = AgentForm(
        request.POST or None,
        member,
        networks=network_choices(networks),
        usual=board.settings.capacity,
    )
    if request.method == "POST" and form.is_valid():
        try:
            routing.save_agent(
                request.workspace.id,
                user_id,
                capacity=form.cleaned_data["capacity"],
                skills=form.skills(),
                by=cast("User", request.user),
            )
        except BadRoutingError as error:
            show(form, error)
        else:
            return _saved(request)
    status = UNPROCESSABLE if form.errors else 200
    return draw(request, "routing/agent", PAGE, {"form": form, "person": member}, status=status)


@requires("manage_routing")
@require_POST
def points(request: MemberRequest) -> HttpResponse:
    """Keep what holds for the whole workspace."""
    form = SettingsForm(request.POST, settings_of(request.workspace.id))
    if form.is_valid():
        try:
            routing.save_settings(
                request.workspace.id, by=cast("User", request.user), **form.values()
            )
        except BadRoutingError as error:
            show(form, error)
        else:
            return _saved(request)
    return _draw_list(request, form, status=UNPROCESSABLE)
