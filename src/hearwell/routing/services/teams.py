"""Teams, their people, what a person can do, and what holds for the workspace. All audited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows
from hearwell.kit.text import clean
from hearwell.routing.board import settings_of
from hearwell.routing.models import (
    Agent,
    Placement,
    PlacementState,
    RoutingSettings,
    Rule,
    Skill,
    Team,
    TeamMember,
)
from hearwell.routing.rules import Load, Method, Mode, SkillKind
from hearwell.routing.services.placing import lock
from hearwell.routing.services.standing import ensure_default_team

LONGEST_NAME: Final = 80
LONGEST_SKILL: Final = 60
MOST_POINTS: Final = 1000
MOST_MINUTES: Final = 7 * 24 * 60
MINUTE: Final = 60


class BadRoutingError(ValueError):
    """It cannot be kept as given: `field` names the form's field, the text says what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFacts:
    """What people fill in of a team. `calendars` are the keys of the hours that exist."""

    name: str
    mode: str = Mode.PULL.value
    method: str = Method.LEAST_LOADED.value
    calendar_key: str = ""
    overflow_after_s: int = 900
    overflow_team_id: UUID | None = None
    next_team_id: UUID | None = None
    members: frozenset[UUID] = frozenset()


@transaction.atomic
def save_team(
    workspace_id: UUID,
    facts: TeamFacts,
    *,
    by: User,
    calendars: Collection[str],
    team_id: UUID | None = None,
) -> Team:
    """Make a team, or change one. Raises BadRoutingError, Team.DoesNotExist; nothing is then kept.

    A change of the way cases are given looks at what waits anew.
    """
    lock(workspace_id)
    ensure_default_team(workspace_id)
    everyone = {t.id: t for t in Team.objects.select_for_update().filter(workspace_id=workspace_id)}
    if team_id is not None and team_id not in everyone:
        raise Team.DoesNotExist(team_id)
    name = _checked(workspace_id, facts, everyone, calendars, team_id)
    team = everyone[team_id] if team_id else Team(workspace_id=workspace_id)
    before = _facts(team, _member_ids(team)) if team_id else None
    for field in _PLAIN:
        setattr(team, field, getattr(facts, field))
    team.name = name
    team.save()
    _set_members(team, facts.members)
    after = _facts(team, facts.members)
    if before != after:
        _audit("changed" if before else "made", team, by, before, after)
    return team


_PLAIN: Final = (
    "mode", "method", "calendar_key", "overflow_after_s", "overflow_team_id", "next_team_id",
)  # fmt: skip


def _checked(
    workspace_id: UUID,
    facts: TeamFacts,
    teams: Mapping[UUID, Team],
    calendars: Collection[str],
    team_id: UUID | None,
) -> str:
    """Return the name, tidied. Raises BadRoutingError for the first field that cannot be."""
    name = " ".join(clean(facts.name)[0].split())[:LONGEST_NAME]
    if not name:
        raise BadRoutingError(_("Give the team a name."), "name")
    if any(t.name.casefold() == name.casefold() and t.id != team_id for t in teams.values()):
        raise BadRoutingError(_("There is a team of this name already."), "name")
    if facts.mode not in set(Mode) or facts.method not in set(Method):
        raise BadRoutingError(_("Choose how cases find their people."), "mode")
    if facts.calendar_key and facts.calendar_key not in calendars:
        raise BadRoutingError(_("These hours are no longer there: choose others."), "calendar_key")
    if not 0 <= facts.overflow_after_s <= MOST_MINUTES * MINUTE:
        raise BadRoutingError(_("Between 0 minutes (never) and a week."), "overflow_after")
    _check_others(facts, teams, team_id)
    _check_people(workspace_id, facts.members)
    return name


def _check_others(facts: TeamFacts, teams: Mapping[UUID, Team], team_id: UUID | None) -> None:
    for field in ("overflow_team_id", "next_team_id"):
        other: UUID | None = getattr(facts, field)
        if other is None:
            continue
        if other == team_id:
            raise BadRoutingError(_("A team cannot hand over to itself: choose another."), field)
        if other not in teams:
            raise BadRoutingError(_("This team is no longer there: choose another."), field)
    if facts.next_team_id and not facts.calendar_key:
        words = _("A team that is always open hands nothing over: choose its hours first.")
        raise BadRoutingError(words, "next_team_id")


def _check_people(workspace_id: UUID, members: Collection[UUID]) -> None:
    known = Membership.objects.filter(workspace_id=workspace_id, user_id__in=members).count()
    if known != len(members):
        raise BadRoutingError(_("Somebody chosen is no longer in this workspace."), "members")


def _member_ids(team: Team) -> frozenset[UUID]:
    found = TeamMember.objects.filter(workspace_id=team.workspace_id, team=team)
    return frozenset(found.values_list("user_id", flat=True))


def _set_members(team: Team, wanted: Collection[UUID]) -> None:
    """Leave who stays their turn; who is new begins behind the others."""
    own = TeamMember.objects.filter(workspace_id=team.workspace_id, team=team)
    own.exclude(user_id__in=list(wanted)).delete()
    turns = dict(own.values_list("user_id", "turn"))
    last = max(turns.values(), default=0)
    rows.insert(
        [
            TeamMember(workspace_id=team.workspace_id, team=team, user_id=user_id, turn=last)
            for user_id in sorted(set(wanted) - set(turns))
        ]
    )


def _facts(team: Team, members: Collection[UUID]) -> dict[str, Any]:
    plain = {name: _text(getattr(team, name)) for name in ("name", *_PLAIN)}
    return {**plain, "members": sorted(map(str, members))}


