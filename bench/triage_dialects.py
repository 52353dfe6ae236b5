"""Whether customers who write in African-American English are missed more often than others.

No labelled set of care messages tells a writer's dialect. The model of S. L. Blodgett, L. Green
and B. O'Connor (EMNLP 2016; github.com/slanglab/twitteraae, ``model``) says which share of a
tweet's words is of African-American and which of white speakers' English, and its authors call
those two of its four shares reliable. Compared are the complaints of 14,000 tweets to airlines,
which the shipped model has never seen, whose share of the one or the other is at least a threshold.
It says how a text reads, not who wrote it.

    python -m bench.triage_dialects --dialects FOLDER/model [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench._triage_streams import airline
from bench.triage_brand import area, share
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.engine.judge import judge
from hearwell.triage.rules import Duty
from hearwell.triage.shipped import shipped_model
from hearwell.triage.training.sets import data_folder

F64 = NDArray[np.float64]
# African-American first, then Hispanic and Asian, which count as neither; white last.
OURS, THEIRS = 0, 3
LEAST: Final = {"african_american": (OURS, (0.4, 0.5)), "white": (THEIRS, (0.8, 0.9))}
_PASSES: Final = 5
_KNOWN_SHARE: Final = 0.2
_WORD: Final = re.compile(r"@\S+|https?:\S+|#?\w+(?:['\u2019]\w+)*|[^\w\s]+")


class Dialects:
    """Which share of a text's words is of whose English."""

    def __init__(self, folder: Path) -> None:
        counts = np.loadtxt(folder / "model_count_table.txt")
        self._chance = (counts + 1) / counts.sum(axis=0)
        lines = (folder / "model_vocab.txt").read_text("utf8").split("\n")
        self._place = {line.split("\t")[-1].strip(): at for at, line in enumerate(lines) if line}

    def shares(self, text: str) -> F64 | None:
        """Return [4], or None of a text of which too few words are known."""
        words = [word.lower() for word in _WORD.findall(text)]
        known = [self._place[word] for word in words if word in self._place]
        if not known or len(known) / len(words) < _KNOWN_SHARE:
            return None
        likely = self._chance[known]
        likely = likely / likely.sum(axis=1, keepdims=True)
        of = likely.copy()
        total = of.sum(axis=0)
        for _ in range(1, _PASSES):  # collapsed variational inference, word by word
            for at in range(len(known)):
                total -= of[at]
                row = likely[at] * (total + 1)
                of[at] = row / row.sum()
                total += of[at]
        found: F64 = total / total.sum()
        return found


def shares(dialects: Dialects, texts: Sequence[str]) -> F64:
    """Return [n, 4]; zeros where nothing can be said."""
    rows = (dialects.shares(text) for text in texts)
    return np.array([np.zeros(4) if row is None else row for row in rows])


def measure(folder: Path, dialects: Dialects) -> dict[str, Any]:
    """Return the shares of complaints that are missed, by how they read."""
    stream, model = airline(folder), shipped_model()
    if model is None:
        message = "no model is shipped: there is nothing to measure"
        raise SystemExit(message)
    read = shares(dialects, stream.texts)
    said = judge(stream.items, model)
    is_missed = np.array([one.duty is not Duty.ANSWER for one in said])
    answer = np.array([one.chances[HEADS["duty"].at] for one in said], dtype=np.float32)
    negative = np.array([one.sentiment == "negative" for one in said])
    found: dict[str, Any] = {"engine": model.version}
    for name, (column, thresholds) in LEAST.items():
        for least in thresholds:
            rows = read[:, column] >= least
            owed = rows & stream.complains
            found[f"{name}_{least}"] = {
                "complaints_missed": share(is_missed[owed]),
                "complaints_called_negative": share(negative[owed]),
                "others_called_negative": share(negative[rows & ~stream.complains]),
                "who_complains_by_answer": area(stream.complains[rows], answer[rows]),
            }
    everyone = stream.complains
    found["all"] = {
        "complaints_missed": share(is_missed[everyone]),
        "complaints_called_negative": share(negative[everyone]),
        "others_called_negative": share(negative[~everyone]),
        "who_complains_by_answer": area(stream.complains, answer),
    }
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dialects", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=None)
    chosen = parser.parse_args()
    found = measure(data_folder(chosen.data), Dialects(chosen.dialects))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
