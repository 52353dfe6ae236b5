"""What is learned from one public set: ridge regression on how alike messages are.

Likeness of two messages: ``exp(sharp * (cosine - 1))`` of their vectors, cosine of their words and
of their pieces (or the same bent by ``exp``), and of their signs; each is a kernel, and so is their
sum. Solved exactly by Cholesky. The label of most likeness wins: a nearest-neighbour vote whose
neighbours know of each other. Up to some 20,000 examples; of more see `_triage_many`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from bench._triage_data import Labelled, Rows
from hearwell.triage.engine.grams import BUCKETS, ROWS

F32 = NDArray[np.float32]
_BLOCK = 1_000
_COMMON = 0.15  # pieces in more than this share of the texts tell little and cost most


@dataclass(frozen=True, slots=True)
class Recipe:
    """Shares of the likenesses, and how much a large weight costs. bend 0: words as they are."""

    vectors: float = 0.0
    words: float = 1.0
    signs: float = 0.3
    sharp: float = 2.0
    bend: float = 0.0
    penalty: float = 1.0


class Views:
    """A set as a learner sees it: words and pieces weighed by rarity, signs, vectors.

    Rarity and centres are those of `rows`, the ones learned from.
    """

    def __init__(self, known: Labelled, rows: Rows, vectors: F32 | None) -> None:
        features = known.features
        raw = sparse.csr_array(
            (features.value, features.index, features.starts), shape=(len(features), ROWS)
        )
        self.words = self._weighed(raw, rows)
        self.signs = _centred(features.signs, rows)
        self.vectors = None if vectors is None else _by_view(vectors, rows)

    @staticmethod
    def _weighed(raw: Any, rows: Rows) -> Any:
        texts = np.bincount(raw[rows].indices, minlength=ROWS)
        rarity = np.where(texts > 0, np.log((len(rows) + 1) / (texts + 1)) + 1, 0)
        rarity[BUCKETS:][texts[BUCKETS:] > _COMMON * len(rows)] = 0
        weighed = (raw * rarity.astype(np.float32)[None, :]).tocsr()
        parts = [_unit_rows(weighed[:, :BUCKETS]), _unit_rows(weighed[:, BUCKETS:])]
        return (sparse.hstack(parts) * np.float32(np.sqrt(0.5))).tocsr()

    def likeness(self, these: Rows, those: Rows, recipe: Recipe) -> F32:
        """Return [these, those]."""
        found = np.empty((len(these), len(those)), dtype=np.float32)
        for at in range(0, len(these), _BLOCK):
            parts = self.parts(these[at : at + _BLOCK], those)
            found[at : at + _BLOCK] = mixed(parts, recipe)
        return found

    def parts(self, these: Rows, those: Rows) -> tuple[F32, F32, F32 | None]:
        """Return the cosines of words, of signs, and of vectors: [these, those] each."""
        words: F32 = (self.words[these] @ self.words[those].T.tocsr()).toarray()
        signs = self.signs[these] @ self.signs[those].T
        near = None if self.vectors is None else self.vectors[these] @ self.vectors[those].T
        return words, signs, near

    def nearest(self, these: Rows, those: Rows) -> F32:
        """Return [these]: the vectors' largest cosine to any of those."""
        assert self.vectors is not None
        turned = self.vectors[those].T
        return np.concatenate(
            [
                (self.vectors[these[at : at + _BLOCK]] @ turned).max(axis=1)
                for at in range(0, len(these), _BLOCK)
            ]
        )


def mixed(parts: tuple[F32, F32, F32 | None], recipe: Recipe) -> F32:
    """Return the likeness that a recipe makes of the cosines."""
    words, signs, near = parts
    found: F32 = recipe.words * (np.exp(recipe.bend * (words - 1)) if recipe.bend else words)
    if recipe.signs:
        found += recipe.signs * np.exp(signs - 1)
    if near is not None and recipe.vectors:
        found += recipe.vectors * np.exp(recipe.sharp * (near - 1))
    return found


def _unit_rows(matrix: Any) -> Any:
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags_array(1 / np.maximum(length, 1e-9).astype(np.float32)) @ matrix


def _centred(array: F32, rows: Rows) -> F32:
    moved = array - array[rows].mean(axis=0)
    found: F32 = moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9)
    return found


def _by_view(vectors: F32, rows: Rows, views: int = 4) -> F32:
    """Centre each view anew on the texts of this set; the cosine is the mean of the views'."""
    apart = vectors.astype(np.float32).reshape(len(vectors), views, -1)  # a copy
    for at in range(views):
        apart[:, at] = _centred(apart[:, at], rows) / np.float32(np.sqrt(views))
    return apart.reshape(vectors.shape)


def targets(truth: NDArray[Any], labels: int) -> F32:
    """Return [n, labels]: 1 where a label holds. Out of scope is none of them."""
    if truth.ndim == 2:
        return truth.astype(np.float32)
    return (truth[:, None] == np.arange(labels)).astype(np.float32)


def ridge(views: Views, rows: Rows, wanted: F32, recipe: Recipe) -> F32:
    """Return the examples' weights [rows, labels]."""
    return solved(views.likeness(rows, rows, recipe), wanted, recipe)


def solved(alike: F32, wanted: F32, recipe: Recipe) -> F32:
    """Return the examples' weights from their likeness, which is used up."""
    alike[np.diag_indices_from(alike)] += recipe.penalty
    root = linalg.cho_factor(alike.T, lower=True, overwrite_a=True, check_finite=False)
    found: F32 = linalg.cho_solve(root, wanted, check_finite=False)
    return found


def scores(views: Views, rows: Rows, weights: F32, asked: Rows, recipe: Recipe) -> F32:
    """Return [asked, labels]."""
    return np.concatenate(
        [
            views.likeness(asked[at : at + _BLOCK], rows, recipe) @ weights
            for at in range(0, len(asked), _BLOCK)
        ]
    )
