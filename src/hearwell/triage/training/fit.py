"""Makes the model: one linear layer per head, calibrated on texts it did not see.

Needs scikit-learn (the extra `train`). The same examples give the same model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.features import Features, Item, featurise
from hearwell.triage.engine.grams import BUCKETS, ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.model import Bands, Model
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.training.sets import Example

if TYPE_CHECKING:
    from scipy import sparse

FOLDS: Final = 5
_ROUNDS: Final = 300
_TOLERANCE: Final = 0.05

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


class NoTrainerError(Exception):
    """scikit-learn is missing; says how to get it."""

    def __init__(self) -> None:
        super().__init__("Training needs scikit-learn: pip install 'hearwell[train]'.")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was chosen on validation.

    strength: per head, the inverse of the penalty on large weights.
    least: how many texts must have a word or piece for it to weigh at all.
    signs: how much the signs count beside the words (their length is not 1).
    pieces: how much pieces of words count beside whole ones.
    """

    strength: dict[str, float] = field(
        default_factory=lambda: {
            "duty": 6.0, "kind": 6.0, "sentiment": 2.0, "urgent": 6.0, "thanks": 4.0
        }
    )  # fmt: skip
    least: int = 2
    signs: float = 1.0
    pieces: float = 2.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples as numbers: features, labels int8 [n, heads] (-1 unknown), weights [n], groups."""

    features: Features
    labels: NDArray[np.int8]
    weight: F64
    group: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.weight)


def prepare(examples: Sequence[Example]) -> Prepared:
    """Return examples as numbers."""
    labels = np.full((len(examples), len(HEADS)), -1, dtype=np.int8)
    for at, one in enumerate(examples):
        for column, (name, head) in enumerate(HEADS.items()):
            if name in one.labels:
                labels[at, column] = head.labels.index(one.labels[name])
    return Prepared(
        featurise([Item(one.text) for one in examples]),
        labels,
        np.array([one.weight for one in examples]),
        np.array([one.group or str(at % 97) for at, one in enumerate(examples)]),
    )


def fit(prepared: Prepared, version: str, recipe: Recipe | None = None) -> Model:
    """Return the calibrated model of these examples. Raises NoTrainerError.

    Only examples of full weight calibrate it: what a public set says by itself is another matter.
    """
    chosen = recipe or Recipe()
    return calibrated(prepared, version, chosen, cross_validated(prepared, chosen))


def calibrated(prepared: Prepared, version: str, recipe: Recipe, unseen: F32) -> Model:
    """Return the model of these examples, calibrated on their `cross_validated` scores."""
    raw = uncalibrated(prepared, np.arange(len(prepared)), recipe, version)
    scale, shift = np.ones(OUTPUTS, dtype=np.float32), np.zeros(OUTPUTS, dtype=np.float32)
    for column, head in enumerate(HEADS.values()):
        known = _judged(prepared, column)
        if len(known):
            truth = prepared.labels[known, column]
            found = calibration(unseen[known][:, head.columns], truth, prepared.weight[known])
            scale[head.columns], shift[head.columns] = found
    model = Model(version, raw.weights, raw.signs, raw.bias, scale, shift)
    return Model(
        version, raw.weights, raw.signs, raw.bias, scale, shift, bands(model, unseen, prepared)
    )


def _judged(prepared: Prepared, column: int) -> NDArray[np.int64]:
    return np.flatnonzero((prepared.labels[:, column] >= 0) & (prepared.weight >= 1))


def uncalibrated(
    prepared: Prepared, rows: NDArray[np.int64], recipe: Recipe, version: str = ""
) -> Model:
    """Return the model of some of the examples, as fitted."""
    words, rarity = _words(prepared.features, rows, recipe)
    weighing = np.flatnonzero(rarity)
    told = _telling(prepared.features.signs, rows)
    columns = _columns(words[:, weighing], prepared.features.signs * told * recipe.signs)
    weights = np.zeros((ROWS, OUTPUTS), np.float32)
    signs = np.zeros((len(SIGNS), OUTPUTS), np.float32)
    bias = np.zeros(OUTPUTS, np.float32)
    for at, head in enumerate(HEADS.values()):
        use = rows[prepared.labels[rows, at] >= 0]
        truth = prepared.labels[use, at]
        if len(np.unique(truth)) < len(head.labels):
            continue
        layer, bias[head.columns] = _layer(
            columns[use], truth, prepared.weight[use], len(head.labels), recipe.strength[head.name]
        )
        weights[weighing, head.columns] = layer[: len(weighing)] * rarity[weighing, None]
        signs[:, head.columns] = layer[len(weighing) :] * recipe.signs
    return Model(version, weights, signs, bias)


def _telling(signs: F32, rows: NDArray[np.int64]) -> F32:
    """Return 1 for each sign that some of the examples have and others do not, else 0.

    What all have alike (every line is a comment, to the public) would take over the bias, and
    its absence elsewhere be read as an answer.
    """
    found: F32 = (signs[rows].min(axis=0) < signs[rows].max(axis=0)).astype(np.float32)
    return found


def _words(
    features: Features, rows: NDArray[np.int64], recipe: Recipe
) -> tuple[sparse.csr_array, F32]:
    """Return the words weighed by rarity [n, ROWS], and the rarity [ROWS]; 0 is too rare."""
    from scipy import sparse

    raw = sparse.csr_array(
        (features.value, features.index, features.starts), shape=(len(features), ROWS)
    )
    texts = np.bincount(raw[rows].indices, minlength=ROWS)
    rarity = np.log((len(rows) + 1) / (texts + 1)) / 4 + 0.25
    rarity = np.where(texts >= recipe.least, rarity, 0.0)
    rarity[BUCKETS:] *= recipe.pieces
    return (raw * rarity[None, :]).tocsr(), rarity.astype(np.float32)


def _columns(words: sparse.csr_array, signs: F32) -> sparse.csr_array:
    from scipy import sparse

    both = sparse.hstack([words, sparse.csr_array(signs)]).tocsr()
    both.indices, both.indptr = both.indices.astype(np.int32), both.indptr.astype(np.int32)
    return both


def _layer(
    columns: sparse.csr_array, truth: NDArray[np.int8], weight: F64, labels: int, strength: float
) -> tuple[F32, F32]:
    """Return weights [columns, labels] and bias [labels] of one head: each label against the rest.

    Of two labels the first is the second turned around.
    """
    asked = range(labels) if labels > 2 else (1,)  # noqa: PLR2004
    fitted = [_against_the_rest(columns, truth == label, weight, strength) for label in asked]
    weights = np.stack([one for one, _ in fitted], axis=1)
    bias = np.array([at for _, at in fitted], dtype=np.float32)
    if labels > 2:  # noqa: PLR2004
        return weights, bias
    half = np.array([-0.5, 0.5], dtype=np.float32)
    return weights * half, bias * half


def one_against_the_rest(  # noqa: PLR0913  what a recipe says, by name
    features: Features,
    rows: NDArray[np.int64],
    is_it: NDArray[np.bool_],
    weight: F64,
    *,
    strength: float,
    least: int,
    signs: float,
    pieces: float,
) -> tuple[F32, F32, float]:
    """Return weights [ROWS], signs [len(SIGNS)] and bias of one label, from rows of features.

    is_it, weight: of each of the rows. The rest: as in `Recipe`. Raises NoTrainerError.
    """
    words, rarity = _words(features, rows, Recipe(least=least, pieces=pieces))
    weighing = np.flatnonzero(rarity)
    told = _telling(features.signs, rows)
    columns = _columns(words[:, weighing], features.signs * told * signs)
    layer, bias = _against_the_rest(columns[rows], is_it, weight, strength)
    weights = np.zeros(ROWS, np.float32)
    weights[weighing] = layer[: len(weighing)] * rarity[weighing]
    return weights, layer[len(weighing) :] * told * signs, bias


def _against_the_rest(
    columns: sparse.csr_array, is_it: NDArray[np.bool_], weight: F64, strength: float
) -> tuple[F32, float]:
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise NoTrainerError from error
    layer = LogisticRegression(
        C=strength, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=_ROUNDS, random_state=0
    )
    layer.fit(columns, is_it, sample_weight=weight)
    return layer.coef_[0].astype(np.float32), float(layer.intercept_[0])


def cross_validated(prepared: Prepared, recipe: Recipe) -> F32:
    """Return scores [n, OUTPUTS] of each example by a model that saw nothing of its group."""
    found = np.zeros((len(prepared), OUTPUTS), dtype=np.float32)
    fold = folds(prepared.group)
    for part in range(FOLDS):
        rows = np.flatnonzero(fold == part)
        model = uncalibrated(prepared, np.flatnonzero(fold != part), recipe)
        found[rows] = model.scores(_some(prepared.features, rows))
    return found


def folds(groups: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return the fold of each example: groups stay whole, largest first into the emptiest."""
    names, of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    load = np.zeros(FOLDS, dtype=np.int64)
    fold = np.zeros(len(names), dtype=np.int64)
    for at in np.argsort(-sizes, kind="stable"):
        fold[at] = load.argmin()
        load[fold[at]] += sizes[at]
    return fold[of]


