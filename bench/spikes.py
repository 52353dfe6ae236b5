"""How well spikes are found in real streams of mentions, beside simple alarms in the same run.

The streams are the brand volumes of the Numenta Anomaly Benchmark (realTweets: counts of five
minutes over 55 days, with labelled windows), read from HEARWELL_DATA or --data. Thresholds are
chosen on some brands and scored on the others: every pair of brands is left out once, and the
alerts of all pairs are summed. An alert mutes its brand for six hours, for every detector alike.
An event is found by an alert in its window; an alert in no window is a false one. The first 750
counts of a brand are not scored, as in the benchmark. Beside it stands the benchmark's own score
(its scaled sigmoid over each window, for its three profiles; 0 is silence, 100 is perfect).
Prints one JSON object.

    python -m bench.spikes [--data FOLDER] [--left-out 2]
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench._brands import (
    BUCKETS_A_WEEK,
    F1_BAR,
    FALSE_BAR,
    Alerts,
    Brand,
    Score,
    brands,
    muted,
    score,
)
from hearwell.spikes.learning import Counted, advance, last_hour, volumes
from hearwell.spikes.rules import BARS, Bar, Sensitivity, is_beyond_all
from hearwell.spikes.usual import (
    BUCKETS_AN_HOUR,
    HOURS_A_DAY,
    HOURS_A_WEEK,
    RECORD_HALF_LIFE,
    Usual,
    Volume,
)
from hearwell.triage.training.sets import data_folder

# Published detectors on these streams: thresholds from six brands, scored on four others.
PUBLISHED: Final = {
    "Numenta HTM": {"f1": 0.57, "false_a_week": 0.0},
    "numentaTM": {"f1": 0.48},
    "htmjava": {"f1": 0.45},
    "contextOSE": {"f1": 0.42},
    "random cut forest": {"f1": 0.40, "false_a_week": 0.07},
    "skyline": {"f1": 0.31, "false_a_week": 0.9},
    "Twitter ADVec": {"f1": 0.28, "false_a_week": 1.7},
    "Bayesian change point": {"f1": 0.03, "false_a_week": 1.6},
}


# --- detectors -----------------------------------------------------------------------------------


def monday_first(hour: int) -> int:
    """Return the hour of the week, in UTC; 1970 began on a Thursday."""
    return (hour + 72) % HOURS_A_WEEK


def seen(brand: Brand, half_life_days: float) -> list[list[Volume]]:
    """Run a stream through the product's own code; the volumes as they stood at each place."""
    usual = Usual(record_half_life=half_life_days * 24 * BUCKETS_AN_HOUR)
    counts = {brand.first + at: Counted(count) for at, count in enumerate(brand.counts)}
    learned = brand.first // BUCKETS_AN_HOUR + 1
    stood = []
    for at in range(len(brand.counts)):
        bucket = brand.first + at
        until = last_hour(bucket)
        if until > learned:
            advance(usual, counts, learned, until, monday_first)
            learned = until
        stood.append(volumes(usual, counts, bucket, monday_first))
    return stood


def ours(stood: Sequence[Sequence[Volume]], bar: Bar) -> Alerts:
    """Return where volume alone would be told."""
    hot = (at for at, ones in enumerate(stood) if any(is_beyond_all(one, bar) for one in ones))
    return muted(hot)


def _hours(brand: Brand) -> list[int]:
    sums = list(itertools.accumulate(brand.counts, initial=0))
    return [
        sums[at + 1] - sums[max(0, at + 1 - BUCKETS_AN_HOUR)] for at in range(len(brand.counts))
    ]


def exponential(brand: Brand) -> list[float]:
    """Score an hour by its distance from a slow exponential mean, in its own deviations."""
    mean, square, scores = 0.0, 1.0, []
    for at, value in enumerate(_hours(brand)):
        scores.append((value - mean) / math.sqrt(square) if at else 0.0)
        pace = max(1 / (at + 1), 1 / BUCKETS_A_WEEK)
        square += pace * ((value - mean) ** 2 - square)
        mean += pace * (value - mean)
        square = max(square, 1.0)
    return scores


def median_mad(brand: Brand) -> list[float]:
    """Score an hour against the median of the hours of the last week, in median deviations."""
    recent: deque[int] = deque(maxlen=HOURS_A_WEEK)
    middle, spread, scores = 0.0, 1.0, []
    for at, value in enumerate(_hours(brand)):
        scores.append((value - middle) / (1.4826 * spread))
        if at % BUCKETS_AN_HOUR == BUCKETS_AN_HOUR - 1:
            recent.append(value)
            middle = statistics.median(recent)
            spread = max(1.0, statistics.median(abs(one - middle) for one in recent))
    return scores


def fixed_times(brand: Brand) -> list[float]:
    """Score an hour by how many times the mean of the last week it is: the alarm of most tools."""
    hours = _hours(brand)
    sums = list(itertools.accumulate(brand.counts, initial=0))
    scores = []
    for at, value in enumerate(hours):
        begin = max(0, at - BUCKETS_A_WEEK)
        mean = (sums[at] - sums[begin]) / max(1, at - begin) * BUCKETS_AN_HOUR
        scores.append((value + 3) / (mean + 3))
    return scores


# --- choosing ------------------------------------------------------------------------------------

Grid = dict[Any, dict[str, Score]]


