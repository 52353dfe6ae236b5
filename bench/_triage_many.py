"""Learns a set of many messages that may bear several labels at once, through landmarks.

The likeness to every example would be a table of 38,000 times 38,000. The likeness to 3,000 of
them, the rarer labels' first, says nearly as much (Nyström): ridge regression on that, and for each
label the threshold of best F1 where the test cannot see it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from bench._triage_data import Labelled, Rows
from bench._triage_kernel import F32, Recipe, Views, targets
from hearwell.triage.training.metrics import calibration_error

_LANDMARKS: Final = 3_000
_EACH: Final = 60  # of a label at least, where there are so many
_PENALTIES: Final = (0.5, 2.0)
_BLOCK: Final = 4_000


def learned(known: Labelled, vectors: F32 | None) -> dict[str, Any]:
    """Return the figures of one set, with or without vectors."""
    recipe = Recipe(words=1.0) if vectors is None else Recipe(vectors=1.0, words=0.4)
    views = Views(known, known.fit, vectors)
    seen = _seen(views, known, recipe)
    wanted = targets(known.truth, len(known.labels))
    tries = [_solved(seen, known.fit, wanted, penalty) for penalty in _PENALTIES]
    choose = known.truth[known.choose]
    found = max(tries, key=lambda scores: _macro(scores[known.choose], choose))
    return _measured(found, known, _thresholds(found[known.choose], choose))


def _landmarks(known: Labelled) -> Rows:
    rng = np.random.default_rng(0)
    some = []
    for label in range(len(known.labels)):
        bear = known.fit[known.truth[known.fit, label]]
        some.append(rng.choice(bear, min(_EACH, len(bear)), replace=False))
    rare = np.unique(np.concatenate(some))
    others = np.setdiff1d(known.fit, rare)
    more = min(max(0, _LANDMARKS - len(rare)), len(others))
    return np.sort(np.concatenate((rare, rng.choice(others, more, replace=False))))


def _seen(views: Views, known: Labelled, recipe: Recipe) -> F32:
    """Return every message [n, landmarks], whitened so that products are likenesses."""
    marks = _landmarks(known)
    among = views.likeness(marks, marks, recipe)
    among[np.diag_indices_from(among)] += 1e-3
    root = np.linalg.cholesky(among)
    used = np.concatenate((known.fit, known.choose, known.test))
    found = np.zeros((len(known.texts), len(marks)), dtype=np.float32)
    for at in range(0, len(used), _BLOCK):
        rows = used[at : at + _BLOCK]
        alike = views.likeness(rows, marks, recipe)
        found[rows] = linalg.solve_triangular(root, alike.T, lower=True, check_finite=False).T
    return found


def _solved(seen: F32, rows: Rows, wanted: F32, penalty: float) -> F32:
    table = seen[rows]
    square = table.T @ table
    square[np.diag_indices_from(square)] += penalty
    weights = linalg.solve(square, table.T @ wanted[rows], assume_a="pos", check_finite=False)
    found: F32 = seen @ weights
    return found


def _thresholds(found: F32, truth: NDArray[Any]) -> F32:
    return np.array([_threshold(found[:, at], truth[:, at]) for at in range(truth.shape[1])])


def _threshold(found: F32, truth: NDArray[Any]) -> float:
    """Return the score from which on calling it so gives the best F1."""
    order = np.argsort(-found)
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(found[order[f1.argmax()]])


def _macro(found: F32, truth: NDArray[Any]) -> float:
    said = found >= _thresholds(found, truth)
    return float(f1_score(truth, said, average="macro", zero_division=0))


def _measured(found: F32, known: Labelled, thresholds: F32) -> dict[str, Any]:
    truth, scores = known.truth[known.test], found[known.test]
    said = scores >= thresholds
    errors, areas = [], []
    for label in range(len(known.labels)):
        if not 0 < truth[:, label].sum() < len(truth):
            continue
        areas.append(roc_auc_score(truth[:, label], scores[:, label]))
        sure = _calibrated(found[known.choose, label], known.truth[known.choose, label])(
            scores[:, label]
        )
        errors.append(calibration_error(truth[:, label], sure))
    return {
        "macro_f1": round(float(f1_score(truth, said, average="macro", zero_division=0)), 4),
        "micro_f1": round(float(f1_score(truth, said, average="micro")), 4),
        "auc": round(float(np.mean(areas)), 4),
        "calibration_error": round(float(np.mean(errors)), 4),
    }


def _calibrated(found: F32, truth: NDArray[Any]) -> Any:
    if truth.all() or not truth.any():
        return lambda scores: np.full(len(scores), float(truth.mean()))
    fitted = LogisticRegression(C=1e3).fit(4 * found[:, None], truth)
    return lambda scores: fitted.predict_proba(4 * scores[:, None])[:, 1]


def most_common(known: Labelled) -> dict[str, float]:
    """Return the figures of always saying the label borne most."""
    truth = known.truth[known.test]
    said = np.zeros_like(truth)
    said[:, known.truth[known.fit].sum(axis=0).argmax()] = True
    return {
        "macro_f1": round(float(f1_score(truth, said, average="macro", zero_division=0)), 4),
        "micro_f1": round(float(f1_score(truth, said, average="micro")), 4),
    }
