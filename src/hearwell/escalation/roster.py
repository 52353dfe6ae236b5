"""Who is there: members, what they are, whether they can be asked now. Four queries at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Membership, Role
from hearwell.kit.clock import now
from hearwell.routing.models import Agent, Team, TeamMember
from hearwell.sla.calendars import open_calendars

# Why nobody of a target could be asked; the words are the screen's.
NOBODY, LEFT, AWAY, CLOSED = "nobody", "left", "away", "closed"
_STRONGEST: Final = (Role.OWNER, Role.ADMIN, Role.LEAD, Role.AGENT, Role.VIEWER)


@dataclass(frozen=True, slots=True)
class Known:
    """A member who can sign in."""

    user_id: UUID
    name: str
    role: str
    is_away: bool


@dataclass(frozen=True)
class Roster:
    """The people of a workspace at one moment.

    Away is who said so; a closed browser is not absence, for people are told on their phones.
    """

    members: Mapping[UUID, Known]
    teams: Mapping[UUID, Sequence[UUID]]
    closed: frozenset[UUID]
    parts: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def find(self, target: str, assignee_id: UUID | None = None) -> tuple[list[UUID], str]:
        """Return who of a target may be asked now, or nobody and why."""
        kind, _, value = target.partition(":")
        if kind == "part":
            return self._of_part(value)
        if kind == "assignee":
            return self._there([assignee_id])
        if kind == "team" and _id(value) in self.closed:
            return [], CLOSED
        return self._there(self._named(kind, value))

    def _named(self, kind: str, value: str) -> list[UUID]:
        """Return who a role, a team or a person is, members or not."""
        if kind == "role":
            return [one.user_id for one in self.members.values() if one.role == value]
        if kind == "team":
            return list(self.teams.get(_id(value), ()))
        return [_id(value)] if kind == "user" else []

    def _of_part(self, part: str) -> tuple[list[UUID], str]:
        """Return who holds a part by the settings, or else their deputy."""
        owner, deputy = self.parts.get(part, ("", ""))
        people, why = self.find(owner) if not owner.startswith("part:") else ([], NOBODY)
        if people or not deputy or deputy.startswith("part:"):
            return people, why
        others, _why = self.find(deputy)
        return others, "" if others else why

    def _there(self, ids: Iterable[UUID | None]) -> tuple[list[UUID], str]:
        named = [one for one in ids if one is not None]
        if not named:
            return [], NOBODY
        here = [one for one in named if one in self.members]
        if not here:
            return [], LEFT
        free = [one for one in here if not self.members[one].is_away]
        return free, "" if free else AWAY

    def all_of(self, target: str) -> list[UUID]:
        """Return who of a target is a member at all, away or not."""
        kind, _, value = target.partition(":")
        if kind == "part":
            owner, deputy = self.parts.get(value, ("", ""))
            return [*self.all_of(owner), *self.all_of(deputy)]
        return [one for one in self._named(kind, value) if one in self.members]

    def last_resort(self) -> list[UUID]:
        """Return the owners; where there are none, the strongest who are left."""
        for role in _STRONGEST:
            found = [one.user_id for one in self.members.values() if one.role == role]
            if found:
                return found
        return []

    def name_of(self, user_id: UUID | None) -> str:
        """Return a member's name; empty for who is none."""
        known = self.members.get(user_id) if user_id else None
        return known.name if known else ""


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def roster_of(workspace_id: UUID, parts: Mapping[str, tuple[str, str]]) -> Roster:
    """Return who is there in a workspace now."""
    away = set(
        Agent.objects.filter(workspace_id=workspace_id, presence="away").values_list(
            "user_id", flat=True
        )
    )
    found = Membership.objects.select_related("user").filter(
        workspace_id=workspace_id, user__is_active=True
    )
    members = {
        one.user_id: Known(one.user_id, str(one.user), one.role, one.user_id in away)
        for one in found.order_by("created_at")
    }
    teams: dict[UUID, list[UUID]] = defaultdict(list)
    rows = TeamMember.objects.filter(workspace_id=workspace_id)
    for team_id, user_id in rows.order_by("id").values_list("team_id", "user_id"):
        teams[team_id].append(user_id)
    return Roster(members, teams, _closed(workspace_id), parts)


def _closed(workspace_id: UUID) -> frozenset[UUID]:
    """Return the teams that are off duty."""
    keyed = Team.objects.filter(workspace_id=workspace_id).exclude(calendar_key="")
    keys = dict(keyed.values_list("id", "calendar_key"))
    if not keys:
        return frozenset()
    is_open = open_calendars(workspace_id, now())
    return frozenset(team_id for team_id, key in keys.items() if key not in is_open)
