"""Streams of mentions with labelled events, and how alerts are held against them."""

from __future__ import annotations

import csv
import gzip
import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hearwell.spikes.usual import BUCKET_S, BUCKETS_AN_HOUR, HOURS_A_WEEK

NOT_SCORED: Final = 750
MUTED: Final = 6 * BUCKETS_AN_HOUR
BUCKETS_A_WEEK: Final = HOURS_A_WEEK * BUCKETS_AN_HOUR
F1_BAR, FALSE_BAR = 0.57, 0.1
# Weights of a hit, a false alert and a miss in the benchmark's profiles.
PROFILES: Final = {
    "standard": (1.0, 0.11, 1.0),
    "reward_low_fp": (1.0, 0.22, 1.0),
    "reward_low_fn": (1.0, 0.11, 2.0),
}
Alerts = Sequence[int]


@dataclass(frozen=True)
class Brand:
    """A stream: counts by place, the bucket of the first, windows and moments of its events."""

    name: str
    first: int
    counts: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    moments: tuple[int, ...]

    @property
    def weeks(self) -> float:
        """How long it is scored."""
        return (len(self.counts) - NOT_SCORED) / BUCKETS_A_WEEK

    def place(self, text: str) -> int:
        """Return the place of a time."""
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return int(at.timestamp()) // BUCKET_S - self.first


@dataclass
class Score:
    """What came of alerts, summed over brands."""

    found: int = 0
    false: int = 0
    events: int = 0
    weeks: float = 0.0
    delays: list[float] = field(default_factory=list)
    nab: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PROFILES, 0.0))

    def add(self, other: Score) -> None:
        """Sum up."""
        self.found += other.found
        self.false += other.false
        self.events += other.events
        self.weeks += other.weeks
        self.delays += other.delays
        for profile in PROFILES:
            self.nab[profile] += other.nab[profile]

    @property
    def f1(self) -> float:
        """The harmonic mean of the share of events found and of alerts that are right."""
        return 2 * self.found / (self.found + self.events + self.false) if self.found else 0.0

    @property
    def false_a_week(self) -> float:
        """False alerts per brand and week."""
        return self.false / self.weeks

    @property
    def is_good(self) -> bool:
        """Whether both bars are met."""
        return self.f1 >= F1_BAR and self.false_a_week <= FALSE_BAR

    def shown(self) -> dict[str, Any]:
        """Return its figures."""
        told = self.found + self.false
        return {
            "f1": round(self.f1, 3),
            "precision": round(self.found / told, 3) if told else None,
            "recall": round(self.found / self.events, 3),
            "false_a_week": round(self.false_a_week, 3),
            "events": self.events,
            "found": self.found,
            "false": self.false,
            "delay_median_min": statistics.median(self.delays) if self.delays else None,
            "nab": {name: round(value, 1) for name, value in self.nab_scores().items()},
        }

    def nab_scores(self) -> dict[str, float]:
        """Return the benchmark's score by profile: 0 for silence, 100 for perfection."""
        scores = {}
        for name, (hit, _, miss) in PROFILES.items():
            silent, perfect = -miss * self.events, hit * self.events
            scores[name] = 100 * (self.nab[name] - silent) / (perfect - silent)
        return scores


def brands(folder: Path) -> list[Brand]:
    """Read the streams and their labels."""
    counted: dict[str, list[tuple[str, int]]] = {}
    with gzip.open(folder / "nab_brand_mentions.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            counted.setdefault(row["brand"], []).append((row["timestamp"], int(row["value"])))
    labels = json.loads((folder / "nab_labels.json").read_text(encoding="utf-8"))
    return [_brand(name, lines, labels[name]) for name, lines in sorted(counted.items())]


def _brand(name: str, lines: Sequence[tuple[str, int]], labels: Mapping[str, Any]) -> Brand:
    bare = Brand(name, 0, (), (), ())
    first = bare.place(lines[0][0])
    at = Brand(name, first, (), (), ())
    return Brand(
        name,
        first,
        tuple(count for _, count in lines),
        tuple((at.place(begin), at.place(end)) for begin, end in labels["windows"]),
        tuple(at.place(moment) for moment in labels["labels"]),
    )


def score(brand: Brand, alerts: Alerts) -> Score:
    """Hold alerts against the labels of a brand."""
    result = Score(events=len(brand.windows), weeks=brand.weeks)
    first: dict[int, int] = {}
    false: list[int] = []
    for at in alerts:
        held = [i for i, (begin, end) in enumerate(brand.windows) if begin <= at <= end]
        if not held:
            false.append(at)
        for i in held:
            first.setdefault(i, at)
    result.found, result.false = len(first), len(false)
    for i, at in first.items():
        begin, end = brand.windows[i]
        moment = min((one for one in brand.moments if begin <= one <= end), default=begin)
        result.delays.append((at - moment) * BUCKET_S / 60)
    for name, weights in PROFILES.items():
        result.nab[name] = _nab(brand, first, false, weights)
    return result


def _nab(
    brand: Brand,
    first: Mapping[int, int],
    false: Iterable[int],
    weights: tuple[float, float, float],
) -> float:
    """Return the raw score of the benchmark (A. Lavin and S. Ahmad, ICMLA 2015, section III)."""
    hit, wrong, miss = weights
    total = -miss * (len(brand.windows) - len(first))
    for i, at in first.items():
        begin, end = brand.windows[i]
        total += hit * _sigmoid((at - end) / max(1, end - begin)) / _sigmoid(-1.0)
    for at in false:
        before = [(begin, end) for begin, end in brand.windows if end < at]
        if not before:
            total -= wrong
            continue
        begin, end = max(before, key=lambda window: window[1])
        total += wrong * _sigmoid((at - end) / max(1, end - begin - 1))
    return total


def _sigmoid(y: float) -> float:
    """1 far before the end of a window, 0 at its end, -1 far behind it."""
    return 2 / (1 + math.exp(min(50.0, 5 * y))) - 1


def muted(hot: Iterable[int]) -> list[int]:
    """Return the places that are told: not in the first days, none within six hours of one."""
    told: list[int] = []
    for at in hot:
        if at >= NOT_SCORED and (not told or at - told[-1] >= MUTED):
            told.append(at)
    return told
