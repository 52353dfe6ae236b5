"""What is usual in one stream of messages, learned hour by hour, and how far a window is from it.

A slow level, times a factor for the hour of the week that is shrunk to the hour of the day and
that to 1, as far as there is little to go by. What is unusual is not learned in full: a count is
cut before it moves the level. Beside it stands the record: the largest surprise of the last weeks,
which fades. Pure; the figures stand in docs/explanation/spikes.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, Final, Self

BUCKET_S: Final = 300
BUCKETS_AN_HOUR: Final = 12
# 15 minutes for what breaks at once, 60 for what swells.
WINDOWS: Final = (3, 12)
HOURS_A_DAY, HOURS_A_WEEK = 24, 168
# What is newer is neither usual nor a record yet: it may be the very thing that is looked at.
LAG: Final = 24
_LEVEL_HALF_LIFE_H: Final = 72.0
RECORD_HALF_LIFE: Final = 42.0 * HOURS_A_DAY * BUCKETS_AN_HOUR
# How many hours of evidence a factor needs to weigh as much as what it is shrunk to.
_DAY_PRIOR, _WEEK_PRIOR = 3.0, 4.0
_MOST_TIMES: Final = 4.0
_CUT_TIMES, _CUT_MORE = 4.0, 6.0
_LEAST_LEVEL: Final = 0.5
_ROOT_SHIFT, _RECORD_SHIFT, _TIMES_SHIFT = 0.4, 0.5, 3.0
_MOST_SPREAD: Final = 25.0
_SHARE_HALF_LIFE: Final = 200.0
_SHARE_PRIOR: Final = 0.3


def surprise(count: float, expected: float) -> float:
    """Return how far a count is above what is expected, in half standard deviations of a Poisson.

    The square root makes counts of any size alike (F. J. Anscombe, Biometrika 35, 1948).
    """
    return max(0.0, sqrt(count + _ROOT_SHIFT) - sqrt(expected + _ROOT_SHIFT))


@dataclass(frozen=True, slots=True)
class Volume:
    """How much was said in a window: `times` the usual, `z` standard deviations above it.

    `record` is the surprise against the largest of the last weeks, squared: 2 is twice as much
    excess as there ever was.
    """

    minutes: int
    count: int
    expected: float
    z: float
    times: float
    record: float


@dataclass(slots=True)
class Record:
    """The largest surprise so far, as of a bucket."""

    value: float = 0.0
    at: int = 0

    def faded(self, bucket: int, half_life: float = RECORD_HALF_LIFE) -> float:
        """Return what is left of it by then."""
        return float(self.value * 0.5 ** (max(0, bucket - self.at) / half_life))


@dataclass(slots=True)
class Usual:
    """What a stream is like. `level` is messages an hour; `spread` how much wilder than chance.

    `share` is the usual share of complaints among them.
    """

    level: float = 0.0
    hours: int = 0
    spread: float = 1.0
    share: float = _SHARE_PRIOR
    day: list[float] = field(default_factory=lambda: [0.0] * HOURS_A_DAY)
    day_n: list[int] = field(default_factory=lambda: [0] * HOURS_A_DAY)
    week: list[float] = field(default_factory=lambda: [0.0] * HOURS_A_WEEK)
    week_n: list[int] = field(default_factory=lambda: [0] * HOURS_A_WEEK)
    records: dict[int, Record] = field(
        default_factory=lambda: {window: Record() for window in WINDOWS}
    )
    record_half_life: float = RECORD_HALF_LIFE

    def expected(self, hour: int) -> float:
        """Return how many messages are usual in an hour of the week (0 is Monday, midnight)."""
        clock = hour % HOURS_A_DAY
        daily = (self.day[clock] + _DAY_PRIOR) / (self.day_n[clock] + _DAY_PRIOR)
        return (
            self.level * (self.week[hour] + _WEEK_PRIOR * daily) / (self.week_n[hour] + _WEEK_PRIOR)
        )

    def learn(self, hour: int, count: int, complaints: int = 0) -> None:
        """Take in one whole hour."""
        if not self.hours:
            self.level = float(count)
        usual, self.hours = self.expected(hour), self.hours + 1
        is_settled = self.hours > HOURS_A_DAY
        cut = min(count, _CUT_TIMES * self.level + _CUT_MORE) if is_settled else float(count)
        times = min(count / max(self.level, _LEAST_LEVEL), _MOST_TIMES)
        clock = hour % HOURS_A_DAY
        self.day[clock] += times
        self.day_n[clock] += 1
        self.week[hour] += times
        self.week_n[hour] += 1
        pace = max(1 - 0.5 ** (1 / _LEVEL_HALF_LIFE_H), 1 / (self.hours + 1))
        self.level += pace * (cut - self.level)
        if is_settled:
            wild = min((count - usual) ** 2 / max(usual, 1.0), _MOST_SPREAD)
            self.spread += pace * (wild - self.spread)
        if count:
            weight = 1 - 0.5 ** (min(count, cut) / _SHARE_HALF_LIFE)
            self.share += weight * (complaints / count - self.share)

    def volume(
        self, counts: Sequence[int], hours: Sequence[int], bucket: int, window: int
    ) -> Volume:
        """Return how the last `window` buckets stand. `counts` and `hours` end with `bucket`."""
        count = sum(counts[-window:])
        expected = sum(self.expected(hour) for hour in hours[-window:]) / BUCKETS_AN_HOUR
        return self.measured(count, expected, bucket, window)

    def measured(self, count: int, expected: float, bucket: int, window: int) -> Volume:
        """Return how a count stands against what is expected and what there has been."""
        above = surprise(count, expected)
        record = self.records[window].faded(bucket, self.record_half_life)
        is_new = self.hours < HOURS_A_DAY
        return Volume(
            minutes=window * BUCKET_S // 60,
            count=count,
            expected=expected,
            z=2 * above / sqrt(self.spread_of(window)),
            times=(count + _TIMES_SHIFT) / (expected + _TIMES_SHIFT),
            record=0.0 if is_new else ((above + _RECORD_SHIFT) / (record + _RECORD_SHIFT)) ** 2,
        )

    def spread_of(self, window: int) -> float:
        """Return how much wilder than chance a window is; the spread is that of a whole hour.

        Where the rate itself wanders, what it adds to chance grows with the count (the negative
        binomial's law).
        """
        return 1.0 + (max(1.0, self.spread) - 1.0) * window / BUCKETS_AN_HOUR

    def note(self, counts: Sequence[int], hours: Sequence[int], bucket: int) -> None:
        """Keep the surprise of the windows that end with a bucket, where it is a record."""
        for window in WINDOWS:
            expected = sum(self.expected(hour) for hour in hours[-window:]) / BUCKETS_AN_HOUR
            above = surprise(sum(counts[-window:]), expected)
            if above > self.records[window].faded(bucket, self.record_half_life):
                self.records[window] = Record(above, bucket)

    def stored(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "level": round(self.level, 4),
            "hours": self.hours,
            "spread": round(self.spread, 4),
            "share": round(self.share, 4),
            "day": [round(one, 3) for one in self.day],
            "day_n": self.day_n,
            "week": [round(one, 3) for one in self.week],
            "week_n": self.week_n,
            "records": {str(w): [round(r.value, 4), r.at] for w, r in self.records.items()},
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was stored; of nothing, a stream of which nothing is known."""
        if not stored:
            return cls()
        values = {name: stored[name] for name in stored if name != "records"}
        kept = {int(w): Record(value, at) for w, (value, at) in stored["records"].items()}
        return cls(**values, records={window: kept.get(window, Record()) for window in WINDOWS})
