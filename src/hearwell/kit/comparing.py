"""Whether two groups, or many, differ by more than chance would have it. Pure, no dependency.

Each test says what it assumes; all are two-sided. A small p says that a difference is hardly
chance, never why it is there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from hearwell.kit.shares import Share

Counts = Mapping[float, int]
_STEPS: Final = 500
_CLOSE: Final = 1e-14


def difference(one: Share, other: Share) -> tuple[float, float, float] | None:
    """Return one share minus another, with its 95 % interval: (difference, low, high).

    Newcombe's hybrid of two Wilson intervals (R. G. Newcombe, Statistics in Medicine 17, 1998,
    method 10); None where either has no share.
    """
    p, q, a, b = one.value, other.value, one.interval, other.interval
    if p is None or q is None or a is None or b is None:
        return None
    low = math.hypot(p - a[0], b[1] - q)
    high = math.hypot(a[1] - p, q - b[0])
    return p - q, p - q - low, p - q + high


def two_shares(one: Share, other: Share) -> float | None:
    """Return p of the two-proportion z test with the pooled share; None where it says nothing."""
    if not one.n or not other.n:
        return None
    pooled = (one.right + other.right) / (one.n + other.n)
    spread = pooled * (1 - pooled) * (1 / one.n + 1 / other.n)
    if spread == 0:
        return None
    z = (one.right / one.n - other.right / other.n) / math.sqrt(spread)
    return math.erfc(abs(z) / math.sqrt(2))


def many_shares(groups: Sequence[Share]) -> float | None:
    """Return p of Pearson's chi-square test that all shares are one; None where it says nothing."""
    some = [one for one in groups if one.n]
    n, right = sum(one.n for one in some), sum(one.right for one in some)
    if len(some) < 2 or right in (0, n):  # noqa: PLR2004
        return None
    share = right / n
    square = sum((one.right - one.n * share) ** 2 / (one.n * share * (1 - share)) for one in some)
    return chi_square_above(square, len(some) - 1)


def many_times(groups: Sequence[Counts]) -> float | None:
    """Return p of the Kruskal-Wallis rank test, corrected for ties; None where it says nothing.

    Each group is value -> how often. Of two groups it is the two-sided Mann-Whitney test by its
    normal approximation (W. H. Kruskal and W. A. Wallis, JASA 47, 1952): it asks nothing of the
    shape of the times.
    """
    some = [one for one in groups if one]
    pooled: Counter[float] = Counter()
    for one in some:
        pooled.update(one)
    n = pooled.total()
    if len(some) < 2 or len(pooled) < 2:  # noqa: PLR2004
        return None
    ranks, ties = _ranks(pooled)
    spread = sum(
        sum(ranks[value] * count for value, count in one.items()) ** 2 / sum(one.values())
        for one in some
    )
    h = (12 / (n * (n + 1)) * spread - 3 * (n + 1)) / (1 - ties / (n**3 - n))
    return chi_square_above(max(h, 0.0), len(some) - 1)


def _ranks(pooled: Counts) -> tuple[dict[float, float], int]:
    """Return value -> its mean rank, and the sum of t^3 - t over ties of t."""
    ranks, ties, before = {}, 0, 0
    for value, count in sorted(pooled.items()):
        ranks[value] = before + (count + 1) / 2
        ties += count**3 - count
        before += count
    return ranks, ties


def chi_square_above(value: float, degrees: int) -> float:
    """Return the chance that a chi-square variable is above a value (0 to 1)."""
    return 1.0 if value <= 0 else _upper_gamma(degrees / 2, value / 2)


def _upper_gamma(a: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function Q(a, x) (DLMF 8.7.1 and 8.9.2)."""
    head = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - head * _series(a, x) if x < a + 1 else head * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    for step in range(1, _STEPS):
        term *= x / (a + step)
        total += term
        if term < total * _CLOSE:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """Return the continued fraction of Q by Lentz's method."""
    b, c = x + 1 - a, math.inf
    d = h = 1 / b
    for step in range(1, _STEPS):
        factor = -step * (step - a)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        h *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return h
