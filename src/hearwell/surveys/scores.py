"""From answers to a figure: how many, how much, how sure. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

from hearwell.kit.shares import Share
from hearwell.surveys.items import Formula, Item

_Z: Final = 1.959964  # 95 %
_PROMOTES, _DETRACTS = 9, 6
Histogram = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """One figure and its 95 % interval: shares 0 to 1, NPS -100 to 100, means on their own scale.

    `value` and `interval` are None without an answer (a mean of one has no interval).
    """

    n: int
    value: float | None
    interval: tuple[float, float] | None


def score_of(item: Item, answers: Histogram) -> Score:
    """Return the figure of a question: value -> how many answered it."""
    n = sum(answers.values())
    match item.formula:
        case Formula.SHARE:
            share = top_share(item, answers)
            return Score(n, share.value, share.interval)
        case Formula.NET:
            up = sum(count for value, count in answers.items() if value >= _PROMOTES)
            down = sum(count for value, count in answers.items() if value <= _DETRACTS)
            return _mean({100: up, -100: down, 0: n - up - down}, (-100, 100))
        case Formula.MEAN:
            return _mean(answers, (item.low, item.high))
        case Formula.CHOICE:
            return Score(n, None, None)


def top_share(item: Item, answers: Histogram) -> Share:
    """Return how many answered with the top of a scale; of NPS those who promote."""
    top = _PROMOTES if item.formula == Formula.NET else item.top
    right = sum(count for value, count in answers.items() if value >= top)
    return Share(right, sum(answers.values()))


def _mean(values: Histogram, ends: tuple[float, float]) -> Score:
    """Return a mean with the interval of its standard error, within the scale."""
    n = sum(values.values())
    if not n:
        return Score(0, None, None)
    mean = sum(value * count for value, count in values.items()) / n
    if n == 1:
        return Score(1, mean, None)
    square = sum(count * (value - mean) ** 2 for value, count in values.items()) / (n - 1)
    half = _Z * sqrt(square / n)
    return Score(n, mean, (max(ends[0], mean - half), min(ends[1], mean + half)))
