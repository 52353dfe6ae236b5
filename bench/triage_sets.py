"""How well the engine's features tell what people want and feel, on public sets.

Each set: what the engine sees of a message (words, pieces, signs) alone, then with a sentence
model's vectors, beside always saying the commonest label, VADER for feelings, and the figure that
was measured before the engine was written. Settings are chosen on a part of their own, the test is
looked at once. Then the engine itself with vectors: messages a second, the slowest of a hundred,
memory.

The sets are no part of Hearwell: they lie in the folder `data` of HEARWELL_DATA (or --data); those
that are missing are left out. Vectors are kept in --cache between runs, and without a sentence
model that was made ready (`hearwell embed make`) or an installed package that carries one, only
words and signs are measured. Some ten minutes of one core; with --quick some seconds, and then the
figures say nothing. OMP_NUM_THREADS=1 makes the times those of one core.

    python -m bench.triage_sets [--data FOLDER] [--sets us_airline ...] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench._triage_data import SETS, Labelled, fewer
from bench._triage_kernel import F32
from bench._triage_learn import baseline, learned, vader
from bench._triage_many import learned as learned_many
from bench._triage_many import most_common
from hearwell.triage.engine.embedding import Embedder, NoEmbeddingError, load, missing
from hearwell.triage.training.sets import data_folder

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "hearwell-bench"
# What is asked for, and what was measured before (linear, sparse + MiniLM).
BARS: Final[dict[str, dict[str, float]]] = {
    "banking77": {
        "accuracy": 0.945, "words_accuracy": 0.92, "before": 0.940, "before_words": 0.913,
    },
    "clinc150": {
        "accuracy": 0.965, "words_accuracy": 0.94, "in_scope_with_reject": 0.935,
        "out_of_scope_recall": 0.92, "before": 0.961, "before_words": 0.935,
        "before_out_of_scope_recall": 0.904,
    },
    "us_airline": {"macro_f1": 0.77, "before": 0.740, "before_words": 0.741},
    "crisislex_t26": {"macro_f1": 0.82, "before": 0.818, "before_words": 0.815},
    "goemotions": {"macro_f1": 0.47, "before": 0.470},
}  # fmt: skip
_FEELINGS: Final = ("us_airline",)
_QUICK: Final = 400


def vectors_of(known: Labelled, embedder: Embedder, cache: Path) -> F32:
    """Return [n, width] float16 of a set's texts, from the cache where they are known."""
    told = sha256("\0".join((embedder.space, *known.texts)).encode("utf8", "replace")).hexdigest()
    path = cache / f"{known.name}-{told[:16]}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        rows = [
            embedder.vectors(known.texts[at : at + 1000]).astype(np.float16)
            for at in range(0, len(known.texts), 1000)
        ]
        np.save(path, np.concatenate(rows))
    found: F32 = np.load(path)
    return found


def measure(known: Labelled, embedder: Embedder | None, cache: Path) -> dict[str, Any]:
    """Return all figures of one set."""
    begin = time.process_time()
    many = known.truth.ndim == 2
    vectors = None if embedder is None else vectors_of(known, embedder, cache)
    learn = learned_many if many else learned
    result: dict[str, Any] = {
        "split": known.how,
        "messages": {"fit": len(known.fit), "choose": len(known.choose), "test": len(known.test)},
        "bar": BARS[known.name],
        "majority": most_common(known) if many else baseline(known),
        "words_and_signs": learn(known, None),
    }
    if known.name in _FEELINGS:
        texts = [known.texts[row] for row in known.test]
        result["vader"] = vader(texts, known.truth[known.test])
    if vectors is not None:
        result["with_vectors"] = learn(known, vectors)
    return result | {"is_reached": reached(result), "cpu_s": round(time.process_time() - begin)}


def reached(result: dict[str, Any]) -> dict[str, bool]:
    """Say of each bar whether it is reached."""
    bars = {name: bar for name, bar in result["bar"].items() if not name.startswith("before")}
    found: dict[str, bool] = {}
    for name, bar in bars.items():
        part = "words_and_signs" if name.startswith("words_") else "with_vectors"
        figure = result.get(part, {}).get(name.removeprefix("words_"))
        if figure is not None:
            found[name] = figure >= bar
    return found


def ready(place: Path) -> Embedder | None:
    """Return the embedder of a folder, made ready there from an installed package if need be."""
    if missing():
        return None
    try:
        return load(place)
    except NoEmbeddingError:
        from hearwell.triage.weights.make import make
        from hearwell.triage.weights.refusal import RefusedModelError
        from hearwell.triage.weights.sources import found

        try:
            make(found(), place)
        except RefusedModelError as error:
            print(error, file=sys.stderr)
            return None
        return load(place)


def speed(place: Path, where: Path) -> dict[str, Any]:
    """Return what the engine needs with vectors, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench._triage_speed", str(place), str(where)],
        stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Measure all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    where = data_folder(chosen.data)
    place = chosen.cache / "embedding"
    embedder = None if chosen.quick else ready(place)
    found: dict[str, Any] = {"space": embedder.space if embedder else "no sentence model"}
    for name in chosen.sets:
        if not (where / f"{name}.csv.gz").exists():
            found[name] = {"skipped": f"{where / name}.csv.gz is not here"}
            continue
        print(f"{name} …", file=sys.stderr, flush=True)
        known = SETS[name](where)
        known = fewer(known, _QUICK) if chosen.quick else known
        found[name] = measure(known, embedder, chosen.cache)
    if embedder is not None and (where / "us_airline.csv.gz").exists():
        found["speed"] = speed(place, where)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
