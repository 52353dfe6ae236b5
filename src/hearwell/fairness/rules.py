"""When a difference between groups is worth a warning. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hearwell.kit.comparing import many_shares, many_times
from hearwell.kit.shares import Share

# Smaller groups are shown, and tested with nobody: a test of few says little and frightens much.
LEAST: Final = 30
# One in twenty, divided by the six tests of the page (Bonferroni), so that a page where all is
# fair warns about once in twenty times.
TESTS: Final = 6
ALPHA: Final = 0.05 / TESTS


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that needed an answer, alike in one respect.

    `minutes`: whole minutes to the answer of substance -> how many; who was not answered is in `n`
    alone.
    """

    key: str
    n: int
    minutes: Mapping[float, int]

    @property
    def answered(self) -> Share:
        """How many were answered."""
        return Share(sum(self.minutes.values()), self.n)

    @property
    def is_tested(self) -> bool:
        """Whether there is enough of it to be compared."""
        return self.n >= LEAST

    @property
    def median_min(self) -> float | None:
        """The median of those answered; None without any."""
        total = sum(self.minutes.values())
        places, seen, found = ((total - 1) // 2, total // 2), 0, []
        for value, count in sorted(self.minutes.items()):
            found += [value for place in places if seen <= place < seen + count]
            seen += count
        return sum(found) / 2 if found else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All groups of one respect, with the chance that they differ as much though treated alike.

    `p_rate` and `p_time` are None where fewer than two groups are large enough, or nothing differs.
    """

    groups: Sequence[Group]
    p_rate: float | None
    p_time: float | None

    @property
    def is_unlike_in_rate(self) -> bool:
        """Whether the rates differ by more than chance."""
        return self.p_rate is not None and self.p_rate < ALPHA

    @property
    def is_unlike_in_time(self) -> bool:
        """Whether the times differ by more than chance."""
        return self.p_time is not None and self.p_time < ALPHA

    @property
    def by_rate(self) -> list[Group]:
        """The groups that were tested, the most often answered first."""
        tested = [one for one in self.groups if one.is_tested]
        return sorted(tested, key=lambda one: -(one.answered.value or 0.0))

    @property
    def by_time(self) -> list[Group]:
        """The groups that were tested and answered, the soonest first."""
        tested = [(one.median_min, one) for one in self.groups if one.is_tested]
        known = [(median, one) for median, one in tested if median is not None]
        return [one for _, one in sorted(known, key=lambda pair: pair[0])]


def compare(counted: Iterable[tuple[str, int | None, int]]) -> Comparison:
    """Compare groups: (key, whole minutes or None for never answered, how many), in any order."""
    n: Counter[str] = Counter()
    minutes: dict[str, Counter[float]] = {}
    for key, minute, count in counted:
        n[key] += count
        times = minutes.setdefault(key, Counter())
        if minute is not None:
            times[minute] += count
    groups = [Group(key, n[key], minutes[key]) for key in sorted(n, key=lambda key: (-n[key], key))]
    tested = [one for one in groups if one.is_tested]
    return Comparison(
        groups,
        many_shares([one.answered for one in tested]),
        many_times([one.minutes for one in tested]),
    )
