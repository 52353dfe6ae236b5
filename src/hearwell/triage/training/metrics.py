"""How well labels were told, as the field counts it: F1, AUC, calibration, kappa. Pure numpy.

Labels are numbers from 0 below `k`. A confusion counts ``[true, said]``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label: of those said, how many were right; of those true, how many were found."""

    precision: float
    recall: float
    f1: float
    n: int  # how many are truly of this label


def confusion(true: ArrayLike, said: ArrayLike, k: int) -> Counts:
    """Return int64 [k, k]: how often each true label (row) was told as each (column)."""
    pairs = np.asarray(true, dtype=np.int64) * k + np.asarray(said, dtype=np.int64)
    return np.bincount(pairs, minlength=k * k).reshape(k, k)


def by_label(counts: Counts) -> list[LabelScore]:
    """Return the score of each label of a confusion; what never occurs has 0."""
    right, true, said = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    precision, recall = _share(right, said), _share(right, true)
    f1 = _share(2 * right, true + said)
    rows = zip(precision, recall, f1, true, strict=True)
    return [LabelScore(float(p), float(r), float(f), int(n)) for p, r, f, n in rows]


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def macro_f1(counts: Counts) -> float:
    """Return the mean F1 over the labels that occur, each counting the same."""
    scores = [score.f1 for score in by_label(counts) if score.n]
    return float(np.mean(scores)) if scores else 0.0


def accuracy(counts: Counts) -> float:
    """Return the share that was told right."""
    return float(np.trace(counts) / counts.sum()) if counts.sum() else 0.0


def kappa(counts: Counts) -> float:
    """Return Cohen's kappa of two labellers (J. Cohen, 1960): agreement beyond chance."""
    total = counts.sum()
    if not total:
        return 0.0
    seen = np.trace(counts) / total
    chance = float(counts.sum(axis=0) @ counts.sum(axis=1)) / float(total) ** 2
    return float((seen - chance) / (1 - chance)) if chance < 1 else 1.0


def auc(is_true: ArrayLike, score: ArrayLike) -> float | None:
    """Return how often a true one scores above a false one (ties half); None without both."""
    truth, values = np.asarray(is_true, dtype=bool), np.asarray(score, dtype=np.float64)
    positive, negative = int(truth.sum()), int((~truth).sum())
    if not positive or not negative:
        return None
    _, place, many = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.cumsum(many) - (many - 1) / 2  # ties share the mean of their ranks
    above = rank[place][truth].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def calibration_error(is_right: ArrayLike, certainty: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error: |certainty - share right|, weighed over bins.

    Bins are of equal width between 0 and 1 (C. Guo et al., ICML 2017).
    """
    right, sure = np.asarray(is_right, dtype=np.float64), np.asarray(certainty, dtype=np.float64)
    if not len(right):
        return 0.0
    of = np.minimum((sure * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(of, right - sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(right))
