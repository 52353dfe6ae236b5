"""The teams, people, rules and loads of a workspace, read once for a batch of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing.models import Agent, RoutingSettings, Rule, Skill, Team, TeamMember
from hearwell.routing.rules import (
    Mode,
    Person,
    Presence,
    Skills,
    first_open,
    load_of,
)

# A case counts while it is our turn; a chat until it is closed or put away, for it is going on.
_LOADS = """
    SELECT c.assignee_id, c.network, c.audience, count(*)
    FROM conversations_case c
    WHERE c.workspace_id = %s AND c.status = 'open' AND NOT c.is_historic
        AND c.assignee_id IS NOT NULL AND (c.turn = 'ours' OR c.network = 'webchat')
    GROUP BY c.assignee_id, c.network, c.audience
"""


@dataclass(frozen=True)
class Member:
    """A person of the workspace as routing sees them. `away_since` is None while they are here."""

    user_id: UUID
    name: str
    initials: str
    presence: Presence
    since: datetime | None
    away_since: datetime | None
    capacity: int
    used: int
    skills: Skills
    own_capacity: int | None = None

    @property
    def room(self) -> int:
        """Points left."""
        return max(0, self.capacity - self.used)


@dataclass(frozen=True)
class Board:
    """A workspace at one moment. `open_calendars` are the keys of the hours that are open now."""

    workspace_id: UUID
    settings: RoutingSettings
    teams: Mapping[UUID, Team]
    rules: Sequence[Rule]
    members: Mapping[UUID, Member]
    turns: Mapping[UUID, Mapping[UUID, int]]
    open_calendars: Collection[str]

    @cached_property
    def default(self) -> Team:
        """The team that takes what nobody else gets."""
        return next(team for team in self.teams.values() if team.is_default)

    @property
    def is_routed(self) -> bool:
        """Whether routing is set up; until then everything waits in one place."""
        return len(self.teams) > 1 or any(
            [
                *(rule.is_active for rule in self.rules),
                *(team.mode == Mode.PUSH.value for team in self.teams.values()),
            ]
        )

    @cached_property
    def open_teams(self) -> dict[UUID, bool]:
        """Team -> whether it is open now; one without hours always is."""
        return {
            key: not team.calendar_key or team.calendar_key in self.open_calendars
            for key, team in self.teams.items()
        }

    def members_of(self, team_id: UUID) -> list[Member]:
        """Return the people of a team; a team without members is everybody's."""
        own = self.turns.get(team_id)
        if not own:
            return list(self.members.values())
        return [self.members[user_id] for user_id in own if user_id in self.members]

    def teams_of(self, user_id: UUID) -> list[UUID]:
        """Return the teams whose cases a person may take."""
        return [key for key in self.teams if not self.turns.get(key) or user_id in self.turns[key]]

    def available(self, team_id: UUID) -> list[Person]:
        """Return those of a team who can be given something now."""
        turns = self.turns.get(team_id, {})
        return [
            Person(one.user_id, one.capacity, one.used, turns.get(one.user_id, 0), one.skills)
            for one in self.members_of(team_id)
            if one.presence is Presence.AVAILABLE
        ]

    def taking_over(self, team_id: UUID) -> UUID:
        """Return the team that has this one's cases now, by the hours of both."""
        nexts = {key: team.next_team_id for key, team in self.teams.items()}
        return first_open(team_id, nexts, self.open_teams)

    def weight(self, network: str, audience: str) -> int:
        """Return the points of a case."""
        return int(self.settings.weights.get(load_of(network, audience).value, 1))


def settings_of(workspace_id: UUID) -> RoutingSettings:
    """Return what holds for the workspace: its own row, or the defaults, not kept."""
    kept = RoutingSettings.objects.filter(workspace_id=workspace_id).first()
    return kept or RoutingSettings(workspace_id=workspace_id)


def read_board(workspace_id: UUID, open_calendars: Collection[str] = ()) -> Board:
    """Read a workspace in seven queries, however many people and cases it has."""
    settings = settings_of(workspace_id)
    members = TeamMember.objects.filter(workspace_id=workspace_id, team_id=OuterRef("id"))
    whose = members.order_by("id").values(one=JSONObject(user="user_id", turn="turn"))
    known = Team.objects.filter(workspace_id=workspace_id).annotate(whose=ArraySubquery(whose))
    teams = list(known.order_by("name"))
    return Board(
        workspace_id=workspace_id,
        settings=settings,
        teams={team.id: team for team in teams},
        rules=list(Rule.objects.filter(workspace_id=workspace_id).order_by("position")),
        members=_members(workspace_id, settings),
        turns={t.id: {UUID(one["user"]): one["turn"] for one in t.whose} for t in teams},
        open_calendars=open_calendars,
    )


def _members(workspace_id: UUID, settings: RoutingSettings) -> dict[UUID, Member]:
    """Return those who may answer, by user id, in the order of their names."""
    agents = {one.user_id: one for one in Agent.objects.filter(workspace_id=workspace_id)}
    skills = skills_of(workspace_id)
    used = _used(workspace_id, settings)
    found = Membership.objects.select_related("user").filter(workspace_id=workspace_id)
    return {
        one.user_id: _member(one, agents.get(one.user_id), skills, used, settings)
        for one in found.order_by("user__name", "user__email")
        if can(one.role, "reply") and one.user.is_active
    }


def _member(
    membership: Membership,
    agent: Agent | None,
    skills: Mapping[UUID, Skills],
    used: Mapping[UUID, int],
    settings: RoutingSettings,
) -> Member:
    presence, away_since = presence_of(agent, settings)
    own = agent.capacity if agent else None
    return Member(
        user_id=membership.user_id,
        name=str(membership.user),
        initials=membership.initials,
        presence=presence,
        since=agent.presence_since if agent else None,
        away_since=away_since,
        capacity=settings.capacity if own is None else own,
        used=used.get(membership.user_id, 0),
        skills=skills.get(membership.user_id, {}),
        own_capacity=own,
    )


def presence_of(agent: Agent | None, settings: RoutingSettings) -> tuple[Presence, datetime | None]:
    """Return what counts now and since when they are away, before any sweep has noticed it."""
    if agent is None:
        return Presence.AWAY, None
    silent = agent.seen_at + timedelta(seconds=settings.away_after_s)
    if agent.effective is not Presence.AWAY and silent <= now():
        return Presence.AWAY, silent
    return agent.effective, agent.away_since


def skills_of(workspace_id: UUID) -> dict[UUID, dict[str, set[str]]]:
    """Return user -> kind -> values; one query."""
    found: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for user_id, kind, value in Skill.objects.filter(workspace_id=workspace_id).values_list(
        "user_id", "kind", "value"
    ):
        found[user_id][kind].add(value)
    return found


def _used(workspace_id: UUID, settings: RoutingSettings) -> dict[UUID, int]:
    used: dict[UUID, int] = defaultdict(int)
    for user_id, network, audience, count in rows.fetch(_LOADS, [workspace_id]):
        weight = int(settings.weights.get(load_of(network, audience).value, 1))
        used[user_id] += weight * count
    return used
