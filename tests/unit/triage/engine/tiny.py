"""A model of three words, made by hand in a moment."""

from __future__ import annotations

import numpy as np

from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.model import Bands, Model
from hearwell.triage.engine.signs import SIGNS

LABELS = {
    "refund": {"duty": "answer", "kind": "request", "sentiment": "neutral"},
    "broken": {"duty": "answer", "kind": "complaint", "sentiment": "negative", "urgent": "yes"},
    "lovely": {"duty": "acknowledge", "kind": "praise", "sentiment": "positive", "thanks": "yes"},
    "lunch": {"duty": "none", "kind": "chatter", "sentiment": "neutral"},
}


def tiny_model(bands: Bands | None = None) -> Model:
    """Return a model that knows the words of LABELS, each by all its pieces."""
    weights = np.zeros((ROWS, OUTPUTS), dtype=np.float32)
    for word, labels in LABELS.items():
        found = featurise([Item(word)])
        for name, label in labels.items():
            head = HEADS[name]
            weights[found.index, head.at + head.labels.index(label)] += 4 * found.value
    bias = np.zeros(OUTPUTS, dtype=np.float32)
    for name in ("urgent", "thanks"):
        bias[HEADS[name].at] = 2
    signs = np.zeros((len(SIGNS), OUTPUTS), dtype=np.float32)
    return Model("tiny-1", weights, signs, bias, bands=bands or Bands())
