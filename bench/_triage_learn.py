"""Learns one set: settings on one part, then everything on both, the test once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import f1_score, roc_auc_score

from bench._triage_data import Labelled, Rows
from bench._triage_kernel import F32, Recipe, Views, mixed, ridge, scores, solved, targets
from hearwell.triage.training.metrics import calibration_error

_LOOKED_AT, _SETTLED_AT = 3_000, 7_000  # examples at most to choose a recipe, and the rest
_OFFSETS = (-0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15)
_NEAREST = (0.0, 0.5, 1.0, 2.0)
IN_SCOPE = 0.935
WORDS = [
    Recipe(bend=bend, penalty=penalty, signs=signs)
    for bend, penalty, signs in ((0, 1, 0.3), (0, 3, 0.3), (0, 10, 0.3), (3, 0.1, 0), (3, 0.1, 0.1))
]
BOTH = [
    Recipe(vectors=1.0, words=words, penalty=penalty)
    for words, penalty in product((0.4, 0.8), (0.1, 0.3, 1, 3))
]


@dataclass(frozen=True, slots=True)
class Settled:
    """What was chosen where the test could not see it."""

    recipe: Recipe
    offsets: F32
    scale: float
    nearest: float = 0.0  # of the score for "out of scope": how much the nearest example counts
    threshold: float = -np.inf


def learned(known: Labelled, vectors: F32 | None) -> dict[str, Any]:
    """Return the figures of one set, with or without vectors."""
    chosen = settle(known, vectors)
    rows = np.sort(np.concatenate((known.fit, known.choose)))
    views, weights = _fitted(known, rows, vectors, chosen.recipe)
    found = scores(views, rows, weights, known.test, chosen.recipe)
    truth = known.truth[known.test]
    inside = truth >= 0
    result = measured(found[inside], truth[inside], chosen)
    if not inside.all() and vectors is not None:
        near = views.nearest(known.test, rows[known.truth[rows] >= 0])
        result |= rejected(found, near, truth, chosen)
    recipe = chosen.recipe
    return result | {
        "settings": {
            "vectors": recipe.vectors, "words": recipe.words, "signs": recipe.signs,
            "bend": recipe.bend, "penalty": recipe.penalty,
            "offsets": chosen.offsets.round(3).tolist() if len(chosen.offsets) <= 3 else [],
        }
    }  # fmt: skip


def settle(known: Labelled, vectors: F32 | None) -> Settled:
    """Choose the recipe on few examples, then offsets, temperature and threshold on more."""
    rng = np.random.default_rng(1)
    mixed_up = rng.permutation(known.fit)
    few, more = np.sort(mixed_up[:_LOOKED_AT]), np.sort(mixed_up[:_SETTLED_AT])
    best = _best(known, few, vectors)
    views, weights = _fitted(known, more, vectors, best)
    found = scores(views, more, weights, known.choose, best)
    truth = known.truth[known.choose]
    isin = truth >= 0
    offsets = _offsets(found[isin], truth[isin])
    settled = Settled(best, offsets, _scale(found[isin] + offsets, truth[isin]))
    if isin.all() or vectors is None:
        return settled
    near = views.nearest(known.choose, more[known.truth[more] >= 0])
    return _rejecting(settled, found, near, truth)


def _best(known: Labelled, rows: Rows, vectors: F32 | None) -> Recipe:
    """Return the recipe of best macro-F1 on what chooses."""
    asked = known.choose[known.truth[known.choose] >= 0]
    views, wanted = Views(known, rows, vectors), targets(known.truth[rows], len(known.labels))
    among, towards, truth = views.parts(rows, rows), views.parts(asked, rows), known.truth[asked]

    def quality(recipe: Recipe) -> float:
        found = mixed(towards, recipe) @ solved(mixed(among, recipe), wanted, recipe)
        return macro_f1(truth, (found + _offsets(found, truth)).argmax(axis=1))

    return max(WORDS if vectors is None else BOTH, key=quality)


def _fitted(known: Labelled, rows: Rows, vectors: F32 | None, recipe: Recipe) -> tuple[Views, F32]:
    views = Views(known, rows, vectors)
    return views, ridge(views, rows, targets(known.truth[rows], len(known.labels)), recipe)


def macro_f1(truth: NDArray[Any], said: NDArray[Any]) -> float:
    """Return the mean F1 of all labels."""
    return float(f1_score(truth, said, average="macro"))


def _offsets(found: F32, truth: NDArray[Any]) -> F32:
    """Return what to add to each label's score: for the few labels of a feeling or a yes."""
    labels = found.shape[1]
    if labels > 3:
        return np.zeros(labels, dtype=np.float32)
    tries = [
        np.array((0.0, *one), dtype=np.float32) for one in product(_OFFSETS, repeat=labels - 1)
    ]
    return max(tries, key=lambda one: macro_f1(truth, (found + one).argmax(axis=1)))