def _text(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


@transaction.atomic
def remove_team(workspace_id: UUID, team_id: UUID, *, by: User) -> None:
    """Remove a team; its open cases are looked at anew. Raises BadRoutingError, Team.DoesNotExist.

    The default team stays, and so does one that a rule still sends cases to.
    """
    lock(workspace_id)
    team = Team.objects.select_for_update().get(workspace_id=workspace_id, id=team_id)
    if team.is_default:
        raise BadRoutingError(_("The last line needs this team: it cannot be removed."))
    rules = Rule.objects.filter(workspace_id=workspace_id, team=team).values_list("name", flat=True)
    if rules:
        names = ", ".join(f"“{name}”" for name in rules)
        words = _("Cases are still sent to it by %(rules)s. Change that first.")
        raise BadRoutingError(words % {"rules": names})
    for field in ("overflow_team_id", "next_team_id"):
        Team.objects.filter(workspace_id=workspace_id, **{field: team.id}).update(**{field: None})
    Placement.objects.filter(workspace_id=workspace_id, team=team).update(
        state=PlacementState.NEW, team_id=None
    )
    before = _facts(team, _member_ids(team))
    _audit("removed", team, by, before, None)
    TeamMember.objects.filter(workspace_id=workspace_id, team=team).delete()
    team.delete()


@transaction.atomic
def save_agent(
    workspace_id: UUID,
    user_id: UUID,
    *,
    capacity: int | None,
    skills: Iterable[tuple[str, str]],
    by: User,
) -> None:
    """Keep how much a person can do and what they can. Raises BadRoutingError.

    ``capacity`` None: the workspace's holds. Skills are pairs of kind and value.
    """
    membership = Membership.objects.select_related("user").get(
        workspace_id=workspace_id, user_id=user_id
    )
    if capacity is not None and not 0 <= capacity <= MOST_POINTS:
        words = _("Between 0 and %(most)s points, or empty for the usual number.")
        raise BadRoutingError(words % {"most": MOST_POINTS}, "capacity")
    wanted = {_skill(kind, value) for kind, value in skills}
    own = Skill.objects.filter(workspace_id=workspace_id, user_id=user_id)
    had = set(own.values_list("kind", "value"))
    agent = Agent.objects.filter(workspace_id=workspace_id, user_id=user_id).first()
    before = {"capacity": agent.capacity if agent else None, "skills": _listed(had)}
    after = {"capacity": capacity, "skills": _listed(wanted)}
    if before == after:
        return
    _keep_capacity(workspace_id, user_id, agent, capacity)
    for kind, value in had - wanted:
        own.filter(kind=kind, value=value).delete()
    rows.insert(
        [
            Skill(workspace_id=workspace_id, user_id=user_id, kind=kind, value=value)
            for kind, value in sorted(wanted - had)
        ]
    )
    entry = AuditEntry(
        "routing.agent_changed", by, "user", user_id, str(membership.user), before, after
    )
    record_audit(workspace_id, [entry])


def _keep_capacity(
    workspace_id: UUID, user_id: UUID, agent: Agent | None, capacity: int | None
) -> None:
    """Note a capacity; who was never here is not here by that."""
    if agent is not None:
        Agent.objects.filter(workspace_id=workspace_id, id=agent.id).update(capacity=capacity)
    else:
        Agent.objects.create(
            workspace_id=workspace_id, user_id=user_id, capacity=capacity, is_gone=True
        )


def _skill(kind: str, value: str) -> tuple[str, str]:
    tidy = " ".join(clean(value)[0].split())
    if kind not in set(SkillKind):
        raise BadRoutingError(_("This kind of skill is not known."), "skills")
    if not tidy or len(tidy) > LONGEST_SKILL:
        words = _("A skill has between 1 and %(most)s letters.")
        raise BadRoutingError(words % {"most": LONGEST_SKILL}, kind)
    return kind, tidy.lower()


def _listed(skills: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [list(pair) for pair in sorted(skills)]


@transaction.atomic
def save_settings(
    workspace_id: UUID,
    *,
    away_after_s: int,
    back_after_s: int,
    capacity: int,
    weights: Mapping[str, int],
    by: User,
) -> RoutingSettings:
    """Keep what holds for the whole workspace. Raises BadRoutingError."""
    for field, seconds in (("away_after", away_after_s), ("back_after", back_after_s)):
        if not MINUTE <= seconds <= MOST_MINUTES * MINUTE:
            raise BadRoutingError(_("Between a minute and a week."), field)
    if not 1 <= capacity <= MOST_POINTS:
        words = _("Between 1 and %(most)s points.") % {"most": MOST_POINTS}
        raise BadRoutingError(words, "capacity")
    kept = {load.value: int(weights.get(load.value, 0)) for load in Load}
    for load, weight in kept.items():
        if not 1 <= weight <= capacity:
            words = _("Between 1 and %(most)s: with more than they can do nobody gets such a case.")
            raise BadRoutingError(words % {"most": capacity}, f"weight_{load}")
    settings = settings_of(workspace_id)
    values = {
        "away_after_s": away_after_s,
        "back_after_s": back_after_s,
        "capacity": capacity,
        "weights": kept,
    }
    before = {name: getattr(settings, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(settings, name, value)
        settings.save()
        entry = AuditEntry("routing.settings_changed", by, before=before, after=values)
        record_audit(workspace_id, [entry])
    return settings


def _audit(
    verb: str,
    team: Team,
    by: User,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    entry = AuditEntry(f"routing.team_{verb}", by, "team", team.id, team.name, before, after)
    record_audit(team.workspace_id, [entry])
