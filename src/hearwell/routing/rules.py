"""Which rule fits a case, who may take it, and who gets it: pure, deterministic, explainable.

The first rule that fits decides. A person who lists no skill of a kind is taken to have any of that
kind. Nobody is given more than their capacity, nobody who is not available is given anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


class Presence(StrEnum):
    """Whether a person takes cases now. Only the available are given any."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"


class Mode(StrEnum):
    """How the cases of a team find their people."""

    PULL = "pull"
    PUSH = "push"


class Method(StrEnum):
    """Who of several is given a case."""

    LEAST_LOADED = "least_loaded"
    ROUND_ROBIN = "round_robin"


class SkillKind(StrEnum):
    """What skills are of."""

    LANGUAGE = "language"
    PRODUCT = "product"
    NETWORK = "network"
    CASE_KIND = "kind"


class Load(StrEnum):
    """Kinds of channels, by how much of a person they take."""

    CHAT = "chat"
    PRIVATE = "private"
    PUBLIC = "public"
    MAIL = "mail"


DEFAULT_WEIGHTS: Final[dict[str, int]] = {
    Load.CHAT.value: 3,
    Load.PRIVATE.value: 1,
    Load.PUBLIC.value: 1,
    Load.MAIL.value: 1,
}
Needs = tuple[tuple[str, str], ...]
MOST_URGENT: Final = 4
LAST_STAGE: Final = 2


def load_of(network: str, audience: str) -> Load:
    """Return which weight a case has."""
    if network == "webchat":
        return Load.CHAT
    if network == "email":
        return Load.MAIL
    return Load.PRIVATE if audience == "private" else Load.PUBLIC


def primary(language: str) -> str:
    """Return the language of a tag: "de" of "de-AT"; empty where nobody told."""
    return language.replace("_", "-").partition("-")[0].lower()


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What rules look at. `language` is a primary tag, empty where nobody could tell.

    `topics` are in lower case. `channel` is the account that was written to, `purpose` what it is
    for; `care_channels` are the care accounts of the same brand and network, where it is the
    brand's and the case asks us.
    """

    network: str = ""
    channel: str = ""
    audience: str = ""
    kind: str = ""
    language: str = ""
    urgency: int = 0
    tags: frozenset[str] = frozenset()
    tier: str = ""
    care_channels: frozenset[str] = frozenset()
    purpose: str = ""
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule: all must hold; of a list one is enough, an empty one always holds.

    `tags`, `topics` and `tiers` (what the brand calls its better customers) are in lower case;
    `urgency_from` 0 holds for every case.
    """

    networks: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    urgency_from: int = 0

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> When:
        """Read the stored form; what is missing holds always."""
        lists = {name: frozenset(map(str, stored.get(name, ()))) for name in LISTS}
        return cls(**lists, urgency_from=int(stored.get("urgency_from", 0)))

    def stored(self) -> dict[str, Any]:
        """Return the form that is kept: sorted lists, without what always holds."""
        lists: dict[str, Any] = {n: sorted(getattr(self, n)) for n in LISTS if getattr(self, n)}
        return lists | ({"urgency_from": self.urgency_from} if self.urgency_from else {})

    @property
    def is_empty(self) -> bool:
        """Whether every case fits."""
        return not self.stored()


LISTS: Final = tuple(one.name for one in fields(When) if one.name != "urgency_from")
_FACT_OF: Final = {
    "networks": "network",
    "purposes": "purpose",
    "audiences": "audience",
    "kinds": "kind",
    "languages": "language",
    "tiers": "tier",
}


def fits(when: When, facts: CaseFacts) -> bool:
    """Say whether a case meets all conditions."""
    for name, fact in _FACT_OF.items():
        wanted: frozenset[str] = getattr(when, name)
        if wanted and getattr(facts, fact) not in wanted:
            return False
    if when.channels and not when.channels & {facts.channel, *facts.care_channels}:
        return False
    if when.tags and not when.tags & facts.tags:
        return False
    if when.topics and not when.topics & facts.topics:
        return False
    return facts.urgency >= when.urgency_from


def first_that_fits(conditions: Iterable[When], facts: CaseFacts) -> int | None:
    """Return the place of the first conditions that fit, None if none do."""
    return next((place for place, when in enumerate(conditions) if fits(when, facts)), None)


def covers(earlier: When, later: When, network_of: Mapping[str, str]) -> bool:
    """Say whether every case that fits the later conditions fits the earlier ones, too.

    `network_of` (channel -> network) tells what a choice of accounts says of networks.
    """
    if earlier.urgency_from > later.urgency_from:
        return False
    for name in LISTS:
        before: frozenset[str] = getattr(earlier, name)
        after: frozenset[str] = getattr(later, name)
        if name == "networks" and not after and later.channels:
            after = frozenset(network_of.get(channel, "") for channel in later.channels)
        if before and not (after and after <= before):
            return False
    return True


def impossible(when: When, network_of: Mapping[str, str]) -> str:
    """Return the name of the condition that no case can meet beside the others, or "".

    Accounts of other networks than those chosen; public posts on networks that have none.
    """
    if when.networks and when.channels:
        networks = {network_of.get(channel, "") for channel in when.channels}
        if not networks & when.networks:
            return "channels"
    chosen = when.networks or frozenset(network_of.get(c, "") for c in when.channels)
    is_private_only = bool(chosen) and chosen <= {"email", "webchat"}
    if when.audiences == {"public"} and is_private_only:
        return "audiences"
    return ""


