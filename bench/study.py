"""How fast `study` reads a million rows, against the bare DuckDB query in the same run.

The baseline (`study_baseline.sql`) reads the same file, parses the times, finds the handles in
the texts, joins the replies and computes every column of one method, and does nothing else: no
rejected rows, no period, no report. Both sides run the given number of times in turn, each in a
fresh in-memory database, and the best run of each counts. Beside it stands the median of the
ratios of neighbouring runs, which a busy machine moves less. Prints one JSON object.

    python bench/study.py [--rows 1000000] [--runs 3] [--keep FILE]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

from hearwell.reports.study.methods import METHODS, Method
from hearwell.reports.study.study import Study

BASELINE = Path(__file__).with_name("study_baseline.sql")
BAR = 1.5
WORDS = [
    "my",
    "bag",
    "flight",
    "order",
    "app",
    "again",
    "late",
    "please",
    "help",
    "why",
    "since",
    "hours",
    "still",
    "waiting",
    "nobody",
    "can",
    "you",
    "tell",
    "me",
    "where",
    "when",
    "the",
    "delivery",
    "account",
    "login",
    "screen",
    "update",
    "after",
    "before",
    "broken",
    "thanks",
    "never",
    "service",
    "phone",
    "call",
    "booking",
    "refund",
    "number",
    "today",
    "yesterday",
    "morning",
    "city",
    "gate",
]
HEADER = (
    "tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id",
    "in_response_to_tweet_id",
)  # fmt: skip
BRANDS = [f"Brand{number}Care" for number in range(100)]


def text_of(rng: random.Random, *handles: str) -> str:
    """A text as long as the real ones (about 110 characters), a question one time in three."""
    words = " ".join(rng.choices(WORDS, k=rng.randint(6, 17)))
    return f"{' '.join('@' + handle for handle in handles)} {words}{rng.choice('?..')}"


def thread(rng: random.Random, number: int, start: datetime) -> Iterator[tuple[str, ...]]:
    """One conversation: an opening, mostly an answer, sometimes a follow-up and its answer."""
    brand = BRANDS[int(rng.paretovariate(0.9)) % 100]
    customer = str(100_000 + rng.randint(0, 400_000))
    at, parent, prefix = start, "", "RT " if rng.random() < 0.03 else ""
    for turn in range(rng.choice((1, 2, 2, 2, 3, 4))):
        ours = turn % 2 == 1
        at += timedelta(seconds=int(rng.lognormvariate(6.5, 1.6)) if turn else 0)
        others = [rng.choice(BRANDS)] if rng.random() < 0.04 else []
        text = text_of(rng, customer) if ours else prefix + text_of(rng, brand, *others)
        author = brand if ours else customer
        row_id = str(number * 4 + turn + 1)
        sent = at.strftime("%a %b %d %H:%M:%S +0000 %Y")
        yield row_id, author, str(not ours), sent, text, "", parent
        parent = row_id


def write_archive(path: Path, rows: int) -> None:
    """Write `rows` synthetic rows in the twcs layout, the same ones on every machine."""
    rng = random.Random(2017)  # noqa: S311 - repeatable, not secret
    start, written = datetime(2017, 10, 1, tzinfo=UTC), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            at = start + timedelta(seconds=rng.randint(0, 60 * 86_400))
            for row in thread(rng, number, at):
                writer.writerow(row)
                written += 1
                if written == rows:
                    return


@dataclass(slots=True)
class Best:
    """The best wall and processor seconds so far, and the last ones.

    Processor seconds hardly mind a busy machine.
    """

    wall: float = float("inf")
    cpu: float = float("inf")
    last_wall: float = 0.0
    last_cpu: float = 0.0

    def run(self, action: Callable[[], object]) -> None:
        """Run once and keep what was better."""
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        self.last_cpu, self.last_wall = time.process_time() - cpu, time.perf_counter() - wall
        self.cpu, self.wall = min(self.cpu, self.last_cpu), min(self.wall, self.last_wall)


def baseline(path: Path) -> None:
    """The bare query, in a database of its own."""
    with duckdb.connect(":memory:") as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(BASELINE.read_text("utf-8"), {"file": str(path)}).fetchall()


def ours(path: Path, method: Method) -> None:
    """Everything that `hearwell study --format json` does but start Python and print."""
    Study(path).figures(method)


def measure(path: Path, rows: int, runs: int) -> dict[str, object]:
    """Best of so many runs for each side, taken in turn so that both meet the same machine."""
    bare, study = Best(), {name: Best() for name in METHODS}
    wall: dict[str, list[float]] = {name: [] for name in METHODS}
    cpu: dict[str, list[float]] = {name: [] for name in METHODS}
    for _ in range(runs):
        for name, best in study.items():
            bare.run(lambda: baseline(path))
            best.run(partial(ours, path, METHODS[name]))
            wall[name].append(best.last_wall / bare.last_wall)
            cpu[name].append(best.last_cpu / bare.last_cpu)
    ratios = {name: round(best.wall / bare.wall, 2) for name, best in study.items()}
    return {
        "benchmark": "study",
        "rows": rows,
        "file_mb": round(path.stat().st_size / 1e6, 1),
        "cores": os.cpu_count(),
        "baseline_s": round(bare.wall, 3),
        "baseline_rows_per_s": round(rows / bare.wall),
        "study_s": {name: round(best.wall, 3) for name, best in study.items()},
        "rows_per_s": {name: round(rows / best.wall) for name, best in study.items()},
        "ratio": ratios,
        "cpu_ratio": {name: round(best.cpu / bare.cpu, 2) for name, best in study.items()},
        "median_ratio": {name: round(median(found), 2) for name, found in wall.items()},
        "median_cpu_ratio": {name: round(median(found), 2) for name, found in cpu.items()},
        "bar": BAR,
        "passed": {name: ratio <= BAR for name, ratio in ratios.items()},
    }


def main() -> None:
    """Parse the command line, write the file, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="read this file, or write it there and leave it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "archive.csv"
        if not path.exists():
            write_archive(path, options.rows)
        print(json.dumps(measure(path, options.rows, options.runs), indent=2))


if __name__ == "__main__":
    main()
