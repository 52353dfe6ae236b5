"""What triage is worth on a brand that it has never seen: at first, after 200 labels, and quieting.

Who complains is told from the rest: cold by the shipped model, then by a desk that labels 200 of
its first 400 messages (those that come, or those that it is asked about) through the product's own
learning, scored on all that come later. Quieting begins where the product would begin after 200
and 500 labels: the share of later messages that nobody would be shown, and of complaints that
nobody would have seen. Once of the stream as it comes and once with each story told once.

What was chosen here (how fast a delta learns) was chosen on the telecoms; the airlines are the
test. Brands of both that are among the shipped model's texts are left out: a model is made without
them, some three minutes the first time, kept in --cache. Where the streams are, and what they are:
`_triage_streams`; those of --mentions are fetched by hand.

    python -m bench.triage_brand --mentions FOLDER [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench._triage_desk import Desk, as_asked, as_they_come, quieted
from bench._triage_streams import Rows, Stream, airline, mentions
from bench.triage_sets import CACHE
from hearwell.kit.shares import Share
from hearwell.triage import shipped
from hearwell.triage.engine.heads import HEADS
from hearwell.triage.engine.model import Model, load
from hearwell.triage.training import metrics
from hearwell.triage.training.fit import Recipe, fit, prepare
from hearwell.triage.training.making import learned_from, version_of
from hearwell.triage.training.sets import data_folder

LABELS: Final = 200
POOL: Final = 400
QUIET_AFTER: Final = (200, 500)
BUDGET: Final = 0.02
BARS: Final = {
    "cold_auc": 0.88, "auc_after_200": 0.94,
    "quieted": 0.5, "missed": 0.02, "missed_of_a_kind": 0.03,
}  # fmt: skip
# Companies of the IBM set that are in these streams, or of their industries.
_LEFT_OUT: Final = frozenset(
    f"ibm:{name}" for name in ("SouthwestAir", "Delta", "TMobileHelp", "Ask_Spectrum")
)


def stranger(folder: Path, cache: Path) -> Model:
    """Return the shipped model as it would be without a text of these brands or industries."""
    examples = [one for one in learned_from(folder) if one.group not in _LEFT_OUT]
    version = version_of(examples)
    path = cache / f"{version}.npz"
    if not path.exists():
        print("a model without these brands …", file=sys.stderr, flush=True)
        cache.mkdir(parents=True, exist_ok=True)
        fit(prepare(examples), version, Recipe()).save(path)
    return load(path)


def area(truth: NDArray[np.bool_], score: NDArray[np.float32]) -> dict[str, Any]:
    """Return the AUC with its 95 % interval (J. Hanley & B. McNeil, Radiology 143, 1982)."""
    found = metrics.auc(truth, score)
    if found is None:
        return {"auc": None, "n": len(truth)}
    yes, no = int(truth.sum()), int((~truth).sum())
    one, two = found / (2 - found), 2 * found * found / (1 + found)
    spread = found * (1 - found) + (yes - 1) * (one - found**2) + (no - 1) * (two - found**2)
    half = 1.96 * sqrt(spread / (yes * no))
    return {
        "auc": round(found, 4),
        "interval": [round(found - half, 4), round(min(1.0, found + half), 4)],
        "complaints": yes,
        "n": len(truth),
    }


def share(which: NDArray[np.bool_]) -> dict[str, Any]:
    """Return a share with its interval."""
    found = Share(int(which.sum()), len(which))
    low, high = found.interval or (0.0, 0.0)
    return {
        "share": round(found.value or 0.0, 4), "interval": [round(low, 4), round(high, 4)],
        "of": found.n,
    }  # fmt: skip


def cold(model: Model, stream: Stream, rows: Rows) -> dict[str, Any]:
    """Return how well the shipped model tells who complains: by three of its opinions."""
    scores = model.scores(stream.features)[rows]
    truth = stream.complains[rows]
    kind = HEADS["kind"].labels.index("complaint")
    return {
        "by_answer": area(truth, model.chances(scores, HEADS["duty"])[:, 0]),
        "by_complaint": area(truth, model.chances(scores, HEADS["kind"])[:, kind]),
        "by_negative": area(truth, model.chances(scores, HEADS["sentiment"])[:, 0]),
    }


def after(model: Model, stream: Stream, rows: Rows) -> dict[str, Any]:
    """Return how well a desk's 200 labels of its first 400 messages tell the rest."""
    pool, rest = rows[:POOL], rows[POOL:]
    found: dict[str, Any] = {}
    for name, way in (("as_they_come", as_they_come), ("as_asked", as_asked)):
        desk = Desk(model, stream)
        way(desk, pool, LABELS)
        found[name] = area(stream.complains[rest], desk.complaints()[rest])
        found[name]["versions"] = [desk.versions, desk.refused]
    return found


