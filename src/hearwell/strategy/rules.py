"""The four answers as values: read, checked, compared. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

DAY: Final = 1440
LONGEST: Final = 2000
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
QUESTIONS: Final = ("networks", "rota", "paths", "roles")


class BadAnswerError(ValueError):
    """An answer that cannot be kept: `place` is the field, `code` says what is wrong with it."""

    def __init__(self, code: str, place: str) -> None:
        super().__init__(code)
        self.code, self.place = code, place


def minutes_of(text: str, place: str) -> int:
    """Read a time of day, 24:00 included, as minutes. Raises BadAnswerError."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        code = "time"
        raise BadAnswerError(code, place)
    hours, _, rest = text.strip().partition(":")
    return int(hours) * 60 + int(rest)


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is responsible on some days between two times in the workspace's zone.

    `days`: 0 is Monday. An end at or before the start lies on the next day. A team or a person, and
    by name who stands in. `calendar`: on its single days (holidays) that calendar's hours hold.
    """

    days: tuple[int, ...]
    starts: str
    ends: str
    team: str = ""
    person: str = ""
    backup: str = ""
    calendar: str = ""

    @property
    def span(self) -> tuple[int, int]:
        """Minutes after midnight of its day; the end may lie on the next."""
        start, end = minutes_of(self.starts, "starts"), minutes_of(self.ends, "ends")
        return start, end if end > start else end + DAY


def checked_shift(shift: Shift, place: str) -> Shift:
    """Return a shift that can be kept. Raises BadAnswerError at its field."""
    start = minutes_of(shift.starts, f"{place}starts")
    end = minutes_of(shift.ends, f"{place}ends")
    problems = (
        ("zero", "ends", start == end),
        ("start", "starts", start == DAY),
        ("days", "days", not shift.days or not set(shift.days) <= set(range(7))),
        ("owner", "person", not shift.team and not shift.person),
        ("backup", "backup", not shift.backup),
        ("same", "backup", shift.backup == shift.person),
    )
    for code, name, is_wrong in problems:
        if is_wrong:
            raise BadAnswerError(code, f"{place}{name}")
    return shift


@dataclass(frozen=True, slots=True)
class Path:
    """How one kind of case is solved: in words, by which promise and team, with which replies."""

    words: str = ""
    promise: str = ""
    team: str = ""
    replies: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it says what to do and who does it."""
        return bool(self.words.strip() and self.team)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered. `networks`: network -> "answer", "read" or "leave"; `elsewhere` in words.

    `paths` by kind of case, `roles` by role: what it decides alone, in words.
    """

    networks: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    rota: tuple[Shift, ...] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Answers:
        """Read the stored form; what is missing is not answered yet."""
        return cls(
            networks=dict(stored.get("networks", {})),
            elsewhere=str(stored.get("elsewhere", "")),
            rota=tuple(_shift(one) for one in stored.get("rota", ())),
            paths={kind: _path(one) for kind, one in stored.get("paths", {}).items()},
            roles=dict(stored.get("roles", {})),
        )

    def stored(self) -> dict[str, Any]:
        """Return the form that is kept."""
        kept = asdict(self)
        kept["rota"] = [{**one, "days": list(one["days"])} for one in kept["rota"]]
        kept["paths"] = {k: {**v, "replies": list(v["replies"])} for k, v in kept["paths"].items()}
        return kept


def _shift(stored: Mapping[str, Any]) -> Shift:
    return Shift(**{**stored, "days": tuple(stored["days"])})


def _path(stored: Mapping[str, Any]) -> Path:
    return Path(**{**stored, "replies": tuple(stored.get("replies", ()))})


@dataclass(frozen=True, slots=True)
class House:
    """What the house has, against which answers are held.

    `networks` are those of connected accounts, `kinds` those that need a path, `roles` those that
    people have; `people` and `teams` that exist; `gap_hours` hours of the week without an owner.
    """

    networks: Iterable[str]
    kinds: Sequence[str]
    roles: Sequence[str]
    gap_hours: int


@dataclass(frozen=True, slots=True)
class Open:
    """What is missing of one answer: a code and the things it is about."""

    question: str
    code: str
    about: tuple[str, ...] = ()
    n: int = 0


def missing(answers: Answers, house: House) -> list[Open]:
    """Return what is missing of the four answers, in their order; nothing where all is answered."""
    return list(_missing(answers, house))


def _missing(answers: Answers, house: House) -> Iterator[Open]:
    unsaid = tuple(sorted(set(house.networks) - set(answers.networks)))
    if not set(answers.networks.values()) & {"answer"}:
        yield Open("networks", "none")
    elif unsaid:
        yield Open("networks", "unsaid", unsaid)
    if not answers.rota:
        yield Open("rota", "none", n=168)
    elif house.gap_hours:
        yield Open("rota", "gaps", n=house.gap_hours)
    bare = tuple(k for k in house.kinds if not answers.paths.get(k, Path()).is_whole)
    if bare:
        yield Open("paths", "unwritten", bare, len(bare))
    without = tuple(r for r in house.roles if not answers.roles.get(r, "").strip())
    if without:
        yield Open("roles", "unlimited", without, len(without))


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two versions: where, and what it was and is."""

    question: str
    what: str
    before: Any
    after: Any


def compare(old: Answers, new: Answers) -> list[Change]:
    """Return what differs, by question and then by name."""
    changes = [
        Change(question, what, before, after)
        for question, one, other in (
            ("networks", dict(old.networks), dict(new.networks)),
            ("networks", {"": old.elsewhere}, {"": new.elsewhere}),
            ("rota", _by_text(old.rota), _by_text(new.rota)),
            ("paths", dict(old.paths), dict(new.paths)),
            ("roles", dict(old.roles), dict(new.roles)),
        )
        for what in sorted({*one, *other})
        if (before := one.get(what)) != (after := other.get(what))
    ]
    return sorted(changes, key=lambda one: (QUESTIONS.index(one.question), one.what))


def _by_text(rota: Iterable[Shift]) -> dict[str, Shift]:
    return {repr(shift): shift for shift in rota}