def _some(features: Features, rows: NDArray[np.int64]) -> Features:
    from hearwell.triage.engine.features import joined

    return joined([features.one(int(at)) for at in rows])


def calibration(
    scores: F32, truth: NDArray[np.int8], weight: F64 | None = None
) -> tuple[float, F32]:
    """Return (scale, shift [labels]) that make the softmax of scores true to `truth`.

    A temperature and a shift for each label, fitted by maximum likelihood; weight: of each text.
    """
    from scipy.optimize import minimize

    wide = scores.astype(np.float64)
    hot = np.eye(scores.shape[1])[truth]
    share = np.ones(len(truth)) if weight is None else weight
    share = share / share.sum()

    def loss(params: F64) -> tuple[float, F64]:
        logits = wide * params[0] + params[1:]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        error = (chances - hot) * share[:, None]
        slope = np.concatenate([[(error * wide).sum()], error.sum(axis=0) + 0.002 * params[1:]])
        likely = -float(share @ np.log(np.maximum((chances * hot).sum(axis=1), 1e-12)))
        return likely + 0.001 * float(params[1:] @ params[1:]), slope

    start = np.concatenate([[1.0], np.zeros(scores.shape[1])])
    best: Any = minimize(loss, start, jac=True, method="L-BFGS-B")
    return float(best.x[0]), best.x[1:].astype(np.float32)


