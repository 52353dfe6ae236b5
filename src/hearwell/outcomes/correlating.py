"""How two series go together, and what keeps that from meaning much. Pure.

Places are whole numbers, one a week or a month, so that a gap is a gap: what has no partner is
left out, never filled. Correlation, not cause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.reports.study.figures import SMALL

Series = Mapping[int, float]
LEAST: Final = 8
"""With fewer pairs no correlation is shown: two series of five go together by chance all the
time."""
_Z: Final = 1.959964  # 95 %
_ALIKE: Final = 0.3
# |t| beyond which a slope over time is more than chance, about 95 %.
_SLOPE: Final = 2.0

TOO_SHORT: Final = _("Too short: fewer than 8 pairs, so no correlation is shown.")
SHORT: Final = _("Short: fewer than 30 pairs. Chance weighs more than anything else here.")
TREND: Final = _(
    "Both rise or fall over the time. Any two things that do so correlate: look at the changes."
)
RESEMBLE: Final = _(
    "Each value resembles the one before it, so these pairs are worth fewer: the interval is "
    "reckoned with that."
)
APART: Final = _("From one value to the next they do not move together, or not in the same way.")
CONSTANT: Final = _("One of them never changes: there is nothing that could go together.")


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's r over `n` pairs, and its 95 % interval; None where it cannot be said.

    `worth`: how many pairs that did not resemble their neighbours it would take to know as much.
    """

    n: int
    r: float | None = None
    low: float | None = None
    high: float | None = None
    worth: float = 0.0

    @property
    def is_sure(self) -> bool:
        """Say whether nought lies outside its interval."""
        return self.low is not None and self.high is not None and self.low * self.high > 0


@dataclass(frozen=True, slots=True)
class Together:
    """Two series beside each other: their levels, their changes, each lag, and warnings.

    A lag of 2: what the second was two places after the first. `warnings` are msgids.
    """

    levels: Correlation
    changes: Correlation
    lags: Sequence[tuple[int, Correlation]]
    warnings: Sequence[str]


def together(one: Series, other: Series, most: int) -> Together:
    """Return how two series go together, at lags from -most to most."""
    levels = correlation(one, other)
    changes = correlation(changes_of(one), changes_of(other))
    lags = [(lag, correlation(one, shifted(other, lag))) for lag in range(-most, most + 1)]
    return Together(levels, changes, lags, _warnings(one, other, levels, changes))


def correlation(one: Series, other: Series) -> Correlation:
    """Return r of what both have, with the interval of Fisher's z over the pairs' worth.

    Fisher 1915; the worth of pairs that resemble their neighbours is Bartlett's (1935), with the
    first autocorrelation of each.
    """
    pairs = _pairs(one, other)
    n = len(pairs)
    r = pearson(pairs) if n >= LEAST else None
    if r is None:
        return Correlation(n)
    common = {place for place in one if place in other}
    alike = max(0.0, (_resemblance(one, common) or 0) * (_resemblance(other, common) or 0))
    worth = n * (1 - alike) / (1 + alike)
    if worth <= 4 or abs(r) >= 1:  # noqa: PLR2004  the error of z has the root of worth - 3
        return Correlation(n, r, -1.0 if abs(r) < 1 else r, 1.0 if abs(r) < 1 else r, worth)
    half = _Z / math.sqrt(worth - 3)
    z = math.atanh(r)
    return Correlation(n, r, math.tanh(z - half), math.tanh(z + half), worth)


def pearson(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Return Pearson's r, -1 to 1; None where one of both never changes, or there are no two."""
    n = len(pairs)
    if n < 2:  # noqa: PLR2004
        return None
    a, b = (math.fsum(side) / n for side in zip(*pairs, strict=True))
    spread_a = math.fsum((x - a) ** 2 for x, _y in pairs)
    spread_b = math.fsum((y - b) ** 2 for _x, y in pairs)
    # What is left of rounding is no change.
    if spread_a <= n * (1e-12 * a) ** 2 or spread_b <= n * (1e-12 * b) ** 2:
        return None
    both = math.fsum((x - a) * (y - b) for x, y in pairs)
    return max(-1.0, min(1.0, both / math.sqrt(spread_a) / math.sqrt(spread_b)))


def changes_of(one: Series) -> dict[int, float]:
    """Return what changed from each place to the next; over a gap nothing is known."""
    return {place: value - one[place - 1] for place, value in one.items() if place - 1 in one}


def shifted(one: Series, lag: int) -> dict[int, float]:
    """Return a series so that what was `lag` places later stands beside now."""
    return {place - lag: value for place, value in one.items()}


def _pairs(one: Series, other: Series) -> list[tuple[float, float]]:
    return [(one[place], other[place]) for place in sorted(one) if place in other]


def _resemblance(one: Series, places: set[int]) -> float | None:
    """Return the correlation of each value with the next."""
    some = {place: one[place] for place in places}
    return pearson(_pairs(some, shifted(some, 1)))


def _rises(one: Series, places: set[int]) -> bool:
    """Say whether a straight line over the time is more than chance."""
    pairs = [(float(place), one[place]) for place in sorted(places)]
    r, n = pearson(pairs), len(pairs)
    if r is None:
        return False
    return abs(r) >= 1 or abs(r) * math.sqrt((n - 2) / (1 - r * r)) > _SLOPE


def _warnings(one: Series, other: Series, levels: Correlation, changes: Correlation) -> list[str]:
    places = {place for place in one if place in other}
    if levels.n < LEAST:
        return [TOO_SHORT]
    if levels.r is None:
        return [CONSTANT]
    found = [SHORT] if levels.n < SMALL else []
    if _rises(one, places) and _rises(other, places):
        found.append(TREND)
    if all((_resemblance(side, places) or 0) > _ALIKE for side in (one, other)):
        found.append(RESEMBLE)
    if levels.is_sure and not (changes.is_sure and (changes.r or 0) * levels.r > 0):
        found.append(APART)
    return found
