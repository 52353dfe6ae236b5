"""How many of those who waited were answered in time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from hearwell.simulation.crowd import DAY_S, Said

URGENT_S: Final = 900
# What somebody said, and when they got their answer, if they did.
Fate = tuple[Said, float | None]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    n: int
    of: int

    @property
    def share(self) -> float | None:
        """None where there was nobody."""
        return round(self.n / self.of, 4) if self.of else None

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {"n": self.n, "of": self.of, "share": self.share}


def kept(fates: Iterable[Fate], ends_s: float = DAY_S) -> Share:
    """Count who was answered within what they expect, of those of whom that is known by the end.

    Whoever may still wait when the day ends is left out, on both sides alike.
    """
    n = of = 0
    for said, at_s in fates:
        due_s = said.at_s + (said.expects_s or DAY_S)
        if at_s is None and due_s > ends_s:
            continue
        of += 1
        n += at_s is not None and at_s <= due_s
    return Share(n, of)


def urgent(fates: Iterable[Fate], ends_s: float = DAY_S) -> Share:
    """Count urgent messages that were answered within a quarter of an hour."""
    chosen = [one for one in fates if one[0].is_urgent and one[0].at_s + URGENT_S <= ends_s]
    in_time = sum(at is not None and at - said.at_s <= URGENT_S for said, at in chosen)
    return Share(in_time, len(chosen))
