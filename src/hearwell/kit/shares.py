"""How sure a share is that was counted on few. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `n`. Without any there is no share."""

    right: int
    n: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.right / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval (E. B. Wilson, JASA 22, 1927): honest where n is small."""
        if not self.n:
            return None
        share, n, square = self.right / self.n, self.n, _Z * _Z
        middle = (share + square / (2 * n)) / (1 + square / n)
        half = _Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
        return max(0.0, middle - half), min(1.0, middle + half)
