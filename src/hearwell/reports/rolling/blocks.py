"""Roll-ups as they are kept: many cells a row, as columns that numpy reads in one go.

A block has `keys` (which cells are in it), a SEAT for each of them (the sum of its times, and how
many records of each kind are its own), and the records themselves, cell after cell: COUNT (how
often an hour on the wall had facts with these flags), and ITEM for the times and for the minutes
since which somebody waits. Nothing is thinned out of the counts, so they are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

import orjson

from hearwell.reports.rolling.sketches import thinned
from hearwell.reports.rolling.tally import FLAGS, HOURS

if TYPE_CHECKING:
    import numpy as np

DAY, MONTH = "d", "m"
CELL, SIDE, TOTAL = "cell", "side", "total"
SIDES: Final = ("channel_id", "kind", "language", "team_id")
CUTS: Final = (TOTAL, *SIDES)
SEAT: Final = [("total", "<i8"), ("counts", "<u4"), ("waits", "<u4"), ("since", "<u4")]
COUNT: Final = [("hour", "u1"), ("flags", "u1"), ("n", "<u4")]
_VALUE_BITS: Final = 32


class Key(NamedTuple):
    """A cell, or one side alone, or all (`cut`). What a cut does not look at is empty."""

    cut: str
    channel_id: UUID | None
    kind: str
    language: str
    team_id: UUID | None

    def cut_to(self, cut: str) -> Key:
        """Return the key of one side alone, or of all."""
        return Key(
            cut,
            self.channel_id if cut == "channel_id" else None,
            self.kind if cut == "kind" else "",
            self.language if cut == "language" else "",
            self.team_id if cut == "team_id" else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Seats and records of some groups, in the groups' order."""

    seats: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]
    waits: np.ndarray[Any, Any]
    since: np.ndarray[Any, Any]

    def parts(self, bounds: Sequence[int]) -> Iterator[Body]:
        """Split it: each part has the groups from one bound up to the next."""
        import numpy as np

        upto = [
            np.concatenate([[0], np.cumsum(self.seats[name], dtype=np.int64)])[
                list(bounds)
            ].tolist()
            for name in ("counts", "waits", "since")
        ]
        records = (self.counts, self.waits, self.since)
        for n in range(len(bounds) - 1):
            cut = [one[at[n] : at[n + 1]] for one, at in zip(records, upto, strict=True)]
            yield Body(self.seats[bounds[n] : bounds[n + 1]], *cut)

    def columns(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Return it as it is kept."""
        return (
            self.seats.tobytes(), self.counts.tobytes(),
            self.waits.tobytes(), self.since.tobytes(),
        )  # fmt: skip


def joined(bodies: Sequence[Body]) -> Body:
    """Return several as one, in their order."""
    import numpy as np

    def of(name: str) -> np.ndarray[Any, Any]:
        return np.concatenate([getattr(body, name) for body in bodies])

    return Body(of("seats"), of("counts"), of("waits"), of("since"))


@dataclass(frozen=True, slots=True)
class Block:
    """A row to be kept: some cells of one measure and one day or month."""

    starts_on: date
    measure: str
    cut: str
    keys: Sequence[Key]
    body: Body


def put_together(
    group: np.ndarray[Any, Any],
    groups: int,
    hour: np.ndarray[Any, Any],
    flags: np.ndarray[Any, Any],
    value: np.ndarray[Any, Any],
    since: np.ndarray[Any, Any],
) -> Body:
    """Add facts up by group (0 up to `groups` - 1); a value or a minute below 0 is none."""
    import numpy as np

    place = (group * HOURS + hour) * FLAGS + flags
    places, times = np.unique(place, return_counts=True)
    counts = np.zeros(len(places), COUNT)
    counts["hour"], counts["flags"] = places // FLAGS % HOURS, places % FLAGS
    counts["n"] = times
    seats = np.zeros(groups, SEAT)
    seats["total"] = np.bincount(group, np.maximum(value, 0), groups)
    seats["counts"] = np.bincount(places // (FLAGS * HOURS), minlength=groups)
    waits, seats["waits"] = _items(group, groups, value)
    minutes, seats["since"] = _items(group, groups, since)
    return Body(seats, counts, waits, minutes)


def _items(
    group: np.ndarray[Any, Any], groups: int, values: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the ITEM records group by group, each by value, and how many a group has."""
    import numpy as np

    known = values >= 0
    packed = np.sort(group[known] << _VALUE_BITS | values[known])
    sizes = np.bincount(packed >> _VALUE_BITS, minlength=groups)
    return thinned(packed & ((1 << _VALUE_BITS) - 1), sizes)


def written(keys: Sequence[Key]) -> bytes:
    """Return keys as they are kept."""
    return orjson.dumps([tuple(key) for key in keys])


def read(keys: bytes) -> list[Key]:
    """Return keys that were kept."""
    return [
        Key(cut, _uuid(channel), kind, language, _uuid(team))
        for cut, channel, kind, language, team in orjson.loads(keys)
    ]


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
