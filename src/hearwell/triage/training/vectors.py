"""Makes the layer for a sentence model's vectors: on top of the model, from the same texts.

Fitted on what the model says of texts that it had not seen, so that the two halves share the work
as they will on a customer's message. Needs scipy (the extra `train`) and the extra `embed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.dense import PROBES, Dense, Vectors
from hearwell.triage.engine.heads import HEADS, OUTPUTS, Head
from hearwell.triage.engine.model import Model
from hearwell.triage.training.fit import FOLDS, Prepared, folds
from hearwell.triage.training.measure import measure
from hearwell.triage.training.sets import Example

PENALTY: Final = 0.25  # of the square of a weight; 1 was a little worse on unseen groups
LANGUAGE: Final = "en"  # the sentence model's; what bears no language is the gold set, English
_ROUNDS: Final = 60

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Meant:
    """What the layer is made from: n texts in the sentence model's language, labelled by us.

    labels: int8 [n, heads], -1 unknown. words: the scores [n, OUTPUTS] of each by a model that saw
    nothing of its group. vectors: [n, width]. fold: [n], groups whole.
    """

    labels: NDArray[np.int8]
    words: F32
    vectors: F32
    fold: Rows


def meant_of(
    examples: Sequence[Example], prepared: Prepared, unseen: F32, embedder: Vectors
) -> Meant:
    """Return those of the examples that the layer is made from.

    unseen: the scores [n, OUTPUTS] of each example by a model that saw nothing of its group.
    """
    rows = [
        at for at, one in enumerate(examples) if one.weight >= 1 and one.language in (LANGUAGE, "")
    ]
    vectors = embedder.vectors([examples[at].text for at in rows])
    return Meant(prepared.labels[rows], unseen[rows], vectors, folds(prepared.group)[rows])


def worth(model: Model, meant: Meant) -> dict[str, Any]:
    """Return head -> figures without and with vectors, each text by what saw nothing of its group.

    Both are read with the model's calibration.
    """
    both = cross_validated(model, meant)
    found = {}
    for at, (name, head) in enumerate(HEADS.items()):
        known = meant.labels[:, at] >= 0
        if known.any():
            truth = meant.labels[known, at]
            found[name] = {
                how: measure(head, truth, model.chances(scores[known], head)).as_json()
                for how, scores in (("words", meant.words), ("with_vectors", both))
            }
    return found


def layer(model: Model, meant: Meant, embedder: Vectors) -> Dense:
    """Return the layer of a model for the vectors of this sentence model."""
    return _fitted(model, meant, np.ones(len(meant.fold), dtype=bool), embedder.vectors(PROBES))


def cross_validated(model: Model, meant: Meant, penalty: float = PENALTY) -> F32:
    """Return the scores [n, OUTPUTS] of each text by a layer that saw nothing of its group.

    Both halves are unseen: this is what the layer is worth.
    """
    found = np.zeros_like(meant.words)
    probes = np.zeros((len(PROBES), meant.vectors.shape[1]), dtype=np.float32)
    for part in range(FOLDS):
        held = meant.fold == part
        made = _fitted(model, meant, ~held, probes, penalty)
        found[held] = made.scores(meant.words[held], meant.vectors[held])
    return found


def _fitted(
    model: Model, meant: Meant, learned: NDArray[np.bool_], probes: F32, penalty: float = PENALTY
) -> Dense:
    weights = np.zeros((meant.vectors.shape[1], OUTPUTS), dtype=np.float32)
    share, bias = np.ones(OUTPUTS, dtype=np.float32), np.zeros(OUTPUTS, dtype=np.float32)
    for at, head in enumerate(HEADS.values()):
        known = np.flatnonzero(learned & (meant.labels[:, at] >= 0))
        if not len(known):
            continue
        truth = meant.labels[known, at]
        found = _head(model, head, meant.words[known], meant.vectors[known], truth, penalty)
        share[head.columns], weights[:, head.columns], bias[head.columns] = found
    return Dense(model.version, weights, share, bias, probes)


def _head(
    model: Model, head: Head, words: F32, vectors: F32, truth: NDArray[np.int8], penalty: float
) -> tuple[float, F32, F32]:
    """Return share, weights [width, labels] and bias [labels] of a head, in its scores' units.

    Multinomial regression on vectors beside the model's calibrated logits, by L-BFGS.
    """
    from scipy.optimize import minimize

    columns, labels = head.columns, len(head.labels)
    scale, shift = model.scale[columns], model.shift[columns]
    said = (words[:, columns] * scale + shift).astype(np.float32)
    hot = np.eye(labels, dtype=np.float32)[truth]

    def loss(params: F64) -> tuple[float, F64]:
        share, bias = params[0], params[1 : 1 + labels]
        weights = params[1 + labels :].reshape(-1, labels).astype(np.float32)
        logits = np.float32(share) * said + vectors @ weights + bias.astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        error = chances - hot
        slope = np.concatenate(
            ([float((error * said).sum())], error.sum(axis=0),
             (vectors.T @ error + 2 * penalty * weights).ravel())
        )  # fmt: skip
        likely = -np.log(np.maximum((chances * hot).sum(axis=1), 1e-12)).sum()
        return float(likely + penalty * (weights * weights).sum()), slope.astype(np.float64)

    start = np.concatenate(([1.0], np.zeros(labels + vectors.shape[1] * labels)))
    best: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    share, bias = float(best.x[0]), best.x[1 : 1 + labels]
    weights = best.x[1 + labels :].reshape(-1, labels)
    return (
        share,
        (weights / scale).astype(np.float32),
        ((bias + (share - 1) * shift) / scale).astype(np.float32),
    )