def bands(model: Model, unseen: F32, prepared: Prepared) -> Bands:
    """Return where certainty ends, chosen on unseen scores."""
    sure = dict.fromkeys(HEADS, 0.6)
    for column, (name, head) in enumerate(HEADS.items()):
        known = _judged(prepared, column)
        if len(known):
            chances = model.chances(unseen[known], head)
            is_right = chances.argmax(axis=1) == prepared.labels[known, column]
            sure[name] = least_sure(chances.max(axis=1), is_right)
    duty, urgent = HEADS["duty"], HEADS["urgent"]
    known = _judged(prepared, 0)
    answer = model.chances(unseen[known], duty)[:, 0]
    quiet = quiet_below(answer[prepared.labels[known, 0] == 0])
    known = _judged(prepared, list(HEADS).index("urgent"))
    pressing = model.chances(unseen[known], urgent)[:, 1]
    is_urgent = prepared.labels[known, list(HEADS).index("urgent")] == 1
    return Bands(sure, quiet, _urgent(pressing[is_urgent]))


def least_sure(certainty: F32, is_right: NDArray[np.bool_], wanted: float = 0.9) -> float:
    """Return the least certainty above which `wanted` of the answers are right."""
    order = np.argsort(-certainty)
    right = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= wanted)
    return round(float(certainty[order[good[-1]]]), 3) if len(good) else 1.0


def quiet_below(answer: F32, missed: float = 0.01) -> float:
    """Return the P(answer) below which no more than `missed` of what needs an answer lies."""
    return round(float(np.quantile(answer, missed)), 4) if len(answer) else 0.0


def _urgent(pressing: F32, missed: float = 0.15) -> float:
    """Return the P(urgent) that all but `missed` of the urgent ones reach."""
    return round(float(np.quantile(pressing, missed)), 4) if len(pressing) else 0.5
