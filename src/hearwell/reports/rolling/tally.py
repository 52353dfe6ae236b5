"""Counts of a cell by the hour on the wall, and its times, that add up."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hearwell.reports.rolling.measures import MEASURES
from hearwell.reports.rolling.sketches import Weighted, merged, quantile, sketched, weighted

if TYPE_CHECKING:
    import numpy as np

BITS: Final = 8
HOURS: Final = 24
# A fact as PostgreSQL packs it (rolling.reading), and a count as it is kept.
FACT: Final = [("value", ">i4"), ("since", ">i4"), ("hour", ">i2"), ("flags", ">i2")]
COUNT: Final = [("hour", "u1"), ("bit", "u1"), ("n", "<u4")]


def packed_groups(
    measure: str, facts: np.ndarray[Any, Any], group_of: np.ndarray[Any, Any], groups: int
) -> list[Tally]:
    """Add up FACT records by group: `group_of[n]` is that of fact n, 0 up to `groups` - 1."""
    import numpy as np

    order = np.argsort(group_of, kind="stable")
    facts, group_of = facts[order], group_of[order]
    values, since = facts["value"].astype(np.int32), facts["since"].astype(np.int32)
    sums = np.bincount(group_of, np.maximum(values, 0), groups)
    counts = _counted(facts, group_of, groups)
    waits, waiting = (_sketched(one, group_of, groups) for one in (values, since))
    return [
        Tally(measure, *parts)
        for parts in zip(counts, (int(one) for one in sums), waits, waiting, strict=True)
    ]


def _counted(
    facts: np.ndarray[Any, Any], group_of: np.ndarray[Any, Any], groups: int
) -> list[bytes]:
    """Return the COUNT records of each group."""
    import numpy as np

    cell, flags = group_of * HOURS + facts["hour"], facts["flags"]
    counts = np.zeros((groups * HOURS, BITS), np.int64)
    for bit in range(BITS):
        counts[:, bit] = np.bincount(cell[flags >> bit & 1 == 1], minlength=groups * HOURS)
    cells, bits = np.nonzero(counts)
    kept = np.empty(len(cells), COUNT)
    kept["hour"], kept["bit"], kept["n"] = cells % HOURS, bits, counts[cells, bits]
    packed, size = kept.tobytes(), kept.itemsize
    bounds = np.searchsorted(cells // HOURS, np.arange(groups + 1)) * size
    return [packed[a:b] for a, b in itertools.pairwise(bounds.tolist())]


def _sketched(
    values: np.ndarray[Any, Any], group_of: np.ndarray[Any, Any], groups: int
) -> list[bytes]:
    """Return the sketch of the values of each group; those below 0 are none."""
    import numpy as np

    known = values >= 0
    values, group_of = values[known], group_of[known]
    bounds = np.searchsorted(group_of, np.arange(groups + 1))
    return [sketched(values[a:b]) if a < b else b"" for a, b in itertools.pairwise(bounds.tolist())]


def counts_packed(counts: np.ndarray[Any, Any]) -> bytes:
    """Return hours by bits as COUNT records, those that are none left out."""
    import numpy as np

    hours, bits = np.nonzero(counts)
    kept = np.empty(len(hours), COUNT)
    kept["hour"], kept["bit"], kept["n"] = hours, bits, counts[hours, bits]
    return kept.tobytes()


def counts_of(packed: bytes) -> np.ndarray[Any, Any]:
    """Return COUNT records, of one cell or several after one another, as hours by bits."""
    import numpy as np

    read = np.frombuffer(packed, COUNT)
    counts = np.zeros((HOURS, BITS), np.int64)
    np.add.at(counts, (read["hour"], read["bit"]), read["n"])
    return counts


@dataclass(frozen=True, slots=True)
class Tally:
    """What one measure comes to. `total_s` is the sum of all times."""

    measure: str
    counts: bytes = b""
    total_s: int = 0
    waits: bytes = b""
    since: bytes = b""

    def n(self, count: str = "n") -> int:
        """Return one count over all hours. Raises ValueError for one the measure has not."""
        return int(counts_of(self.counts)[:, MEASURES[self.measure].place_of(count)].sum())

    def by_hour(self, count: str = "n") -> list[int]:
        """Return one count for each hour on the wall, 24 of them."""
        column = counts_of(self.counts)[:, MEASURES[self.measure].place_of(count)]
        return [int(one) for one in column]

    def times(self) -> Weighted:
        """Return the times in seconds, by length."""
        return weighted(self.waits)

    def quantile(self, share: float, within_s: int | None = None) -> float | None:
        """Return the time that a share of them does not exceed, of all or those within a limit."""
        items = [one for one in self.times() if within_s is None or one[0] <= within_s]
        return quantile(items, share)


def summed(measure: str, tallies: Iterable[Tally]) -> Tally:
    """Return several as one."""
    some = list(tallies)
    return Tally(
        measure,
        counts_packed(counts_of(b"".join(one.counts for one in some))),
        sum(one.total_s for one in some),
        merged(one.waits for one in some),
        merged(one.since for one in some),
    )
