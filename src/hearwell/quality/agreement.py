"""How far two graders agree beyond chance. Pure: no database, no clock.

Cohen's kappa (J. Cohen, 1960) for each criterion, with "does not apply" as a mark of its own;
over all criteria weighted kappa with linear weights (Cohen, 1968) on yes, partly and no, where
both say that it applies. The intervals are by leaving out one reply at a time (the jackknife,
R. G. Miller, 1974): marks of one reply hang together, so replies are what is counted, not marks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

from hearwell.quality.rules import CRITERIA, MARKS, Marks

LAST: Final = 200
ENOUGH: Final = 30
RELIABLE_FROM: Final = 0.6
_Z: Final = 1.96
_NOTHING: Final = 1e-12
_ORDERED: Final = ("yes", "partly", "no")
Pair = tuple[Marks, Marks]
Table = list[list[int]]
Counted = list[tuple[int, int]]
Weights = Callable[[int, int], float]


class Trust(StrEnum):
    """What the agreement says of the scores."""

    TOO_FEW = "too_few"
    ALIKE = "alike"  # all marks are the same: chance explains it as well
    UNRELIABLE = "unreliable"
    RELIABLE = "reliable"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa with its 95 % interval, and the share of equal marks beside it.

    `n` is of replies, `marks` of the pairs of marks. `kappa` is None where there is none, or where
    all marks are the same; the interval where leaving out one reply changes nothing.
    """

    n: int
    marks: int
    kappa: float | None
    low: float | None
    high: float | None
    percent: float | None
    trust: Trust


@dataclass(frozen=True, slots=True)
class Report:
    """Agreement over all criteria, and of each."""

    overall: Agreement
    by_criterion: dict[str, Agreement]


def agreement_of(pairs: Sequence[Pair]) -> Report:
    """Return how far pairs of grades of the same replies agree; the newest `LAST` are looked at.

    `pairs` are the marks of two graders each, the newest first.
    """
    looked = list(pairs[:LAST])
    by_criterion = {
        name: _measured([_of_one(pair, name) for pair in looked], len(MARKS), _same)
        for name in CRITERIA
    }
    return Report(_measured([_of_all(pair) for pair in looked], 3, _linear), by_criterion)


def _of_one(pair: Pair, name: str) -> Counted:
    return [(MARKS.index(pair[0][name]), MARKS.index(pair[1][name]))]


def _of_all(pair: Pair) -> Counted:
    both = ((pair[0][name], pair[1][name]) for name in CRITERIA)
    return [
        (_ORDERED.index(one), _ORDERED.index(other))
        for one, other in both
        if one in _ORDERED and other in _ORDERED
    ]


def _same(one: int, other: int) -> float:
    return float(one == other)


def _linear(one: int, other: int) -> float:
    return 1 - abs(one - other) / 2


def _measured(replies: Sequence[Counted], size: int, weights: Weights) -> Agreement:
    told = [reply for reply in replies if reply]
    table: Table = [[0] * size for _ in range(size)]
    for reply in told:
        _add(table, reply, 1)
    kappa = _kappa(table, weights)
    low, high = _interval(table, told, weights, kappa)
    marks = sum(map(sum, table))
    same = sum(table[at][at] for at in range(size))
    return Agreement(
        len(told),
        marks,
        kappa,
        low,
        high,
        same / marks if marks else None,
        _trust(len(told), kappa),
    )


def _add(table: Table, reply: Counted, step: int) -> None:
    for one, other in reply:
        table[one][other] += step


def _kappa(table: Table, weights: Weights) -> float | None:
    total = sum(map(sum, table))
    if not total:
        return None
    size = range(len(table))
    across, down = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    seen = sum(weights(i, j) * table[i][j] for i in size for j in size) / total
    by_chance = sum(weights(i, j) * across[i] * down[j] for i in size for j in size) / total**2
    return None if by_chance > 1 - 1e-9 else (seen - by_chance) / (1 - by_chance)


def _interval(
    table: Table, replies: Sequence[Counted], weights: Weights, kappa: float | None
) -> tuple[float | None, float | None]:
    left_out = []
    for reply in replies:
        _add(table, reply, -1)
        left_out.append(_kappa(table, weights))
        _add(table, reply, 1)
    known = [one for one in left_out if one is not None]
    if kappa is None or len(known) < 2:  # noqa: PLR2004  a spread needs two
        return None, None
    mean = sum(known) / len(known)
    spread = (len(known) - 1) / len(known) * sum((one - mean) ** 2 for one in known)
    if spread < _NOTHING:  # no single reply changes it: that is no certainty
        return None, None
    half = _Z * sqrt(spread)
    return max(-1.0, kappa - half), min(1.0, kappa + half)


def _trust(n: int, kappa: float | None) -> Trust:
    if n < ENOUGH:
        return Trust.TOO_FEW
    if kappa is None:
        return Trust.ALIKE
    return Trust.RELIABLE if kappa >= RELIABLE_FROM else Trust.UNRELIABLE
