"""Blocks that were read, put together so that any of their cells add up in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hearwell.reports.rolling.blocks import COUNT, SEAT, Body, Key, read
from hearwell.reports.rolling.sketches import ITEM
from hearwell.reports.rolling.tally import Tally, counts_by, tallies

if TYPE_CHECKING:
    import numpy as np

Columns = tuple[bytes, ...]
"""A block as it is kept: keys, seats, counts, waits, since."""


@dataclass(frozen=True, slots=True, eq=False)
class Pile:
    """All that was read of one measure: `seat_of[n]` is the place of seat n's key in `keys`."""

    measure: str
    keys: Sequence[Key]
    seat_of: np.ndarray[Any, Any]
    body: Body

    def sorted_into(self, groups: Sequence[int], n: int) -> list[Tally]:
        """Add up by group: `groups` has one for each key, below 0 for none, and `n` there are."""
        import numpy as np

        seats = np.array(groups, np.int64)[self.seat_of]
        held, totals = self.body, self.body.seats["total"]
        of = {name: np.repeat(seats, held.seats[name]) for name in ("counts", "waits", "since")}
        there = of["counts"] >= 0
        known = seats >= 0
        return tallies(
            self.measure,
            counts_by(of["counts"][there], held.counts[there], n),
            np.bincount(seats[known], totals[known], n).tolist(),
            (held.waits, of["waits"]),
            (held.since, of["since"]),
        )


def pile_of(measure: str, found: Sequence[Columns], is_wanted: Callable[[Key], bool]) -> Pile:
    """Put blocks of one measure together; what is not wanted is in no group."""
    import numpy as np

    places: dict[Key, int] = {}
    known: dict[bytes, np.ndarray[Any, Any]] = {}
    for written, *_ in found:
        if written not in known:
            seats = [places.setdefault(key, len(places)) for key in read(written)]
            known[written] = np.array(seats, np.int64)
    columns = (b"".join(column) for column in zip(*(row[1:] for row in found), strict=True))
    body = Body(*map(np.frombuffer, columns, (SEAT, COUNT, ITEM, ITEM)))
    keys = [key if is_wanted(key) else key._replace(cut="") for key in places]
    return Pile(measure, keys, np.concatenate([known[row[0]] for row in found]), body)
