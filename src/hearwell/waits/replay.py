"""Hold what would have been told against what then came: pure.

A day is replayed as it was lived: at every moment only what was known by then is used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hearwell.waits.rules import SPANS, Expected, Wait, expected

EVERY_S: Final = 60.0
Rule = Callable[[Sequence[Wait]], Expected | None]


@dataclass(frozen=True, slots=True)
class Life:
    """A customer who asked at a moment and was answered at another, or never (None), in seconds."""

    asked: float
    answered: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """How a promise was kept: to so many it was told, of so many who asked; so many in time."""

    asked: int
    told: int
    in_time: int

    @property
    def share(self) -> float | None:
        """In time of those it was told to."""
        return self.in_time / self.told if self.told else None


def replayed(
    lives: Sequence[Life], *, end: float, rule: Rule = expected, every_s: float = EVERY_S
) -> Kept:
    """Return how the told p90 was kept, by who asked until `end`; estimates are renewed so often.

    Who had no answer by `end` and has waited no longer than was told is left out of the count.
    """
    ordered = sorted(lives, key=lambda one: one.asked)
    over = sorted((one for one in ordered if one.answered is not None), key=_answered)
    told = in_time = 0
    at, now_told = -1.0, None
    for one in ordered:
        moment = one.asked // every_s * every_s
        if moment != at:
            at, now_told = moment, rule(_known(ordered, over, moment))
        if now_told is None:
            continue
        waited = (one.answered if one.answered is not None else end) - one.asked
        is_late = waited > now_told.p90_s
        if one.answered is None and not is_late:
            continue
        told, in_time = told + 1, in_time + (not is_late)
    return Kept(len(ordered), told, in_time)


def _answered(one: Life) -> float:
    return one.answered if one.answered is not None else float("inf")


def _known(ordered: Sequence[Life], over: Sequence[Life], at: float) -> list[Wait]:
    """Return what was known at a moment: answers of the longest span, and who waited then."""
    since = at - SPANS[-1].total_seconds()
    first, last = bisect_left(over, since, key=_answered), bisect_right(over, at, key=_answered)
    waits = [
        Wait(_answered(one) - one.asked, ago_s=at - _answered(one)) for one in over[first:last]
    ]
    begun = bisect_right(ordered, at, key=lambda one: one.asked)
    return waits + [
        Wait(at - one.asked, is_over=False)
        for one in ordered[max(0, begun - 5000) : begun]
        if _answered(one) > at
    ]
