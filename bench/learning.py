"""How long it takes to learn anew from 10,000 labelled messages, beside judging them once.

A model of random numbers and invented messages (``bench.triage``), duty and kind of each labelled.
``refit`` is all that the nightly job does but read and write rows: features, the version, the fifth
that it is measured on, calibration and guard. ``correction`` is what one label costs a process that
notices it, its bytes stored and read again apart. The baseline is ``judge`` over the same messages.

    python -m bench.learning [--messages 10000]
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from bench._triage_random import random_model
from bench.triage import messages
from hearwell.triage.engine.delta import UNKNOWN, Delta, Learner, from_bytes
from hearwell.triage.engine.features import featurise
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.engine.judge import judge
from hearwell.triage.learning.fitting import Taught, fitted

BAR_REFIT_S = 60


def measured(count: int) -> dict[str, Any]:
    """Return seconds of each, and the bar."""
    model, items = random_model(), messages(count)
    begun = time.process_time()
    judge(items, model)
    judged = time.process_time() - begun
    chance = np.random.default_rng(7)
    begun = time.process_time()
    features = featurise(items)
    labels = np.full((count, len(HEADS)), UNKNOWN, dtype=np.int8)
    for column, head in enumerate(list(HEADS.values())[:2]):
        labels[:, column] = chance.integers(0, len(head.labels), count)
    believed = np.full(labels.shape, 0.5, dtype=np.float32)
    candidate = fitted(model, Taught(features, labels, believed), 1)
    refit = time.process_time() - begun
    return {
        "messages": count,
        "judge_s": round(judged, 2),
        "refit_s": round(refit, 2),
        "refit_by_judge": round(refit / judged, 2),
        "bar_s": BAR_REFIT_S,
        **_one(model, candidate.delta),
    }


def _one(model: Any, delta: Delta) -> dict[str, Any]:
    features = featurise(messages(16)).one(0)
    begun = time.process_time()
    learner = Learner(model, delta)
    learner.step(features, "kind", "spam")
    learner.delta()
    step = time.process_time() - begun
    begun = time.process_time()
    content = delta.to_bytes()
    stored = time.process_time() - begun
    begun = time.process_time()
    from_bytes(content)
    read = time.process_time() - begun
    return {
        "correction_ms": round(1000 * step, 2),
        "store_s": round(stored, 2),
        "read_s": round(read, 2),
        "delta_mb": round(len(content) / 2**20, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    print(json.dumps(measured(parser.parse_args().messages), indent=2))


if __name__ == "__main__":
    main()
