"""How long an answer takes, from those given lately and from who still waits: pure.

Who still waits is as much a measurement as who was answered: their wait is *at least* so long
(censored). Quantiles are those of the product-limit estimate (Kaplan and Meier, "Nonparametric
estimation from incomplete observations", 1958), never below the plain quantile of the answers with
the finite-sample rank ceil((n+1)q) of conformal prediction, and rounded up. What is told is so
never better than what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from math import ceil
from typing import Final

# Of fewer answers than these nothing is told: one lucky answer is no expectation.
LEAST: Final = 8
# So far back is looked, the shortest first in which there are enough.
SPANS: Final = (timedelta(hours=1), timedelta(hours=3), timedelta(hours=12))
HALF, MOST = 0.5, 0.9
# Told times, in seconds; what lies between is rounded up.
STEPS: Final = (
    60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 14400, 21600, 28800,
    43200, 57600, 86400,
)  # fmt: skip
_DAY_S: Final = 86400
# The last minutes weigh by themselves: a queue that grows is not yet in the hour behind it.
RECENT: Final = timedelta(minutes=20)
LEAST_RECENT: Final = 4
# Nine in ten of those who come now are through within so many times what the queue takes.
_SLACK: Final = 2.2
# A wait that is not over will be longer than it is: by how much, at least.
_STILL: Final = 1.25


@dataclass(frozen=True, slots=True)
class Wait:
    """One customer's wait in open seconds: over (answered `ago_s` before now), or not yet."""

    s: float
    is_over: bool = True
    ago_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Expected:
    """Half are answered within `p50_s`, nine in ten within `p90_s`; of `n` answers in `span_s`.

    `waiting` counts those who still wait and were reckoned with.
    """

    p50_s: int
    p90_s: int
    n: int
    waiting: int
    span_s: int


def expected(waits: Sequence[Wait]) -> Expected | None:
    """Return what may be told; None where there is too little to tell."""
    for span in SPANS:
        span_s = span.total_seconds()
        over = [one.s for one in waits if one.is_over and one.ago_s <= span_s]
        if len(over) >= LEAST:
            return _told(waits, over, int(span_s))
    return None


def _told(waits: Sequence[Wait], over: Sequence[float], span_s: int) -> Expected:
    still = [one.s for one in waits if not one.is_over]
    half, most = (worst(over, still, share) for share in (HALF, MOST))
    recent = [one.s for one in waits if one.is_over and one.ago_s <= RECENT.total_seconds()]
    if len(recent) >= LEAST_RECENT:
        half, most = max(half, worst(recent, still, HALF)), max(most, worst(recent, still, MOST))
    ahead = queued(waits, len(over), span_s)
    half, most = max(half, ahead), max(most, ahead * _SLACK)
    return Expected(rounded(half), rounded(max(half, most)), len(over), len(still), span_s)


def queued(waits: Sequence[Wait], n: int, span_s: float) -> float:
    """Return how long those who wait now take, at the slower of two paces: of late, of the span."""
    recent_s = RECENT.total_seconds()
    recent = sum(one.is_over and one.ago_s <= recent_s for one in waits)
    pace: float = min(n / span_s, max(recent, 0.5) / recent_s)
    return float(sum(not one.is_over for one in waits)) / pace


def worst(over: Sequence[float], still: Sequence[float], share: float) -> float:
    """Return the quantile that no reading of the same facts makes longer."""
    return max(ranked(over, share), product_limit(over, still, share))


def ranked(over: Sequence[float], share: float) -> float:
    """Return the value of rank ceil((n+1) share), the largest where there is none."""
    ordered = sorted(over)
    return ordered[min(len(ordered), ceil((len(ordered) + 1) * share)) - 1]


def product_limit(over: Sequence[float], still: Sequence[float], share: float) -> float:
    """Return the first wait at which so many are answered, those who wait counted as not.

    Where it is never reached, the longest wait there is, and more for one that is not over.
    """
    marks = sorted([(s, 0) for s in over] + [(s, 1) for s in still])
    left, alive = len(marks), 1.0
    for value, same in groupby(marks, key=lambda mark: mark[0]):
        kinds = [kind for _s, kind in same]
        alive *= 1 - kinds.count(0) / left
        left -= len(kinds)
        if 1 - alive >= share - 1e-9:
            return float(value)
    return max([*over, *(s * _STILL for s in still)])


def rounded(seconds: float) -> int:
    """Return the told time for a measured one: never shorter."""
    for step in STEPS:
        if seconds <= step:
            return step
    return ceil(seconds / _DAY_S) * _DAY_S
