"""The customers of a day: who writes when, where, what, and how soon they expect an answer. Pure.

The pace is that of thirteen thousand posts to American airlines (2015), by the hour of the day.
How long people are content to wait depends on where they write, as surveys find: at once in a
chat, within the hour or the day in public, the same day by mail. What each one really expects is
known here and nowhere in the house; there it is only promised by channel and urgency.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from hearwell.simulation import words

T = TypeVar("T")
DAY_S: Final = 86_400
HOUR_S: Final = 3_600
# Posts per mille in each hour of the day.
PACE: Final = (
    8, 7, 11, 12, 21, 29, 38, 48, 58, 58, 57, 61,
    62, 68, 70, 59, 55, 57, 56, 51, 45, 32, 22, 15,
)  # fmt: skip
AT_ONCE, HOUR, HOURS, A_DAY = 900, HOUR_S, 4 * HOUR_S, DAY_S


class Place(StrEnum):
    """Where a customer writes."""

    CHAT = "chat"
    PUBLIC = "public"
    MAIL = "mail"


_PLACES: Final = {Place.CHAT: 25, Place.PUBLIC: 45, Place.MAIL: 30}
_WAITS: Final = {
    Place.CHAT: {AT_ONCE: 80, HOUR: 20},
    Place.PUBLIC: {AT_ONCE: 10, HOUR: 40, HOURS: 25, A_DAY: 25},
    Place.MAIL: {HOURS: 20, A_DAY: 80},
}
_KINDS: Final = {
    "urgent": 3, "complaint": 35, "question": 25, "request": 12, "praise": 10, "chatter": 15,
}  # fmt: skip
UNANSWERED: Final = frozenset({"praise", "chatter", "thanks"})


@dataclass(frozen=True, slots=True)
class Said:
    """A message, and what is true of it: `expects_s` is None where no answer is expected."""

    at_s: float
    key: str
    customer: str
    place: Place
    kind: str
    text: str
    expects_s: int | None
    thread: str

    @property
    def needs_answer(self) -> bool:
        """Whether whoever wrote it waits."""
        return self.kind not in UNANSWERED

    @property
    def is_urgent(self) -> bool:
        """Whether it is about somebody's safety, health or a flight that is about to leave."""
        return self.kind == "urgent"


@dataclass(frozen=True, slots=True)
class Spike:
    """One hour in which so many times as many people write."""

    hour: int
    times: int = 10

    def holds(self, at_s: float) -> bool:
        """Whether a moment of the day is in it."""
        return self.hour * HOUR_S <= at_s < (self.hour + 1) * HOUR_S


def day(messages: int, seed: int, spike: Spike | None = None, lasts_s: float = DAY_S) -> list[Said]:
    """Return what customers write first on a day, in order of time; a spike comes on top.

    A day that lasts less is the same day in a hurry.
    """
    dice = random.Random(f"{seed}:day")
    shares = [share / sum(PACE) for share in PACE]
    if spike:
        shares[spike.hour] *= spike.times
    counts = [round(messages * share) for share in shares]
    hour_s = lasts_s / len(PACE)
    times = sorted(
        (hour + dice.random()) * hour_s for hour, n in enumerate(counts) for _ in range(n)
    )
    return [_said(number, at_s, dice) for number, at_s in enumerate(times)]


def _said(number: int, at_s: float, dice: random.Random) -> Said:
    place, kind = _one_of(_PLACES, dice), _one_of(_KINDS, dice)
    expects = None if kind in UNANSWERED else _one_of(_WAITS[place], dice)
    customer = f"{dice.choice(words.NAMES)} {number}"
    text = words.text_of(kind, dice)
    key = f"m{number}"
    return Said(
        at_s, key, customer, place, kind, text,
        AT_ONCE if kind == "urgent" else expects, f"t{number}",
    )  # fmt: skip


def _one_of(weights: dict[T, int], dice: random.Random) -> T:
    return dice.choices(list(weights), list(weights.values()))[0]


def after_answer(said: Said, at_s: float, seed: int) -> Iterator[Said]:
    """Yield what a customer says to an answer: thanks, another question, or nothing."""
    dice = random.Random(f"{seed}:{said.key}:after")
    kind = dice.choices(["", "thanks", "question"], [63, 25, 12])[0]
    if kind and said.key.count("+") < 2:  # noqa: PLR2004  nobody goes on for ever
        later = at_s + dice.uniform(60, 1_200)
        text = words.text_of(kind, dice)
        expects = said.expects_s if kind == "question" else None
        yield Said(
            later, f"{said.key}+", said.customer, said.place, kind, text, expects, said.thread
        )


def handling_s(said: Said, seed: int) -> float:
    """Return how long the middle one of the agents takes over a message, in seconds."""
    dice = random.Random(f"{seed}:{said.key}:work")
    return min(540.0, dice.lognormvariate(0, 0.5) * _MEDIANS_S[said.kind])


_MEDIANS_S: Final = {
    "urgent": 210, "complaint": 160, "question": 110, "request": 130,
    "praise": 35, "chatter": 8, "thanks": 8,
}  # fmt: skip


def speeds(agents: int, seed: int) -> Sequence[float]:
    """Return how much longer or shorter than the middle one each agent takes."""
    dice = random.Random(f"{seed}:staff")
    return [dice.uniform(0.8, 1.25) for _ in range(agents)]
