"""Goals: whether one is met, and on the way, is reckoned from the last eight weeks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from statistics import median
from types import MappingProxyType
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import Unit, share
from hearwell.reports.rolling.measures import ANSWER, NEED
from hearwell.reports.rolling.tally import Tally, summed
from hearwell.reports.study.methods import DAY_S

WEEKS: Final = 8
_HELD: Final = 4
"""A goal is met when the last four weeks together reach it; a trend needs as many weeks."""
WEEK: Final = timedelta(days=7)
METHOD: Final = _(
    "Met: the last four weeks together reach the target. On the way: the line through the last "
    "eight weeks (Theil-Sen, so one odd week does not bend it) reaches it by its date. A line "
    "needs four weeks in which something was counted."
)
Days = Mapping[tuple[date, str], Tally]


class Standing(StrEnum):
    """How a goal stands. `MISSED`: its date has passed, and the four weeks before were short."""

    MET = "met"
    ON_THE_WAY = "on_the_way"
    NOT_ON_THE_WAY = "not_on_the_way"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure that a goal can be set for, reckoned of one measure; `is_less`: less is better."""

    key: str
    title: str
    unit: Unit
    measure: str
    is_less: bool
    reckon: Callable[[Tally], float | None]

    def reaches(self, value: float, target: float) -> bool:
        """Whether a value is at least as good as the target."""
        return value <= target if self.is_less else value >= target


AIMS: Final[Mapping[str, Aim]] = MappingProxyType(
    {
        one.key: one
        for one in (
            Aim("response_rate", _("Response rate"), "share", NEED, is_less=False,
                reckon=lambda tally: share(tally.n("answered"), tally.n())),
            Aim("within_1h", _("Answered within an hour"), "share", NEED, is_less=False,
                reckon=lambda tally: share(tally.n("within_1h"), tally.n())),
            Aim("response_median", _("Response time, median"), "s", NEED, is_less=True,
                reckon=lambda tally: tally.quantile(0.5, DAY_S)),
            Aim("answer_median", _("First answer, median"), "s", ANSWER, is_less=True,
                reckon=lambda tally: tally.quantile(0.5)),
        )
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How a goal stands: the last four weeks together, and each of eight, the oldest first."""

    standing: Standing
    value: float | None
    n: int
    weeks: Sequence[float | None]


def progress(aim: Aim, target: float, due_on: date, days: Days, last: date) -> Progress:
    """Reckon how a goal stands by the days up to `last`, or to its date where that has passed."""
    end = min(last, due_on)
    held = _tally(aim, days, end, _HELD)
    weeks = [aim.reckon(_tally(aim, days, end - back * WEEK, 1)) for back in reversed(range(WEEKS))]
    value = aim.reckon(held)
    standing = _standing(aim, target, value, weeks, (due_on - last) / WEEK)
    return Progress(standing, value, held.n(), weeks)


def _tally(aim: Aim, days: Days, last: date, weeks: int) -> Tally:
    wanted = [(last - timedelta(days=back), aim.measure) for back in range(weeks * WEEK.days)]
    return summed(aim.measure, (days[one] for one in wanted if one in days))


def _standing(
    aim: Aim, target: float, value: float | None, weeks: Sequence[float | None], left: float
) -> Standing:
    """Return how it stands with so many weeks left to its date."""
    if value is not None and aim.reaches(value, target):
        return Standing.MET
    if value is None:
        return Standing.UNKNOWN
    if left < 0:
        return Standing.MISSED
    reached = projected(weeks, left)
    if reached is None:
        return Standing.UNKNOWN
    return Standing.ON_THE_WAY if aim.reaches(reached, target) else Standing.NOT_ON_THE_WAY


def projected(weeks: Sequence[float | None], ahead: float) -> float | None:
    """Return where the line through weekly values is so many weeks after the last of them.

    Theil-Sen: the median of all slopes, through the median of what it leaves. None where fewer
    than four weeks have a value.
    """
    points = [(float(at), value) for at, value in enumerate(weeks) if value is not None]
    if len(points) < _HELD:
        return None
    slope = median((w - v) / (b - a) for (a, v), (b, w) in combinations(points, 2))
    start = median(v - slope * a for a, v in points)
    return start + slope * (len(weeks) - 1 + ahead)
