"""Measures the engine on labelled texts: how right, how well calibrated, how fast."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.heads import HEADS, Head
from hearwell.triage.engine.model import F32, Model
from hearwell.triage.training import metrics
from hearwell.triage.training.labelled import Labelled
from hearwell.triage.training.measure import Measured, measure
from hearwell.triage.training.sets import Example

_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `hearwell triage eval` prints. per_second: texts judged a second, on one core."""

    version: str
    measured: Measured
    per_second: float
    left_out: dict[str, int]

    def as_json(self) -> str:
        """Return it as JSON."""
        figures = {"engine": self.version, **self.measured.as_json()}
        more = {"per_second": round(self.per_second), "left_out": self.left_out}
        return json.dumps(figures | more, indent=2, ensure_ascii=False)

    def as_text(self) -> str:
        """Return it as lines for a person."""
        return "\n".join([*self._summary(), "", *_label_lines(self.measured), "", *self._matrix()])

    def _summary(self) -> list[str]:
        one = self.measured
        low, high = one.accuracy.interval or (0.0, 0.0)
        out = ", ".join(f"{n:,} with {why}" for why, n in sorted(self.left_out.items()))
        aside = f" ({out} left out)" if out else ""
        auc = "none: needs two labels" if one.auc is None else f"{one.auc:.3f}"
        return [
            f"{one.head} on {one.n:,} texts{aside}, engine {self.version}",
            f"  macro-F1           {one.macro_f1:.3f}  (always the commonest: {one.majority:.3f})",
            f"  accuracy           {one.accuracy.value or 0:.3f}  (95 %: {low:.3f}-{high:.3f})",
            f"  AUC                {auc}",
            f"  calibration error  {one.calibration:.3f}",
            f"  throughput         {self.per_second:,.0f} texts/s on one core",
        ]

    def _matrix(self) -> list[str]:
        labels = [name for name, row in zip(self.measured.labels, self._used, strict=True) if row]
        places = [at for at, row in enumerate(self._used) if row]
        wide = max(map(len, labels), default=0)
        head = " ".join(f"{name[:8]:>8}" for name in labels)
        rows = [
            f"  {self.measured.labels[at]:<{wide}} "
            + " ".join(f"{self.measured.counts[at, to]:>8,}" for to in places)
            for at in places
        ]
        return ["true (down), told (across)", f"  {'':<{wide}} {head}", *rows]

    @property
    def _used(self) -> list[bool]:
        counts = self.measured.counts
        return list((counts.sum(axis=0) + counts.sum(axis=1)) > 0)


def _label_lines(measured: Measured) -> list[str]:
    rows = zip(measured.labels, metrics.by_label(measured.counts), strict=True)
    return ["label          precision  recall      F1       n"] + [
        f"{name:<14} {one.precision:>9.3f} {one.recall:>7.3f} {one.f1:>7.3f} {one.n:>7,}"
        for name, one in rows
        if one.n or one.precision
    ]


def evaluate(model: Model, labelled: Labelled) -> Evaluation:
    """Judge the texts of a labelled file and compare."""
    begun = time.process_time()
    chances = chances_of(model, labelled.texts, labelled.head)
    spent = time.process_time() - begun
    found = measure(labelled.head, labelled.truth, chances)
    return Evaluation(
        model.version, found, len(labelled.texts) / max(spent, 1e-9), labelled.left_out
    )


def chances_of(model: Model, texts: Sequence[str], head: Head) -> F32:
    """Return the calibrated probabilities of one head [n, labels]."""
    parts = [
        model.chances(
            model.scores(featurise([Item(text) for text in texts[at : at + _AT_ONCE]])), head
        )
        for at in range(0, len(texts), _AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, len(head.labels)), dtype=np.float32)


def on_examples(model: Model, examples: Sequence[Example]) -> dict[str, Any]:
    """Return head -> figures on examples that know its label."""
    found: dict[str, Any] = {}
    for name, head in HEADS.items():
        known = [one for one in examples if name in one.labels]
        if known:
            truth = [head.labels.index(one.labels[name]) for one in known]
            chances = chances_of(model, [one.text for one in known], head)
            found[name] = measure(head, truth, chances).as_json()
    return found
