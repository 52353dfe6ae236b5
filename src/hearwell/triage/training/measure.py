"""One head measured on labelled texts: every figure that the model card and `eval` print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearwell.kit.shares import Share
from hearwell.triage.engine.heads import Head
from hearwell.triage.training import metrics


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one head on n texts.

    counts: the confusion, int64 [true, told]. auc: of the head's first label if there are three
    or more (*answer* of the duties), else of "yes"; None without both. calibration: the expected
    error of the certainty of what was told. majority: macro-F1 of always saying the commonest.
    """

    head: str
    labels: tuple[str, ...]
    counts: metrics.Counts
    auc: float | None
    calibration: float
    majority: float

    @property
    def n(self) -> int:
        """How many texts."""
        return int(self.counts.sum())

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the labels that occur."""
        return metrics.macro_f1(self.counts)

    @property
    def accuracy(self) -> Share:
        """How many were told right, with its interval."""
        return Share(int(np.trace(self.counts)), self.n)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        scores = zip(self.labels, metrics.by_label(self.counts), strict=True)
        return {
            "head": self.head,
            "n": self.n,
            "macro_f1": round(self.macro_f1, 4),
            "accuracy": round(self.accuracy.value or 0.0, 4),
            "accuracy_95": [round(end, 4) for end in self.accuracy.interval or ()],
            "auc": None if self.auc is None else round(self.auc, 4),
            "calibration_error": round(self.calibration, 4),
            "majority_macro_f1": round(self.majority, 4),
            "labels": {
                name: {
                    "precision": round(score.precision, 4),
                    "recall": round(score.recall, 4),
                    "f1": round(score.f1, 4),
                    "n": score.n,
                }
                for name, score in scores
            },
            "confusion": self.counts.tolist(),
        }


def measure(
    head: Head, truth: Sequence[int] | NDArray[np.int8], chances: NDArray[np.float32]
) -> Measured:
    """Return how well a head did: true labels [n], calibrated probabilities [n, labels]."""
    true, k = np.asarray(truth, dtype=np.int64), len(head.labels)
    told = chances.argmax(axis=1)
    counts = metrics.confusion(true, told, k)
    commonest = int(np.bincount(true, minlength=k).argmax()) if len(true) else 0
    positive = 0 if k > 2 else 1  # noqa: PLR2004  of two labels the second is "yes"
    return Measured(
        head.name,
        head.labels,
        counts,
        metrics.auc(true == positive, chances[:, positive]),
        metrics.calibration_error(told == true, chances.max(axis=1, initial=0.0)),
        metrics.macro_f1(metrics.confusion(true, np.full(len(true), commonest), k)),
    )
