"""What the engine needs with vectors: messages a second, the slowest of a hundred, memory.

A process of its own, so that nothing but the engine is in its memory. Prints one JSON object.

    python -m bench._triage_speed FOLDER_OF_THE_SENTENCE_MODEL FOLDER_OF_THE_SETS
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bench._triage_random import random_model
from hearwell.triage.engine.dense import PROBES, Dense
from hearwell.triage.engine.embedding import Cache, Embedder, load
from hearwell.triage.engine.features import Item
from hearwell.triage.engine.heads import OUTPUTS
from hearwell.triage.engine.judge import judge

_BATCH, _ALONE = 2_000, 1_000


def drawn(*shape: int) -> Any:
    """Numbers as good as any: the work is the same."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def a_layer(embedder: Embedder) -> Dense:
    """A layer for its vectors."""
    ones = np.ones(OUTPUTS, dtype=np.float32)
    weights, probes = drawn(embedder.width, OUTPUTS), embedder.vectors(PROBES)
    return Dense("drawn", weights, ones, drawn(OUTPUTS), probes)


def cpu(work: Callable[[], object]) -> float:
    """Seconds of the processor: others may be using the machine."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def peak_mb() -> int:
    """The most memory of this process since it began (getrusage knows the parent's, too)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def main() -> None:
    """Measure."""
    place, where = Path(sys.argv[1]), Path(sys.argv[2])
    with gzip.open(where / "us_airline.csv.gz", "rt", encoding="utf8") as file:
        texts = [row["text"] for row in islice(csv.DictReader(file), _BATCH + _ALONE + 64)]
    items = [Item(text, kind="mention") for text in texts]
    plain = random_model()
    judge(items[-64:], plain)
    words = cpu(lambda: judge(items[:_BATCH], plain))
    words_mb = peak_mb()
    embedder = load(place)
    model = replace(plain, dense=a_layer(embedder))
    judge(items[-64:], model, embedder=embedder)
    batch = cpu(lambda: judge(items[:_BATCH], model, embedder=embedder))
    fresh = replace(embedder, cache=Cache())
    rest = items[_BATCH : _BATCH + _ALONE]
    alone = sorted(cpu(lambda one=one: judge([one], model, embedder=fresh)) for one in rest)
    print(
        json.dumps(
            {
                "messages_per_s": round(_BATCH / batch),
                "one_p50_ms": round(1000 * alone[len(alone) // 2], 2),
                "one_p99_ms": round(1000 * alone[int(len(alone) * 0.99)], 2),
                "peak_mb": peak_mb(),
                "words_alone_peak_mb": words_mb,
                "words_alone_per_s": round(_BATCH / words),
                "times_words_alone": round(batch / words, 1),
                "bar": {"messages_per_s": 180, "one_p99_ms": 12, "peak_mb": 200},
            }
        )
    )


if __name__ == "__main__":
    main()