def quiet(model: Model, stream: Stream, rows: Rows) -> dict[str, Any]:
    """Return what is quieted and missed of what comes later, after so many labels each."""
    desk = Desk(model, stream)
    found = {}
    for labels in QUIET_AFTER:
        desk.teach(rows[len(desk.rows) : labels])
        at = desk.quieting(BUDGET)
        gone = quieted(desk.opinions(stream, at.threshold))[rows[labels:]]
        found[str(labels)] = {
            "threshold": at.threshold,
            "owed_among_labels": at.answers,
            "quieted": share(gone),
            "missed": share(gone[stream.complains[rows[labels:]]]),
        }
    return found


def with_vectors(streams: Sequence[Stream], place: Path) -> dict[str, Any]:
    """Return the same of the shipped model with its layer for a sentence model's vectors.

    It has seen some twenty conversations of these industries (`_LEFT_OUT`).
    """
    model, embedder = shipped.with_vectors(shipped.shipped_model(), place)
    if model is None or embedder is None:
        return {"skipped": f"no sentence model that fits in {place}"}
    found = {"engine": model.version, "space": embedder.space}
    for stream in streams:
        vectors = embedder.vectors(stream.texts)
        seen = replace(stream, features=replace(stream.features, vectors=vectors))
        for how, rows in (("as_it_comes", np.arange(len(seen))), ("told_once", seen.once)):
            desk = Desk(model, seen)
            desk.teach(rows[:LABELS])
            rest = rows[POOL:]
            later = area(seen.complains[rest], desk.complaints()[rest])
            part = {"cold": cold(model, seen, rows), "after_200_labels": later}
            found[f"{stream.name} {how}"] = part
    return found


def by_kind(model: Model, stream: Stream, other: Stream, labels: int) -> dict[str, Any]:
    """Return what a desk of one stream would miss of another's complaints, reason by reason."""
    desk = Desk(model, stream)
    desk.teach(np.arange(labels))
    gone = quieted(desk.opinions(other, desk.quieting(BUDGET).threshold))
    why = np.array(other.why)
    return {name: share(gone[why == name]) for name in sorted(set(other.why))}


def measure(model: Model, streams: Sequence[Stream]) -> dict[str, Any]:
    """Return all figures of an industry and its brands."""
    found: dict[str, Any] = {}
    for stream in streams:
        print(f"{stream.name} …", file=sys.stderr, flush=True)
        for how, rows in (("as_it_comes", np.arange(len(stream))), ("told_once", stream.once)):
            part = {"messages": len(rows), "cold": cold(model, stream, rows)}
            if len(rows) > POOL + 100:
                part["after_200_labels"] = after(model, stream, rows)
            if stream is streams[0]:
                part["quieting"] = quiet(model, stream, rows)
            found.setdefault(stream.name, {})[how] = part
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--only-vectors", action="store_true", help="the last part alone")
    chosen = parser.parse_args()
    streams = mentions(chosen.mentions)
    found: dict[str, Any] = {"bars": BARS}
    if not chosen.only_vectors:
        found |= by_words(streams, data_folder(chosen.data), chosen.cache)
    industries = [one[0] for one in streams.values()]
    found["with_vectors"] = with_vectors(industries, chosen.cache / "embedding")
    print(json.dumps(found, indent=2))


def by_words(streams: Mapping[str, Sequence[Stream]], where: Path, cache: Path) -> dict[str, Any]:
    """Return all figures of words and signs."""
    model = stranger(where, cache)
    found: dict[str, Any] = {"model": model.version}
    for industry in streams.values():
        found |= measure(model, industry)
    others = airline(where)
    everyone = np.arange(len(others))
    found["us_airline"] = {"cold": cold(model, others, everyone)}
    found["us_airline"]["missed_by_reason"] = by_kind(
        model, streams["airlines"][0], others, QUIET_AFTER[-1]
    )
    return found


if __name__ == "__main__":
    main()
