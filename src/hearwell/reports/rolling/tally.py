"""Counts of a cell by the hour on the wall, and its times, that add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hearwell.reports.rolling.measures import MEASURES
from hearwell.reports.rolling.sketches import ITEM, quantile, weighted

if TYPE_CHECKING:
    import numpy as np

BITS: Final = 8
HOURS: Final = 24
FLAGS: Final = 1 << BITS


def counts_by(
    seats: np.ndarray[Any, Any], records: np.ndarray[Any, Any], groups: int
) -> np.ndarray[Any, Any]:
    """Return COUNT records as groups by hours by bits; `seats[n]` is the group of record n."""
    import numpy as np

    place = (seats * HOURS + records["hour"]) * FLAGS + records["flags"]
    summed = np.bincount(place, records["n"], groups * HOURS * FLAGS).astype(np.int64)
    bits = np.arange(FLAGS)[:, None] >> np.arange(BITS) & 1
    counts = summed.reshape(groups * HOURS, FLAGS) @ bits
    return np.asarray(counts.reshape(groups, HOURS, BITS))


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """ITEM records, of which those count whose `seats` are `group`; looked at when asked for."""

    items: np.ndarray[Any, Any]
    seats: np.ndarray[Any, Any]
    group: int

    def weighted(self) -> np.ndarray[Any, Any]:
        """Return rows of (value, how many it stands for), by value."""
        return weighted(self.items[self.seats == self.group])


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What one measure comes to. `counts` are hours by bits, `total_s` the sum of all times."""

    measure: str
    counts: np.ndarray[Any, Any]
    total_s: int
    waits: Times
    since: Times

    def n(self, count: str = "n") -> int:
        """Return one count over all hours. Raises ValueError for one the measure has not."""
        return int(self.counts[:, MEASURES[self.measure].place_of(count)].sum())

    def by_hour(self, count: str = "n") -> list[int]:
        """Return one count for each hour on the wall, 24 of them."""
        return [int(one) for one in self.counts[:, MEASURES[self.measure].place_of(count)]]

    def times(self) -> np.ndarray[Any, Any]:
        """Return the times in seconds, by length: rows of (seconds, how many)."""
        return self.waits.weighted()

    def quantile(self, share: float, within_s: int | None = None) -> float | None:
        """Return the time that a share of them does not exceed, of all or those within a limit."""
        items = self.times()
        return quantile(items if within_s is None else items[items[:, 0] <= within_s], share)


def empty(measure: str) -> Tally:
    """Return what a measure comes to where there is nothing."""
    import numpy as np

    none = Times(np.zeros(0, ITEM), np.zeros(0, np.int64), 0)
    return Tally(measure, np.zeros((HOURS, BITS), np.int64), 0, none, none)


def summed(measure: str, tallies: Iterable[Tally]) -> Tally:
    """Return several as one."""
    import numpy as np

    some = list(tallies)
    if not some:
        return empty(measure)
    counts = np.sum([one.counts for one in some], axis=0)
    waits, since = (_all(getattr(one, name) for one in some) for name in ("waits", "since"))
    return Tally(measure, counts, sum(one.total_s for one in some), waits, since)


def _all(times: Iterable[Times]) -> Times:
    import numpy as np

    items = np.concatenate([one.items[one.seats == one.group] for one in times])
    return Times(items, np.zeros(len(items), np.int64), 0)


def tallies(
    measure: str,
    counts: np.ndarray[Any, Any],
    totals: Sequence[int],
    waits: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]],
    since: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]],
) -> list[Tally]:
    """Return one tally for each group; `waits` and `since` are ITEM records and their groups."""
    return [
        Tally(measure, counts[group], int(total), Times(*waits, group), Times(*since, group))
        for group, total in enumerate(totals)
    ]
