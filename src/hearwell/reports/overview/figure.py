"""A figure: never a number alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from hearwell.kit.marking import marked as _
from hearwell.reports.study.figures import SMALL

Unit = Literal["share", "s", "n", "money"]
EMPTY: Final = _("nothing to count in this period")
FEW: Final = _("n < 30: chance weighs more than you do")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value` is None where it cannot be said, and `caveat` then says why.

    `value`: a share of 0 to 1, seconds, a number, or minor units of `currency`. `title`, `method`
    and `caveat` are marked for translation. `n` is what it was counted of.
    """

    key: str
    title: str
    value: float | None
    unit: Unit
    n: int
    method: str
    caveat: str = ""
    currency: str = ""

    def as_json(self) -> dict[str, Any]:
        """The documented object, and nothing else."""
        return {
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "currency": self.currency,
            "n": self.n,
            "method": self.method,
            "caveat": self.caveat,
        }


def figure_of(
    key: str, title: str, method: str, value: float | None, unit: Unit, n: int, caveat: str = ""
) -> Figure:
    """Make a figure and say beside it what its n allows."""
    if not n:
        return Figure(key, title, None, unit, 0, method, caveat or EMPTY)
    said = caveat or (FEW if n < SMALL else "")
    return Figure(key, title, value, unit, n, method, said)


def share(part: int, whole: int) -> float | None:
    """Return a share of 0 to 1; None of nothing."""
    return part / whole if whole else None