def chosen(grid: Grid, names: Sequence[str], neighbours: Mapping[Any, Sequence[Any]]) -> Any:
    """Return the setting that is best on some brands: within the bar of false alerts, by F1.

    F1 is averaged over neighbouring thresholds: on so few events a lone peak is luck.
    """

    def summed(key: Any) -> Score:
        total = Score()
        for name in names:
            total.add(grid[key][name])
        return total

    sums = {key: summed(key) for key in grid}

    def worth(key: Any) -> tuple[bool, float]:
        around = [sums[one].f1 for one in neighbours[key]]
        return sums[key].false_a_week <= FALSE_BAR, statistics.mean(around)

    return max(grid, key=worth)


def left_out(
    grid: Grid, streams: Sequence[Brand], size: int, neighbours: Mapping[Any, Sequence[Any]]
) -> dict[str, Any]:
    """Choose on all brands but some, score those; sum over every such split."""
    total, good, splits = Score(), 0, 0
    for out in itertools.combinations([brand.name for brand in streams], size):
        key = chosen(grid, [one.name for one in streams if one.name not in out], neighbours)
        split = Score()
        for name in out:
            split.add(grid[key][name])
        total.add(split)
        good, splits = good + split.is_good, splits + 1
    return {**total.shown(), "is_met": total.is_good, "splits": splits, "splits_met": good}


def by_threshold(streams: Sequence[Brand], scorer: Callable[[Brand], list[float]]) -> Grid:
    """Score a baseline at thresholds from its own high quantiles."""
    scored = {brand.name: scorer(brand) for brand in streams}
    values = sorted(itertools.chain.from_iterable(scored.values()))
    shares = [0.0002 * 1.35**step for step in range(16)]
    thresholds = sorted({values[int(len(values) * (1 - share))] for share in shares})
    return {
        threshold: {
            brand.name: score(
                brand, muted(i for i, one in enumerate(scored[brand.name]) if one >= threshold)
            )
            for brand in streams
        }
        for threshold in thresholds
    }


def beside(keys: Sequence[Any], reach: int) -> dict[Any, list[Any]]:
    """Return each key with those up to `reach` places before and after it."""
    return {key: list(keys[max(0, i - reach) : i + reach + 1]) for i, key in enumerate(keys)}


def our_grid(
    streams: Sequence[Brand],
) -> tuple[Grid, dict[Any, list[Any]], dict[str, list[list[Volume]]]]:
    """Score our rule over its three settings; neighbours differ in the threshold alone."""
    grid: Grid = {}
    neighbours: dict[Any, list[Any]] = {}
    shipped: dict[str, list[list[Volume]]] = {}
    records = [round(1 + step / 10, 1) for step in range(25)]
    shipped_days = RECORD_HALF_LIFE / HOURS_A_DAY / BUCKETS_AN_HOUR
    for days in (21.0, 28.0, 42.0):
        stood = {brand.name: seen(brand, days) for brand in streams}
        if days == shipped_days:
            shipped = stood
        for floor in (3.0, 4.0, 5.0, 6.0):
            keys = [(days, floor, record) for record in records]
            neighbours |= beside(keys, 2)
            for key in keys:
                bar = Bar(times=0, z=0, share=0, floor=floor, record=key[2])
                grid[key] = {
                    brand.name: score(brand, ours(stood[brand.name], bar)) for brand in streams
                }
    return grid, neighbours, shipped


def measure(folder: Path, sizes: Sequence[int]) -> dict[str, Any]:
    """Run every detector over every split."""
    streams = brands(folder)
    begun = time.process_time()
    grid, neighbours, shipped = our_grid(streams)
    spent = time.process_time() - begun
    everywhere = Score()
    by_brand = {}
    for brand in streams:
        alone = score(brand, ours(shipped[brand.name], BARS[Sensitivity.NORMAL]))
        by_brand[brand.name] = {"found": alone.found, "of": alone.events, "false": alone.false}
        everywhere.add(alone)
    simple = {
        "times_the_week": fixed_times,
        "slow_exponential_z": exponential,
        "median_mad": median_mad,
    }
    baselines = {name: by_threshold(streams, scorer) for name, scorer in simple.items()}
    names = [brand.name for brand in streams]
    return {
        "brands": names,
        "bar": {"f1": F1_BAR, "false_a_week": FALSE_BAR},
        "chosen_on_all": chosen(grid, names, neighbours),
        "ours": {f"leave_{n}_out": left_out(grid, streams, n, neighbours) for n in sizes},
        "simple": {
            name: {
                f"leave_{n}_out": left_out(found, streams, n, beside(list(found), 1)) for n in sizes
            }
            for name, found in baselines.items()
        },
        "shipped_on_all": {**everywhere.shown(), "by_brand": by_brand},
        "published_on_four_other_brands": PUBLISHED,
        "cpu_us_a_count": round(1e6 * spent / 3 / sum(len(brand.counts) for brand in streams), 1),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--left-out", type=int, nargs="+", default=[1, 2, 3])
    wanted = parser.parse_args()
    folder = data_folder(wanted.data)
    if not (folder / "nab_brand_mentions.csv.gz").exists():
        sys.exit(f"No nab_brand_mentions.csv.gz in {folder}: name its folder with --data.")
    print(json.dumps(measure(folder, wanted.left_out), indent=2))


if __name__ == "__main__":
    main()
