"""Reads of strategy: the answers, the versions, who owns which hour, what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Membership, Workspace
from hearwell.accounts.rules import READERS
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.queries import channels_of
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.knowledge.models import Article
from hearwell.listening.models import Term
from hearwell.routing.models import Team
from hearwell.sla.calendars import current_calendars
from hearwell.sla.models import Policy
from hearwell.strategy.coverage import Exceptions, Week, owners_at, week_of
from hearwell.strategy.models import Answers as Kept
from hearwell.strategy.models import Playbook
from hearwell.strategy.rules import Answers, House, Open, missing
from hearwell.triage.rules import Kind

# Chatter and spam ask nothing: no path leads anywhere from them.
KINDS: Final = tuple(k.value for k in Kind if k not in {Kind.CHATTER, Kind.SPAM})


_BOTH: Final = """
    SELECT p.version, p.answers::text, a.answers::text FROM (SELECT 1) one
    LEFT JOIN LATERAL (SELECT version, answers FROM strategy_playbook WHERE workspace_id = %s
        ORDER BY version DESC LIMIT 1) p ON true
    LEFT JOIN strategy_answers a ON a.workspace_id = %s
"""

_GUIDANCE: Final = """
    SELECT version, (answers -> 'paths' -> %s)::text, answers -> 'roles' ->> %s, shown::text
    FROM strategy_playbook WHERE workspace_id = %s ORDER BY version DESC LIMIT 1
