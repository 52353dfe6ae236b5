"""When a rule looks, what must hold, what it does, and which rules would go in a circle. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from hearwell.listening.tokens import folded, is_unspaced, tokens_of, words_in
from hearwell.routing import rules as routing
from hearwell.routing.rules import When

MOST_DEEP: Final = 3
"""So many rules may follow from one another; the next one is refused."""
SENDS_AGAIN_AFTER_H: Final = 24
"""No case gets a second automatic reply before so many hours have passed."""


class Trigger(StrEnum):
    """What makes a rule look at a case."""

    RECEIVED = "received"
    OPENED = "opened"
    REOPENED = "reopened"
    NEARLY_DUE = "nearly_due"
    LATE = "late"
    REPLIED = "replied"
    TAGGED = "tagged"
    QUIET = "quiet"


class Hours(StrEnum):
    """Whether opening hours matter, and how."""

    ANY = ""
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold of a case, all of it: routing's conditions and these.

    `words`: one of these words or phrases stands in the customer's latest message, whole; in
    scripts without spaces, any stretch of letters. `not_tags`: it has none of these (lower case).
    `hours` of the calendar `calendar_key`. `earlier_from`, `earlier_to`: how many cases the
    customer had before; None: any.
    """

    when: When = field(default_factory=When)
    words: frozenset[str] = frozenset()
    not_tags: frozenset[str] = frozenset()
    hours: Hours = Hours.ANY
    calendar_key: str = ""
    earlier_from: int | None = None
    earlier_to: int | None = None

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Conditions:
        """Read the stored form; what is missing holds always."""
        return cls(
            when=When.parse(stored.get("when", {})),
            words=frozenset(map(str, stored.get("words", ()))),
            not_tags=frozenset(map(str, stored.get("not_tags", ()))),
            hours=Hours(stored.get("hours", "")),
            calendar_key=str(stored.get("calendar_key", "")),
            earlier_from=stored.get("earlier_from"),
            earlier_to=stored.get("earlier_to"),
        )

    def stored(self) -> dict[str, Any]:
        """Return the form that is kept: sorted lists, without what always holds."""
        found: dict[str, Any] = {
            "when": self.when.stored(),
            "words": sorted(self.words),
            "not_tags": sorted(self.not_tags),
            "hours": self.hours.value,
            "calendar_key": self.calendar_key if self.hours else "",
        }
        numbers = {"earlier_from": self.earlier_from, "earlier_to": self.earlier_to}
        told = {name: value for name, value in numbers.items() if value is not None}
        return {name: value for name, value in found.items() if value} | told


@dataclass(frozen=True, slots=True)
class Then:
    """What is done, in this order. `close` and `snooze_h` exclude each other.

    `tags` are put on, `untags` taken off; `urgency` 0 to 4; ids as text. `suggest` and `send` name
    articles whose saved reply is laid ready, or sent to `audience`. Nothing is done by what is
    empty.
    """

    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    urgency: int | None = None
    team: str = ""
    assign: str = ""
    note: str = ""
    suggest: str = ""
    send: str = ""
    audience: str = "private"
    snooze_h: int = 0
    close: str = ""

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Then:
        """Read the stored form; what is missing is not done."""
        words = {name: str(stored.get(name, "")) for name in _WORDS}
        return cls(
            tags=tuple(map(str, stored.get("tags", ()))),
            untags=tuple(map(str, stored.get("untags", ()))),
            team=words["team"],
            assign=words["assign"],
            note=words["note"],
            suggest=words["suggest"],
            send=words["send"],
            close=words["close"],
            urgency=stored.get("urgency"),
            audience=str(stored.get("audience", "private")),
            snooze_h=int(stored.get("snooze_h", 0)),
        )

    def stored(self) -> dict[str, Any]:
        """Return the form that is kept, without what is not done."""
        found: dict[str, Any] = {"tags": list(self.tags), "untags": list(self.untags)}
        found |= {name: getattr(self, name) for name in _WORDS} | {"snooze_h": self.snooze_h}
        done = {name: value for name, value in found.items() if value}
        if self.urgency is not None:
            done["urgency"] = self.urgency
        return done | ({"audience": self.audience} if self.send else {})

    @property
    def acts(self) -> tuple[str, ...]:
        """The names of what is done, in order."""
        done = self.stored()
        return tuple(name for name in ACTS if name in done)

    @property
    def is_public(self) -> bool:
        """Whether it speaks where everybody reads it."""
        return bool(self.send) and self.audience == "public"


