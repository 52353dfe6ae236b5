"""How what is usual follows what was counted: in whole hours, late enough to know the hour. Pure.

A bucket is five minutes, an hour twelve of them; both are numbered from 1970 in UTC. Which hour of
the week an hour is depends on where the workspace is, so it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hearwell.spikes.usual import (
    BUCKETS_AN_HOUR,
    HOURS_A_WEEK,
    LAG,
    WINDOWS,
    Usual,
    Volume,
)

# Of a longer silence only the end is looked at.
MOST_HOURS: Final = 8 * HOURS_A_WEEK
HourOf = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one bucket."""

    messages: int = 0
    complaints: int = 0
    praise: int = 0


NOTHING: Final = Counted()
Counts = Mapping[int, Counted]


def last_hour(bucket: int) -> int:
    """Return the hour before which everything may be learned at the time of a bucket."""
    return (bucket - LAG) // BUCKETS_AN_HOUR


def advance(usual: Usual, counts: Counts, since: int, until: int, hour_of: HourOf) -> None:
    """Take in the hours from `since` to before `until`; `counts` also holds the hour before."""
    for hour in range(max(since, until - MOST_HOURS), until):
        buckets = range(hour * BUCKETS_AN_HOUR, (hour + 1) * BUCKETS_AN_HOUR)
        known = [counts[bucket] for bucket in buckets if bucket in counts]
        if known:
            for bucket in buckets:
                if bucket in counts:
                    usual.note(*_last_hour_of(counts, bucket, hour_of), bucket)
        messages = sum(one.messages for one in known)
        usual.learn(hour_of(hour), messages, sum(one.complaints for one in known))


def volumes(usual: Usual, counts: Counts, bucket: int, hour_of: HourOf) -> list[Volume]:
    """Return how the windows stand that end with a bucket, the shortest first."""
    said, hours = _last_hour_of(counts, bucket, hour_of)
    return [usual.volume(said, hours, bucket, window) for window in WINDOWS]


def _last_hour_of(counts: Counts, bucket: int, hour_of: HourOf) -> tuple[list[int], list[int]]:
    buckets = range(bucket - BUCKETS_AN_HOUR + 1, bucket + 1)
    said = [counts.get(one, NOTHING).messages for one in buckets]
    return said, [hour_of(one // BUCKETS_AN_HOUR) for one in buckets]
