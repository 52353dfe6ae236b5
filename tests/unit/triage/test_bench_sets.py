"""The benchmark on public sets is run by hand and seldom: a small set of our own goes through it.

Its figures mean nothing here; that they are there, and that the test is never learned from, does.
"""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench._triage_data import SETS, Labelled

WISHES = {
    "refund": "please give me my money back for order {n}",
    "hours": "when do you open on day {n} of the week",
    "lost": "my bag {n} did not arrive at the airport",
}
FEELINGS = {
    "negative": "@air the worst flight {n} of my life, cancelled again",
    "neutral": "@air do you fly to gate {n} on sundays",
    "positive": "@air thanks to the lovely crew of flight {n}",
}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    _write(folder, "banking77", [
        {"split": "valid" if n % 5 == 0 else "train", "intent": intent, "text": text.format(n=n)}
        for n in range(60) for intent, text in WISHES.items()
    ])  # fmt: skip
    _write(folder, "us_airline", [
        {"airline_sentiment": mood, "text": f"{text.format(n='')} {chr(97 + n % 26) * 2}{word}",
         "tweet_created": f"2/{17 + n % 7}/2015 12:{n:02}"}
        for n, word in enumerate(json.dumps(sorted(WISHES)).split() * 19)
        for mood, text in FEELINGS.items()
    ])  # fmt: skip
    return folder


def _write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_it_measures_what_is_there_and_says_what_is_not(sets: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.triage_sets", "--quick", "--data", str(sets)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["banking77"]["words_and_signs"]["accuracy"] > 0.9
    assert found["banking77"]["majority"]["accuracy"] < 0.5
    assert found["us_airline"]["split"] == "by time: 2015-02-23"
    assert found["us_airline"]["vader"]["macro_f1"] > 0.3
    assert found["us_airline"]["words_and_signs"]["macro_f1"] > 0.9
    assert "is not here" in found["goemotions"]["skipped"]


@pytest.mark.parametrize("name", ["banking77", "us_airline"])
def test_no_message_is_on_two_sides(sets: Path, name: str) -> None:
    known: Labelled = SETS[name](sets)
    rows = np.concatenate((known.fit, known.choose, known.test))
    assert len(np.unique(rows)) == len(rows)
    assert min(map(len, (known.fit, known.choose, known.test))) > 0
