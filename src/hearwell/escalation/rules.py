"""Levels, clocks and roles with their defaults, and how a path is walked. Pure.

The defaults are the field's where it agrees (a named approver and a backup for each level, a time
limit, then up; planned posts stopped in a crisis; updates promised and kept) and ours elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Any, Final
from uuid import UUID


class Severity(IntEnum):
    """How grave it is: the ladder of cases and incidents alike."""

    CASE = 0
    WATCH = 1
    ISSUE = 2
    CRISIS = 3
    CRITICAL = 4


class Part(StrEnum):
    """What somebody does in an incident; three of them sign what is published."""

    LEAD = "lead"
    FACTS = "facts"
    WORDS = "words"
    LEGAL = "legal"
    SECURITY = "security"
    SPONSOR = "sponsor"


class Place(StrEnum):
    """Whose turn it is at a step of a path."""

    OWNER = "owner"
    BACKUP = "backup"
    LAST = "last"


LONGEST_MINUTES: Final = 7 * 24 * 60
SIGNING_PARTS: Final = (Part.FACTS, Part.WORDS, Part.LEGAL, Part.SPONSOR)
# What triage raises, and what it is called in the settings: danger and safety are one thing.
ALARMS: Final = ("safety", "legal", "press")
_ALARM_OF: Final = {"danger": "safety"}


class BadPathError(ValueError):
    """A path or level that cannot be followed; `field` says where."""

    def __init__(self, *, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Path:
    """Who sees to it: owner, backup, minutes for each to accept, and who signs it off at the end.

    Each is a target: ``user:<id>``, ``team:<id>``, ``role:<name>``, ``part:<name>``, ``assignee``;
    `sign_off` may be empty.
    """

    owner: str
    backup: str
    minutes: int
    sign_off: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What holds at a level. Minutes are from its beginning; 0: not asked for.

    `signs` are the parts that sign a statement, `deputy_after` how long each has before the deputy
    may; `rises_after` how long it lasts before it is one level up; `stops`: planned and automatic
    posts are held; `tasks`: (what, by when).
    """

    statement: int = 0
    update: int = 0
    signs: tuple[str, ...] = ()
    deputy_after: int = 15
    rises_after: int = 0
    stops: bool = False
    tasks: tuple[tuple[str, int], ...] = ()