def needs_of(asked: Needs, facts: CaseFacts) -> Needs:
    """Return the skills that a case wants: what its rule asks for, then what it is in itself.

    A rule's own word on a kind replaces what the case itself would want of that kind.
    """
    own = (
        (SkillKind.LANGUAGE.value, facts.language),
        (SkillKind.NETWORK.value, facts.network),
        (SkillKind.CASE_KIND.value, facts.kind),
    )
    ruled = {kind for kind, _ in asked}
    return tuple(sorted({*asked, *((k, v) for k, v in own if v and k not in ruled)}))


def key_of(needs: Needs) -> str:
    """Return needs as one text, the same for the same needs; empty for none."""
    return "\x1f".join(f"{kind}={value}" for kind, value in needs)


def needs_from(key: str) -> Needs:
    """Read what `key_of` wrote."""
    pairs = (part.partition("=") for part in key.split("\x1f") if part)
    return tuple((kind, value) for kind, _, value in pairs)


Skills = Mapping[str, Collection[str]]


def has_skills(skills: Skills, needs: Needs) -> bool:
    """Say whether a person can do a case; who lists none of a kind has any of it."""
    return all(not skills.get(kind) or value in skills[kind] for kind, value in needs)


def shown_skills(skills: Skills, needs: Needs) -> Needs:
    """Return which of the needs a person expressly lists: the reason that can be told."""
    return tuple((kind, value) for kind, value in needs if value in skills.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is available. `used` and `capacity` are points; the lowest `turn` is next."""

    user_id: UUID
    capacity: int
    used: int = 0
    turn: int = 0
    skills: Skills = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Points left."""
        return max(0, self.capacity - self.used)


@dataclass(frozen=True, slots=True)
class Wait:
    """A case that waits for somebody: its points, what it needs, and who gave it back."""

    case_id: UUID
    weight: int = 1
    needs: Needs = ()
    not_to: UUID | None = None


class Why(StrEnum):
    """Why a case was given, or why it waits."""

    GIVEN = "given"
    NOBODY = "nobody"
    SKILL = "skill"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets a case (None: nobody now) and why. `used` are their points with this case."""

    case_id: UUID
    user_id: UUID | None
    why: Why
    used: int = 0
    capacity: int = 0
    skills: Needs = ()
    turn: int = 0


def decide(waits: Sequence[Wait], people: Sequence[Person], method: Method) -> list[Decision]:
    """Give cases, in their order, to available people; one decision each.

    Least loaded: whose points are used to the smallest part, then whose turn it is. Round robin:
    whose turn it is, passing by who has no room. Ties go by id, so that the same situation always
    ends the same.
    """
    table = _Round(people, method)
    return [table.decide(wait) for wait in waits]


class Abilities:
    """Who of some people can do what: judged once for all who list the same.

    A team of hundreds has a handful of profiles, and a queue of thousands a few dozen needs.
    """

    def __init__(self, people: Sequence[Person]) -> None:
        profiles = [_profile(person.skills) for person in people]
        self._profiles = profiles
        self._skills = {key: one.skills for key, one in zip(profiles, people, strict=True)}
        self._able: dict[Needs, list[int]] = {}

    def places(self, needs: Needs) -> list[int]:
        """Return the places, in the list of people, of those who can do it."""
        able = self._able.get(needs)
        if able is None:
            can = {key: has_skills(skills, needs) for key, skills in self._skills.items()}
            able = [place for place, key in enumerate(self._profiles) if can[key]]
            self._able[needs] = able
        return able


def _profile(skills: Skills) -> frozenset[tuple[str, frozenset[str]]]:
    return frozenset((kind, frozenset(values)) for kind, values in skills.items() if values)


class _Round:
    """The points and turns while a batch is being given out."""

    def __init__(self, people: Sequence[Person], method: Method) -> None:
        self._people = people
        self._is_in_turn = method is Method.ROUND_ROBIN
        self._used = [person.used for person in people]
        self._turn = [person.turn for person in people]
        self._last = max(self._turn, default=0)
        self._abilities = Abilities(people)
        self._order = [self._rank(place) for place in range(len(people))]

    def _rank(self, place: int) -> tuple[float, int, int]:
        person = self._people[place]
        share = 0.0 if self._is_in_turn else self._used[place] / max(1, person.capacity)
        return share, self._turn[place], person.user_id.int

    def decide(self, wait: Wait) -> Decision:
        if not self._people:
            return Decision(wait.case_id, None, Why.NOBODY)
        able = self._able_for(wait)
        if not able:
            return Decision(wait.case_id, None, Why.SKILL)
        free = [p for p in able if self._used[p] + wait.weight <= self._people[p].capacity]
        if not free:
            return Decision(wait.case_id, None, Why.FULL)
        return self._give(wait, min(free, key=self._order.__getitem__))

    def _able_for(self, wait: Wait) -> list[int]:
        able = self._abilities.places(wait.needs)
        if wait.not_to is None:
            return able
        return [place for place in able if self._people[place].user_id != wait.not_to]

    def _give(self, wait: Wait, place: int) -> Decision:
        person = self._people[place]
        self._used[place] += wait.weight
        self._last += 1
        self._turn[place] = self._last
        self._order[place] = self._rank(place)
        return Decision(
            case_id=wait.case_id,
            user_id=person.user_id,
            why=Why.GIVEN,
            used=self._used[place],
            capacity=person.capacity,
            skills=shown_skills(person.skills, wait.needs),
            turn=self._last,
        )


def first_open(
    start: UUID, next_of: Mapping[UUID, UUID | None], is_open: Mapping[UUID, bool]
) -> UUID:
    """Return the team that takes over: `start` if open, else the first open one after it.

    `start` itself where none of the chain is open, however the chain runs.
    """
    seen: set[UUID] = set()
    here: UUID | None = start
    while here is not None and here not in seen:
        if is_open.get(here, False):
            return here
        seen.add(here)
        here = next_of.get(here)
    return start