def _scale(found: F32, truth: NDArray[Any]) -> float:
    """Return the temperature that makes the softmax of the scores most likely."""

    def loss(power: float) -> float:
        return -float(np.log(chances(found, 2**power)[np.arange(len(truth)), truth] + 1e-9).mean())

    return float(2 ** minimize_scalar(loss, bounds=(0, 7), method="bounded").x)


def chances(found: F32, scale: float) -> F32:
    """Return probabilities [n, labels]."""
    odds = np.exp(scale * (found - found.max(axis=1, keepdims=True)))
    result: F32 = odds / odds.sum(axis=1, keepdims=True)
    return result


def measured(found: F32, truth: NDArray[Any], chosen: Settled) -> dict[str, Any]:
    """Return accuracy, macro-F1, AUC (each label against the rest) and calibration error."""
    moved = found + chosen.offsets
    said, sure = moved.argmax(axis=1), chances(moved, chosen.scale).max(axis=1)
    of = np.unique(truth)
    areas = [roc_auc_score(truth == label, found[:, label]) for label in of] if len(of) > 1 else []
    return {
        "accuracy": round(float((said == truth).mean()), 4),
        "macro_f1": round(macro_f1(truth, said), 4),
        "auc": round(float(np.mean(areas)), 4) if areas else None,
        "calibration_error": round(calibration_error(said == truth, sure), 4),
    }


# ------------------------------------------------------------------------ out of scope


def _doubt(found: F32, near: F32, share: float) -> F32:
    """Return how surely a message is one of ours: best score, its margin, the nearest example."""
    top = np.sort(found, axis=1)[:, -2:]
    result: F32 = top[:, 1] + 0.5 * (top[:, 1] - top[:, 0]) + share * near
    return result


def _rejecting(settled: Settled, found: F32, near: F32, truth: NDArray[Any]) -> Settled:
    best: tuple[float, float, float] = (-1.0, 0.0, 0.0)
    for share in _NEAREST:
        sure = _doubt(found, near, share)
        threshold = _threshold(sure, found, truth, IN_SCOPE + 0.005)
        best = max(best, (float((sure[truth < 0] < threshold).mean()), share, threshold))
    return replace(settled, nearest=best[1], threshold=best[2])


def _threshold(sure: F32, found: F32, truth: NDArray[Any], wanted: float) -> float:
    """Return the highest threshold that leaves so many of those in scope right."""
    right = np.sort(sure[(found.argmax(axis=1) == truth) & (truth >= 0)])[::-1]
    need = int(np.ceil(wanted * (truth >= 0).sum()))
    return float(right[min(need, len(right)) - 1])


def rejected(found: F32, near: F32, truth: NDArray[Any], chosen: Settled) -> dict[str, Any]:
    """Return in-scope accuracy and out-of-scope recall at the threshold chosen before."""
    sure = _doubt(found, near, chosen.nearest)
    kept, inside = sure >= chosen.threshold, truth >= 0
    right = (found.argmax(axis=1) == truth) & kept
    at = _threshold(sure, found, truth, IN_SCOPE)
    return {
        "in_scope_with_reject": round(float(right[inside].mean()), 4),
        "out_of_scope_recall": round(float((~kept[~inside]).mean()), 4),
        "out_of_scope_recall_at_in_scope_935": round(float((sure[~inside] < at).mean()), 4),
        "out_of_scope_auc": round(float(roc_auc_score(inside, sure)), 4),
    }


def baseline(known: Labelled) -> dict[str, float]:
    """Return the figures of always saying the label seen most."""
    truth = known.truth[known.test]
    truth = truth[truth >= 0]
    most = np.bincount(known.truth[known.fit][known.truth[known.fit] >= 0]).argmax()
    said = np.full(len(truth), most)
    return {
        "accuracy": round(float((said == truth).mean()), 4),
        "macro_f1": round(macro_f1(truth, said), 4),
    }


def vader(texts: Sequence[str], truth: NDArray[Any]) -> dict[str, float]:
    """Return VADER's figures with its authors' thresholds: negative, neutral, positive."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    judge = SentimentIntensityAnalyzer()
    felt = np.array([judge.polarity_scores(text)["compound"] for text in texts])
    said = 1 + (felt >= 0.05).astype(int) - (felt <= -0.05).astype(int)
    return {
        "accuracy": round(float((said == truth).mean()), 4),
        "macro_f1": round(macro_f1(truth, said), 4),
    }
