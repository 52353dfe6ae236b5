"""The scorecard, what makes a reply riskier than others, scores and their intervals. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil, sqrt
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

# The right that all of this asks for.
GRADE: Final = "grade"
CRITERIA: Final = ("understood", "solved", "tone", "voice", "personal", "channel")


class Mark(StrEnum):
    """What a grader says of one criterion."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NONE = "na"


MARKS: Final = tuple(mark.value for mark in Mark)
POINTS: Final[Mapping[str, float]] = MappingProxyType({"yes": 1.0, "partly": 0.5, "no": 0.0})
# How much likelier each of them makes it that a reply is drawn: they add to one.
RISKS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "negative": 1.0,
        "severe": 2.0,
        "late": 1.0,
        "reopened": 2.0,
        "complaint": 1.0,
        "public": 1.0,
        "new_agent": 2.0,
    }
)
Marks = Mapping[str, str]
NOTHING: Final = "nothing"
LONGEST_NOTE: Final = 2000
LONGEST_ANCHOR: Final = 200
_Z: Final = 1.96


class BadGradeError(ValueError):
    """What is no grade; `str()` names the criterion that lacks a mark, or is not one."""


def checked(marks: Marks, *, is_draft: bool = False) -> dict[str, str]:
    """Return marks in the order of the scorecard. Raises BadGradeError.

    A draft may lack some of them; a grade in which nothing applies is none.
    """
    for name in CRITERIA:
        mark = marks.get(name, "")
        if mark not in MARKS and not (is_draft and not mark):
            raise BadGradeError(name)
    kept = {name: marks[name] for name in CRITERIA if marks.get(name)}
    if not is_draft and score_of(kept) is None:
        raise BadGradeError(NOTHING)
    return kept


def score_of(marks: Marks) -> float | None:
    """Return the share of points, 0-1, of what applies; None where nothing does."""
    points = [POINTS[mark] for mark in marks.values() if mark in POINTS]
    return sum(points) / len(points) if points else None


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of one person's replies of a week are drawn by chance, and how many by risk."""

    random: int
    risky: int


def shares_of(a_week: int, random_percent: int) -> Shares:
    """Split what is drawn a week. Rounded up for chance: scores are counted on that part."""
    by_chance = ceil(a_week * random_percent / 100)
    return Shares(by_chance, a_week - by_chance)


def doubles_due(drawn: int, doubled: int, fresh: int, percent: int) -> int:
    """Return how many of `fresh` samples go to two graders, so that the share holds over all."""
    wanted = ceil((drawn + fresh) * percent / 100)
    return max(0, min(fresh, wanted - doubled))


def monday_of(moment: datetime, zone: str) -> date:
    """Return the Monday of the week that a moment lies in, in a zone."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())


def week_span(monday: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a week begins and ends; its hours are not always 168."""
    here = ZoneInfo(zone)
    starts = datetime(monday.year, monday.month, monday.day, tzinfo=here)
    after = monday + timedelta(days=7)
    return starts, datetime(after.year, after.month, after.day, tzinfo=here)


@dataclass(frozen=True, slots=True)
class Score:
    """A mean of scores, 0-1, its 95 % interval, and of how many replies.

    `mean` is None under the fewest that may be shown, `low` and `high` are with it.
    """

    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None


def summed_up(n: int, total: float, squares: float, *, fewest: int) -> Score:
    """Return the mean of `n` scores by their sum and the sum of their squares.

    The interval is the normal approximation of a mean; it is never narrower than what one reply
    more, the opposite of the others, would do: alike replies are no proof (the rule of three).
    """
    if n < max(fewest, 2):
        return Score(n)
    mean = total / n
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    half = max(_Z * sqrt(variance / n), 1 / (n + 1))
    return Score(n, mean, max(0.0, mean - half), min(1.0, mean + half))


def spread_of(scores: Sequence[float]) -> float:
    """Return the distance of the highest score from the lowest; 0 for none."""
    return max(scores) - min(scores) if scores else 0.0
