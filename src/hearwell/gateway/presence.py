"""Who has which case open: courtesy, in memory, relayed to the other processes by NOTIFY."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hearwell.gateway.viewers import Viewer
from hearwell.kit.clock import now

CHANNEL = "hearwell_presence"
EXPIRES_AFTER_S = 20.0
DOINGS = frozenset({"reading", "writing", "gone"})
# One person with more cases open than this is no person.
CASES_PER_PERSON = 20
Place = tuple[UUID, UUID]  # workspace, case


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a case. ``since`` is when they began what they are doing; ``until`` is ours."""

    user_id: UUID
    name: str
    initials: str
    doing: str
    since: str
    until: float
    kind: str = "colleague"

    def shown(self) -> dict[str, str]:
        """Return what other screens are told."""
        return {
            "user": str(self.user_id),
            "name": self.name,
            "initials": self.initials,
            "doing": self.doing,
            "since": self.since,
            "kind": self.kind,
        }


def told(viewer: Viewer, case_id: UUID, doing: str) -> str:
    """Return the notification that tells every process of it."""
    place, person = (viewer.workspace_id, case_id), (viewer.user_id, viewer.name, viewer.initials)
    return _told(place, person, doing, "colleague")


def told_of_visitor(
    workspace_id: UUID, case_id: UUID, visitor_id: UUID, name: str, doing: str
) -> str:
    """Return the notification that a customer has the chat of a case open, or has left."""
    return _told((workspace_id, case_id), (visitor_id, name, ""), doing, "visitor")


def _told(place: Place, person: tuple[UUID, str, str], doing: str, kind: str) -> str:
    user_id, name, initials = person
    facts = {
        "workspace": str(place[0]),
        "case": str(place[1]),
        "user": str(user_id),
        "name": name[:80],
        "initials": initials,
        "doing": doing,
        "at": now().isoformat(),
        "kind": kind,
    }
    return json.dumps(facts)


class Presence:
    """The people at each case, as this process knows them."""

    def __init__(self) -> None:
        self._people: dict[Place, dict[UUID, Person]] = defaultdict(dict)

    def hear(self, facts: dict[str, Any]) -> Place | None:
        """Take a notification in; return the place whose people are now others, if any."""
        place = (UUID(facts["workspace"]), UUID(facts["case"]))
        user_id, people = UUID(facts["user"]), self._people[place]
        before = people.get(user_id)
        if facts["doing"] == "gone":
            people.pop(user_id, None)
            self._tidy(place)
            return place if before else None
        until = time.monotonic() + EXPIRES_AFTER_S
        if before is not None and before.doing == facts["doing"]:
            people[user_id] = replace(before, until=until)
            return None
        if before is None and self._cases_of(place[0], user_id) >= CASES_PER_PERSON:
            return None
        people[user_id] = Person(
            user_id,
            facts["name"],
            facts["initials"],
            facts["doing"],
            facts["at"],
            until,
            facts.get("kind", "colleague"),
        )
        return place

    def expire(self) -> list[Place]:
        """Drop who has not been heard of; return the places that changed."""
        moment = time.monotonic()
        changed = []
        for place, people in list(self._people.items()):
            gone = [user_id for user_id, person in people.items() if person.until <= moment]
            for user_id in gone:
                del people[user_id]
            if gone:
                changed.append(place)
            self._tidy(place)
        return changed

    def shown(self, place: Place) -> dict[str, Any]:
        """Return the event that tells who is at a case."""
        people: Iterable[Person] = self._people.get(place, {}).values()
        return {"case": str(place[1]), "people": [person.shown() for person in people]}

    def team_at(self, place: Place) -> tuple[bool, bool]:
        """Return whether a colleague is at a case, and whether one is writing there."""
        people = self._people.get(place, {}).values()
        team = [person.doing for person in people if person.kind == "colleague"]
        return bool(team), "writing" in team

    def places(self, workspace_id: UUID) -> list[Place]:
        """Return the cases of a workspace that somebody has open."""
        return [
            place for place, people in self._people.items() if people and place[0] == workspace_id
        ]

    def _cases_of(self, workspace_id: UUID, user_id: UUID) -> int:
        return sum(user_id in self._people[place] for place in self.places(workspace_id))

    def _tidy(self, place: Place) -> None:
        if not self._people[place]:
            del self._people[place]