_LEAD, _ADMIN, _OWNER = "role:lead", "role:admin", "role:owner"
DEFAULT_PATHS: Final[Mapping[int, Path]] = {
    Severity.CASE: Path("assignee", _LEAD, 60),
    Severity.WATCH: Path(_LEAD, _ADMIN, 15),
    Severity.ISSUE: Path(_LEAD, _ADMIN, 10, _ADMIN),
    Severity.CRISIS: Path("part:words", "part:legal", 10, _ADMIN),
    Severity.CRITICAL: Path("part:sponsor", "part:lead", 5, _OWNER),
}
# Until somebody is named for a part, these hold it.
DEFAULT_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    Part.LEAD: (_LEAD, _ADMIN),
    Part.FACTS: (_LEAD, _ADMIN),
    Part.WORDS: (_ADMIN, _OWNER),
    Part.LEGAL: (_ADMIN, _OWNER),
    Part.SECURITY: (_ADMIN, _OWNER),
    Part.SPONSOR: (_OWNER, _ADMIN),
}
_FIRST: Final = (
    ("Name the incident lead", 5),
    ("Confirm the facts with those who know", 15),
    ("Agree what agents may say", 20),
)
_LATER: Final = (
    ("Tell gate, shop and phone staff the same", 30),
    ("Save evidence: posts, times, replies", 45),
    ("Publish the holding statement", 60),
    ("Book the review, within 48 hours", 0),
)
DEFAULT_LEVELS: Final[Mapping[int, Level]] = {
    Severity.CASE: Level(),
    Severity.WATCH: Level(tasks=(("Say what it is: watch, issue or nothing", 15),)),
    Severity.ISSUE: Level(
        statement=30, update=120, signs=(Part.FACTS, Part.WORDS), rises_after=120,
        tasks=(*_FIRST, ("Publish the holding statement", 30)),
    ),
    Severity.CRISIS: Level(
        statement=60, update=120, signs=(Part.FACTS, Part.WORDS, Part.LEGAL), stops=True,
        tasks=(*_FIRST, *_LATER),
    ),
    Severity.CRITICAL: Level(
        statement=60, update=60, stops=True, deputy_after=10,
        signs=(Part.FACTS, Part.WORDS, Part.LEGAL, Part.SPONSOR),
        tasks=(("Open the war room", 0), ("Inform the chief executive", 10), *_FIRST, *_LATER),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What a workspace chose: levels, parts (owner and deputy), what enters by itself and where.

    `alarms` are those that escalate a case by themselves, at `alarm_level`. A spike of each kind
    proposes an incident of its level; 0: none is proposed.
    """

    levels: Mapping[int, Level] = field(default_factory=lambda: dict(DEFAULT_LEVELS))
    parts: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(DEFAULT_PARTS))
    alarms: tuple[str, ...] = ALARMS
    alarm_level: int = Severity.CRISIS
    of_trouble: int = Severity.ISSUE
    of_volume: int = Severity.WATCH

    def stored(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            **asdict(self),
            "levels": {str(key): asdict(one) for key, one in self.levels.items()},
            "parts": {str(key): list(one) for key, one in self.parts.items()},
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Choice:
        """Return it from JSON; what is missing takes its default."""
        levels = {
            int(key): _level(one, DEFAULT_LEVELS[int(key)])
            for key, one in stored.get("levels", {}).items()
        }
        parts = {key: (one[0], one[1]) for key, one in stored.get("parts", {}).items()}
        rest = ("alarm_level", "of_trouble", "of_volume")
        return cls(
            levels={**DEFAULT_LEVELS, **levels},
            parts={**DEFAULT_PARTS, **parts},
            alarms=tuple(stored.get("alarms", ALARMS)),
            **{key: int(stored[key]) for key in rest if key in stored},
        )


def _level(stored: Mapping[str, Any], default: Level) -> Level:
    known = {key: value for key, value in stored.items() if hasattr(default, key)}
    known["signs"] = tuple(known.get("signs", default.signs))
    known["tasks"] = tuple((what, by) for what, by in known.get("tasks", default.tasks))
    return replace(default, **known)


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of a path as it was when it was applied: whose, at which level, for how long."""

    place: Place
    level: int
    target: str
    minutes: int

    def stored(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Step:
        """Return it from JSON."""
        return cls(**{**stored, "place": Place(stored["place"])})


def steps_from(severity: int, paths: Mapping[int, Path]) -> list[Step]:
    """Return the turns from a severity on: owner, backup, one level up, and at last the owners."""
    steps = [
        Step(place, level, target, paths[level].minutes)
        for level in range(severity, Severity.CRITICAL + 1)
        for place, target in (
            (Place.OWNER, paths[level].owner),
            (Place.BACKUP, paths[level].backup),
        )
        if target
    ]
    return [*steps, Step(Place.LAST, Severity.CRITICAL, _OWNER, paths[Severity.CRITICAL].minutes)]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a path has come to: the step, who is asked, who was passed over and why."""

    index: int
    asked: tuple[UUID, ...]
    passed: tuple[tuple[int, str], ...] = ()


Finder = Callable[[str], tuple[Sequence[UUID], str]]


def next_turn(steps: Sequence[Step], index: int, find: Finder, last: Sequence[UUID]) -> Turn:
    """Return the first step from `index` on at which somebody is there.

    `find` returns who of a target may be asked now, and, where nobody, why. Those who are absent
    are passed over at once. At the end stand `last`, whoever of them is there or not.
    """
    passed: list[tuple[int, str]] = []
    for place in range(index, len(steps) - 1):
        people, why = find(steps[place].target)
        if people:
            return Turn(place, tuple(people), tuple(passed))
        passed.append((place, why))
    return Turn(len(steps) - 1, tuple(last), tuple(passed))


def latest_owner(steps: Sequence[Step]) -> timedelta:
    """Return after how long it has an owner, whatever happens."""
    return timedelta(minutes=sum(step.minutes for step in steps))


def alarms_that_count(raised: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Return which of the alarms of triage escalate a case, by their names in the settings."""
    named = dict.fromkeys(_ALARM_OF.get(one, one) for one in raised)
    return [one for one in named if one in chosen]


def is_same_story(words: Sequence[str], others: Sequence[str]) -> bool:
    """Say whether two spikes tell one story: a third of the shorter one's words are shared."""
    ours, theirs = set(words), set(others)
    least = min(len(ours), len(theirs))
    return least > 0 and 3 * len(ours & theirs) >= least


def checked_minutes(value: int, name: str, *, least: int = 0) -> int:
    """Return minutes that can be waited. Raises BadPathError naming the field."""
    if not least <= value <= LONGEST_MINUTES:
        raise BadPathError(field=name)
    return value