_WORDS: Final = ("team", "assign", "note", "suggest", "send", "close")
ACTS: Final = (
    "tags", "untags", "urgency", "team", "assign", "note", "suggest", "send", "snooze_h", "close",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at of a case. `text`: the customer's latest message.

    `is_waiting`: somebody in it waits for our answer, or is owed one. `open_calendars`: the keys of
    the opening hours that are open.
    """

    case: routing.CaseFacts
    text: str = ""
    earlier: int = 0
    is_waiting: bool = False
    is_closed: bool = False
    has_holder: bool = False
    open_calendars: frozenset[str] = frozenset()


def matches(wanted: Conditions, facts: Facts) -> bool:
    """Say whether a case meets all conditions."""
    if not routing.fits(wanted.when, facts.case) or wanted.not_tags & facts.case.tags:
        return False
    if wanted.hours and (wanted.calendar_key in facts.open_calendars) != (
        wanted.hours is Hours.OPEN
    ):
        return False
    if wanted.earlier_from is not None and facts.earlier < wanted.earlier_from:
        return False
    if wanted.earlier_to is not None and facts.earlier > wanted.earlier_to:
        return False
    return not wanted.words or has_words(facts.text, wanted.words)


def has_words(text: str, wanted: Iterable[str]) -> bool:
    """Say whether one of these words or phrases stands in a text, whole; spelling is folded."""
    said = tuple(token.folded for token in tokens_of(text))
    plain = folded(text)
    return any(_stands(phrase, said, plain) for phrase in wanted)


def _stands(phrase: str, said: tuple[str, ...], plain: str) -> bool:
    if is_unspaced(phrase):
        return folded(phrase) in plain
    words = _phrase(phrase)
    last = len(said) - len(words)
    return bool(words) and any(said[at : at + len(words)] == words for at in range(last + 1))


@lru_cache(maxsize=4096)
def _phrase(text: str) -> tuple[str, ...]:
    return words_in(text)


def is_called(trigger: Trigger, wanted_tags: Collection[str], tags: Collection[str]) -> bool:
    """Say whether these tags call a rule that waits for some (lower case); no others matter."""
    if trigger is not Trigger.TAGGED:
        return True
    return bool(tags) and (not wanted_tags or bool({t.lower() for t in tags} & set(wanted_tags)))


def obstacle(act: str, facts: Facts) -> str:
    """Return why an act cannot be done to a case as it stands, as a code; empty if it can.

    A rule never closes a case in which somebody waits for us, nor takes one from its holder, nor
    touches what is closed, except for what it is filed under.
    """
    if facts.is_closed and act not in {"tags", "untags", "note"}:
        return "closed"
    if act == "close" and facts.is_waiting:
        return "waiting"
    if act == "assign" and facts.has_holder:
        return "held"
    return ""


def after(then: Then, facts: Facts) -> Facts:
    """Return a case as the acts of a rule would leave it, for the rules that come later."""
    gone = {tag.lower() for tag in then.untags}
    tags = (facts.case.tags | {tag.lower() for tag in then.tags}) - gone
    urgency = facts.case.urgency if then.urgency is None else then.urgency
    closes = then.close and not obstacle("close", facts)
    return replace(
        facts,
        case=replace(facts.case, tags=frozenset(tags), urgency=urgency),
        has_holder=facts.has_holder or bool(then.assign),
        is_closed=facts.is_closed or bool(closes),
    )


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a rule tells which others it sets off. `called_by`: the tags that it waits for."""

    id: str
    name: str
    trigger: Trigger
    then: Then
    called_by: frozenset[str] = frozenset()
    not_tags: frozenset[str] = frozenset()


def sets_off(one: Sketch, other: Sketch) -> bool:
    """Say whether what one rule does can make the other look at the same case.

    Only labels do: a reply that a rule sends is automatic, which starts nothing. It is still no
    answer to a reply: a rule that would send because something was sent goes in a circle.
    """
    if other.trigger is Trigger.REPLIED:
        return bool(one.then.send)
    if other.trigger is not Trigger.TAGGED or not one.then.tags:
        return False
    put_on = {tag.lower() for tag in one.then.tags}
    if put_on & other.not_tags:
        return False
    return not other.called_by or bool(put_on & other.called_by)


def circle(start: Sketch, others: Sequence[Sketch]) -> list[str]:
    """Return the names of a circle of rules from `start` back to it, the shortest; [] if none.

    One name: the rule sets itself off.
    """
    rules = {one.id: one for one in (*others, start)}
    came_from: dict[str, str] = {}
    heads = [start.id]
    while heads:
        here = rules[heads.pop(0)]
        if sets_off(here, start):
            return _way(rules, came_from, here.id)
        for one in rules.values():
            if one.id not in came_from and one.id != start.id and sets_off(here, one):
                came_from[one.id] = here.id
                heads.append(one.id)
    return []


def _way(rules: Mapping[str, Sketch], came_from: Mapping[str, str], last: str) -> list[str]:
    way = [last]
    while way[-1] in came_from:
        way.append(came_from[way[-1]])
    return [rules[one].name for one in reversed(way)]


def refused_chain(rule_id: str, chain: Sequence[str]) -> str:
    """Return why a rule must not follow on what rules have done, as a code; empty if it may."""
    if rule_id in chain:
        return "circle"
    return "deep" if len(chain) >= MOST_DEEP else ""