"""


@dataclass(frozen=True)
class Names:
    """What ids are called: teams and people by id, promises and calendars by key, replies by id."""

    teams: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    promises: Mapping[str, str] = field(default_factory=dict)
    calendars: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """Return the form that is kept with a version."""
        return asdict(self)


def owners_of(workspace_id: UUID) -> Names:
    """Return the teams and people that can be responsible; two queries."""
    members = Membership.objects.select_related("user").filter(workspace_id=workspace_id)
    teams = Team.objects.filter(workspace_id=workspace_id).order_by("-is_default", "name")
    return Names(
        teams={str(one.id): one.name for one in teams},
        people={str(m.user_id): str(m.user) for m in members.order_by("user__name")},
    )


def names_of(workspace_id: UUID, owners: Names | None = None) -> Names:
    """Return what things are called now; five queries, three where the owners are known."""
    policies = Policy.objects.filter(workspace_id=workspace_id, is_current=True)
    articles = Article.objects.filter(workspace_id=workspace_id, is_retired=False)
    return replace(
        owners or owners_of(workspace_id),
        promises={one.key: one.name for one in policies.order_by("position", "name")},
        calendars={one.key: one.name for one in current_calendars(workspace_id)},
        replies={str(one.id): one.name for one in articles.order_by("name")},
    )


def answers_of(workspace_id: UUID) -> Answers:
    """Return the answers as they stand, published or not; one query."""
    kept = _kept(workspace_id)
    return Answers.parse(kept.answers if kept else {})


def _kept(workspace_id: UUID) -> Kept | None:
    return Kept.objects.filter(workspace_id=workspace_id).first()


def versions(workspace_id: UUID, limit: int = 100) -> list[Playbook]:
    """Return the versions, the newest first."""
    return list(Playbook.objects.filter(workspace_id=workspace_id).order_by("-version")[:limit])


def latest(workspace_id: UUID) -> Playbook | None:
    """Return the version that holds."""
    return Playbook.objects.filter(workspace_id=workspace_id).order_by("-version").first()


def version_of(workspace_id: UUID, version: int) -> Playbook | None:
    """Return one version."""
    return Playbook.objects.filter(workspace_id=workspace_id, version=version).first()


def live_channels(channels: Sequence[Channel]) -> list[Channel]:
    """Keep the accounts that somebody is behind: not archives, not the demo, not let go."""
    gone = {ChannelState.READ_ONLY.value, ChannelState.DISCONNECTED.value}
    return [one for one in channels if one.state not in gone and not one.is_demo]


@dataclass
class Standing:
    """How far the four answers have come: read once, asked many times."""

    workspace: Workspace
    answers: Answers
    at: datetime
    kept_at: datetime | None = None

    @cached_property
    def owners(self) -> Names:
        """The teams and people that can be responsible."""
        return owners_of(self.workspace.id)

    @cached_property
    def names(self) -> Names:
        """What things are called."""
        return names_of(self.workspace.id, self.owners)

    @cached_property
    def channels(self) -> list[Channel]:
        """The accounts that customers can write to."""
        found = channels_of(self.workspace.id)
        gone = {ChannelState.READ_ONLY.value, ChannelState.DISCONNECTED.value}
        return [one for one in found if one.state not in gone]

    @cached_property
    def listened(self) -> list[str]:
        """The networks on which a term is looked for."""
        terms = Term.objects.filter(workspace_id=self.workspace.id, is_active=True)
        return sorted({network for one in terms for network in one.networks})

    @property
    def networks(self) -> list[str]:
        """The networks that are heard: with an account of ours, or by terms."""
        return sorted({one.network for one in self.channels} | set(self.listened))

    @cached_property
    def exceptions(self) -> Exceptions:
        """The single days of each calendar, in minutes of the day."""
        return {
            one.key: {
                day: [(i.start, i.end) for i in spans]
                for day, spans in one.hours.exceptions.items()
            }
            for one in current_calendars(self.workspace.id)
        }

    @property
    def able(self) -> set[int]:
        """The places of shifts that somebody still stands behind."""
        teams, people = self.owners.teams, self.owners.people
        return {
            place
            for place, one in enumerate(self.answers.rota)
            if one.team in teams or one.person in people or one.backup in people
        }

    def week(self, monday: date) -> Week:
        """Return who owns each hour of a week."""
        return week_of(monday, self.answers.rota, self.exceptions, self.able)

    @cached_property
    def usual(self) -> Week:
        """A week without holidays."""
        return week_of(self.today, self.answers.rota, {}, self.able)

    @property
    def today(self) -> date:
        """The Monday of this week where the workspace is."""
        here = self.at.astimezone(ZoneInfo(self.workspace.time_zone)).date()
        return here - timedelta(days=here.weekday())

    @property
    def on_duty(self) -> list[int]:
        """The places of the shifts that own this moment."""
        here = self.at.astimezone(ZoneInfo(self.workspace.time_zone))
        places = owners_at(here, self.answers.rota, self.exceptions)
        return [place for place in places if place in self.able]

    @cached_property
    def missing(self) -> list[Open]:
        """What is missing of the four answers."""
        house = House(
            networks=self.networks,
            kinds=KINDS,
            roles=[str(role) for role in READERS],
            gap_hours=self.usual.open_hours,
        )
        return missing(self.answers, house)

    @property
    def is_whole(self) -> bool:
        """Whether all four are answered."""
        return not self.missing

    def lacks(self, question: str) -> list[Open]:
        """What is missing of one answer."""
        return [one for one in self.missing if one.question == question]


def standing(workspace: Workspace) -> Standing:
    """Return how far the answers have come; one query now, the rest when it is asked for."""
    kept = _kept(workspace.id)
    given = Answers.parse(kept.answers if kept else {})
    return Standing(workspace, given, now(), kept.changed_at if kept else None)


@dataclass(frozen=True)
class Readiness:
    """What going live warns of: what is missing, and that no version has been made of the rest."""

    missing: Sequence[Open]
    version: int | None
    is_newer: bool

    @property
    def is_ready(self) -> bool:
        """Whether the four questions are answered in a version that holds."""
        return self.version is not None and not self.missing


def readiness(workspace: Workspace) -> Readiness:
    """Return what stands between a workspace and going live; five queries."""
    ((version, published, kept),) = rows.fetch(_BOTH, [workspace.id, workspace.id])
    given = Answers.parse(json.loads(kept or "{}"))
    held = Answers.parse(json.loads(published)) if published else given
    here = Standing(workspace, held, now())
    return Readiness(here.missing, version, held != given)


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the playbook tells whoever has a case: how its kind is solved, what they decide alone.

    Teams, promises and replies by the names that they had when the version was made.
    """

    version: int
    words: str
    team: str
    promise: str
    replies: Sequence[str]
    decides: str


def guidance_for(workspace_id: UUID, kind: str, role: str) -> Guidance | None:
    """Return what the version that holds tells a role of a kind of case, or None; one query."""
    for version, stored, decides, shown in rows.fetch(_GUIDANCE, [kind, role, workspace_id]):
        path = Answers.parse({"paths": {kind: json.loads(stored or "{}")}}).paths[kind]
        names = Names(**json.loads(shown))
        if path.words or decides:
            return Guidance(
                version=version,
                words=path.words,
                team=names.teams.get(path.team, ""),
                promise=names.promises.get(path.promise, ""),
                replies=[names.replies[one] for one in path.replies if one in names.replies],
                decides=decides or "",
            )
    return None
