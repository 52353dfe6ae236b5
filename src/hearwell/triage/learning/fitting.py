"""Makes a version of what a workspace taught, and says whether it may speak. Pure.

Every label is judged by a version that has not seen it: all of them in fifths while they are few,
one fifth in turn when they are many. A candidate is refused if it does worse there than the shipped
model, or worse than what was said at the time (each label was predicted before it was learned), or
if it gets fewer of the plain lines right that mean the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.delta import UNKNOWN, Delta, refit
from hearwell.triage.engine.features import Features, featurise, joined
from hearwell.triage.engine.heads import HEADS, Head
from hearwell.triage.engine.model import Model
from hearwell.triage.learning.anchors import anchors, rehearsed
from hearwell.triage.learning.limits import ENOUGH_TO_CALIBRATE
from hearwell.triage.training.metrics import calibration_error, confusion, macro_f1

F32 = NDArray[np.float32]
FOLDS: Final = 5
# Up to so many messages all five fifths are held back in turn; above, one of them a time.
ALL_FOLDS: Final = 2000
LEAST: Final = 20  # labels of a head, below which nothing can be said of it
SLACK: Final = 0.01  # of a mean: less is no difference
GUARDED: Final = ("duty", "kind")
_FACTORS: Final = np.geomspace(0.3, 3.0, 47)


@dataclass(frozen=True)
class Taught:
    """All that a workspace has taught: n messages, the last word on each counting.

    labels: int8 [n, heads], UNKNOWN where nobody said. chance: float32 [n, heads], the probability
    that stood on what turned out right, before it was learned; NaN where nobody said.
    """

    features: Features
    labels: NDArray[np.int8]
    chance: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class Candidate:
    """A version and what was measured. `why` is empty if it may speak, else a code."""

    delta: Delta
    calibration: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    why: str = ""


def fitted(model: Model, taught: Taught, turn: int) -> Candidate:
    """Return a version made from all that was taught, with its measure and whether it may speak.

    `turn` says which fifth is held back where it is only one.
    """
    delta = made_anew(model, taught.features, taught.labels)
    rows, unseen = crossed(model, taught, turn)
    shipped = model.scores(taught.features)
    scores: dict[str, Mapping[str, Any]] = {}
    calibration: dict[str, float] = {}
    for column, head in enumerate(HEADS.values()):
        known = rows & (taught.labels[:, column] != UNKNOWN)
        if int(known.sum()) < LEAST:
            continue
        truth = taught.labels[known, column]
        factor = 1.0
        if int(known.sum()) >= ENOUGH_TO_CALIBRATE:
            factor = _factor(model, unseen[known], head, truth)
            calibration[head.name] = factor
        own = recalibrated(model, {head.name: factor})
        scores[head.name] = {
            "candidate": _measured(own, unseen[known], head, truth),
            "shipped": _measured(model, shipped[known], head, truth),
            "before": {"belief": _mean(taught.chance[known, column])},
            "n": int(known.sum()),
        }
    kept = _anchored(model, delta), _anchored(model, None)
    scores["anchors"] = {"candidate": kept[0], "shipped": kept[1]}
    return Candidate(delta, calibration, scores, why=_why(scores))


def made_anew(model: Model, features: Features, labels: NDArray[np.int8]) -> Delta:
    """Return a delta of these labels, with the plain lines rehearsed beside them."""
    lines = rehearsed()
    again = np.full((len(lines), len(HEADS)), UNKNOWN, dtype=np.int8)
    again[:, list(HEADS).index("duty")] = [HEADS["duty"].labels.index(duty) for _, duty in lines]
    both = joined([features, featurise([item for item, _ in lines])])
    delta = refit(model, both, np.concatenate((labels, again)))
    return replace(delta, steps=int((labels != UNKNOWN).sum()))


def crossed(model: Model, taught: Taught, turn: int) -> tuple[NDArray[np.bool_], F32]:
    """Return which messages were held back, bool [n], and their scores, float32 [n, OUTPUTS]."""
    fold = np.arange(len(taught)) % FOLDS
    turns = range(FOLDS) if len(taught) <= ALL_FOLDS else (turn % FOLDS,)
    shipped = model.scores(taught.features)
    scores = np.zeros_like(shipped)
    rows = np.zeros(len(taught), dtype=bool)
    for one in turns:
        held = fold == one
        labels = taught.labels.copy()
        labels[held] = UNKNOWN
        found = model.scores(taught.features, made_anew(model, taught.features, labels))
        scores[held] = found[held]
        rows |= held
    return rows, scores


def _measured(model: Model, scores: F32, head: Head, truth: NDArray[np.int8]) -> dict[str, float]:
    chances = model.chances(scores, head)
    said = chances.argmax(axis=1)
    return {
        "f1": round(macro_f1(confusion(truth, said, len(head.labels))), 4),
        "right": int((said == truth).sum()),
        "belief": _mean(chances[np.arange(len(truth)), truth]),
        "calibration": round(calibration_error(said == truth, chances.max(axis=1)), 4),
    }


def _mean(values: NDArray[np.float32]) -> float:
    return round(float(np.nanmean(values)), 4) if len(values) else 0.0


def _factor(model: Model, scores: F32, head: Head, truth: NDArray[np.int8]) -> float:
    """Return what the head's scores are multiplied with so that its certainty is what comes true.

    Temperature scaling (C. Guo et al., ICML 2017), the least cross-entropy on what was held back.
    """
    columns = head.columns
    logits = scores[:, columns] * model.scale[columns] + model.shift[columns]
    right = np.arange(len(truth))

    def loss(factor: float) -> float:
        scaled = logits * factor
        top = scaled.max(axis=1, keepdims=True)
        total = np.log(np.exp(scaled - top).sum(axis=1)) + top[:, 0]
        return float((total - scaled[right, truth]).mean())

    return round(float(min(_FACTORS, key=loss)), 4)


def _anchored(model: Model, delta: Delta | None) -> int:
    """Return how many of the plain lines have their duty."""
    lines = anchors()
    head = HEADS["duty"]
    scores = model.scores(featurise([item for item, _ in lines]), delta)
    said = model.chances(scores, head).argmax(axis=1)
    return sum(head.labels[at] == duty for at, (_, duty) in zip(said, lines, strict=True))


def _why(scores: Mapping[str, Mapping[str, Any]]) -> str:
    """Return why a candidate may not speak, empty if it may."""
    if scores["anchors"]["candidate"] < scores["anchors"]["shipped"]:
        return "plain_lines"
    for name in GUARDED:
        found = scores.get(name)
        if found is None:
            continue
        if found["candidate"]["f1"] < found["shipped"]["f1"] - SLACK:
            return "worse_than_shipped"
        if found["candidate"]["belief"] < found["before"]["belief"] - SLACK:
            return "worse_than_before"
    return ""


def recalibrated(base: Model, calibration: Mapping[str, float]) -> Model:
    """Return the model with each head's scores multiplied: above 1 is surer, below is less so."""
    if not calibration:
        return base
    scale, shift = base.scale.copy(), base.shift.copy()
    for name, factor in calibration.items():
        if name in HEADS:
            scale[HEADS[name].columns] *= factor
            shift[HEADS[name].columns] *= factor
    return replace(base, scale=scale, shift=shift)


@dataclass(frozen=True, slots=True)
class Quieting:
    """Where quieting may begin, by labels: of `answers` that need one, `missed` would be."""

    threshold: float
    missed: int
    answers: int
    quieted: int
    n: int


def quieting(answer: NDArray[np.float64], is_owed: NDArray[np.bool_], budget: float) -> Quieting:
    """Return the most P(answer) to quiet at, so that at most `budget` of those owed are missed.

    answer: P(answer) of each label as it was predicted, [n]. is_owed: whether one was, [n]. Never
    above one half: what is rather to be answered than not is not quieted.
    """
    owed = np.sort(answer[is_owed])
    allowed = int(budget * len(owed))
    limit = min(0.5, float(owed[allowed]) - 1e-6) if len(owed) > allowed else 0.5
    limit = max(0.0, limit)
    return Quieting(
        round(limit, 6),
        int((owed <= limit).sum()),
        len(owed),
        int((answer <= limit).sum()),
        len(answer),
    )
