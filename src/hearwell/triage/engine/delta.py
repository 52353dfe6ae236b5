"""What a workspace has taught: few rows of weights on top of the frozen model. Pure.

A correction is one step of gradient descent on one head's cross-entropy. The base stays as it is,
so that a delta can be dropped, kept beside others, or made again from its labels (`refit`).

Beside words and signs a delta sees what the model itself thinks of the message, all questions at
once (``Model.hunches``): that on this desk what sounds negative is to be answered takes some
twenty labels to learn; word by word it would take thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.features import Features
from hearwell.triage.engine.grams import HASHING, ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS, Head
from hearwell.triage.engine.model import UNREADABLE, Model, as_array, as_json, packed, unpacked
from hearwell.triage.engine.signs import SIGNS

RATE: Final = 0.3
SIGNS_RATE: Final = 0.03  # a message has some fifteen signs of 1, and words of length 1 together
HUNCHES_RATE: Final = 0.01  # of nineteen opinions of one message most are near -1 or 1
# All labels together, in any order, may pull harder: no single one can pull too far.
ANEW, HUNCHES_ANEW = 0.6, 0.2
UNKNOWN: Final = -1  # no label
_SEED = 5

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


class BadDeltaError(ValueError):
    """The bytes are no delta, or one for other features. Says which."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The bytes are no delta for this engine: {why}")


def _none(*shape: int) -> F32:
    return np.zeros(shape, dtype=np.float32)


@dataclass(frozen=True)
class Delta:
    """Added to a model's scores. Never changed: a step gives a new one.

    base: the version of the model that it was taught on.
    rows: int32 [m], ascending: the rows of the weights that it adds to.
    weights: float32 [m, OUTPUTS].
    signs: float32 [len(SIGNS), OUTPUTS].
    hunches: float32 [OUTPUTS, OUTPUTS]: of each of the model's own `hunches`, for each score.
    bias: float32 [OUTPUTS].
    steps: how many labels it has seen (of one refit: how many there were).
    """

    base: str
    rows: I32 = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    weights: F32 = field(default_factory=lambda: _none(0, OUTPUTS))
    signs: F32 = field(default_factory=lambda: _none(len(SIGNS), OUTPUTS))
    hunches: F32 = field(default_factory=lambda: _none(OUTPUTS, OUTPUTS))
    bias: F32 = field(default_factory=lambda: _none(OUTPUTS))
    steps: int = 0

    def scores(self, features: Features, thought: F32) -> F32:
        """Return float32 [n, OUTPUTS], to be added to the model's, whose `hunches` are given."""
        found: F32 = features.signs @ self.signs + thought @ self.hunches + self.bias
        slots, weights = self._table
        slot, value = slots[features.index], features.value
        for at, (begin, end) in enumerate(pairwise(features.starts.tolist())):
            found[at] += value[begin:end] @ weights.take(slot[begin:end], axis=0)
        return found

    def weights_of(self, rows: NDArray[np.integer[Any]]) -> F32:
        """Return float32 [k, OUTPUTS]: what it adds to the weights of these rows."""
        slots, weights = self._table
        found: F32 = weights[slots[rows]]
        return found

    @cached_property
    def _table(self) -> tuple[I32, F32]:
        """Where the weights of each row are; those of a row that it has none for are zero."""
        slots = np.full(ROWS, len(self.rows), dtype=np.int32)
        slots[self.rows] = np.arange(len(self.rows))
        return slots, np.concatenate((self.weights, _none(1, OUTPUTS)))

    def to_bytes(self) -> bytes:
        """Return it as an npz in float32, about 80 bytes a row before compression."""
        head = {"hashing": HASHING, "base": self.base, "steps": self.steps, "signs": list(SIGNS)}
        arrays = {
            "rows": self.rows, "weights": self.weights, "signs": self.signs,
            "hunches": self.hunches,
        }  # fmt: skip
        return packed({"head": as_array(head), **arrays, "bias": self.bias})


def from_bytes(content: bytes) -> Delta:
    """Return the delta of `to_bytes`. Raises BadDeltaError."""
    try:
        arrays = unpacked(content)
        head = as_json(arrays["head"])
        known = {name: at for at, name in enumerate(head["signs"])}
        signs = _none(len(SIGNS), OUTPUTS)
        for at, name in enumerate(SIGNS):
            if name in known:
                signs[at] = arrays["signs"][known[name]]
        rows, weights, bias = arrays["rows"], arrays["weights"], arrays["bias"]
        thought = arrays.get("hunches", _none(OUTPUTS, OUTPUTS))  # none before there were any
        why = _unfit(rows, weights, bias, signs, thought) or (
            "hashing" if head["hashing"] != HASHING else ""
        )
        if why:
            raise BadDeltaError(why)
        return Delta(str(head["base"]), rows, weights, signs, thought, bias, int(head["steps"]))
    except UNREADABLE as error:
        if isinstance(error, BadDeltaError):
            raise
        raise BadDeltaError(repr(error)) from error


def _unfit(rows: I32, weights: F32, bias: F32, signs: F32, thought: F32) -> str:
    """Return what is wrong with the arrays of a delta, empty if nothing is.

    A number that is none would spread to every message, a row that there is not would stop them.
    """
    shapes = (weights.shape, bias.shape, thought.shape)
    if shapes != ((len(rows), OUTPUTS), (OUTPUTS,), (OUTPUTS, OUTPUTS)) or rows.ndim != 1:
        return "shapes"
    kinds = {one.dtype for one in (weights, bias, thought)}
    if rows.dtype != np.int32 or kinds != {np.dtype(np.float32)}:
        return "kinds of numbers"
    is_known = not len(rows) or (rows[0] >= 0 and rows[-1] < ROWS and (np.diff(rows) > 0).all())
    if not is_known:
        return "rows"
    numbers = (weights, signs, bias, thought)
    return "" if all(np.isfinite(one).all() for one in numbers) else "no numbers"


class Learner:
    """Takes labels one after the other, some 50 µs each; `delta` is what came of them.

    For a stream of labels; `step` is the short form for one.
    """

    def __init__(self, model: Model, delta: Delta | None = None) -> None:
        start = delta or Delta(model.version)
        self._model = model
        self._slots = np.full(ROWS, -1, dtype=np.int32)
        self._slots[start.rows] = np.arange(len(start.rows))
        self._rows = start.rows.copy()
        self._used = len(start.rows)
        self._weights, self._signs = start.weights.copy(), start.signs.copy()
        self._hunches, self._bias = start.hunches.copy(), start.bias.copy()
        self.steps = start.steps

    def scores(self, features: Features) -> F32:
        """Return float32 [1, OUTPUTS]: what is added to the model's for a batch of one."""
        slots = self._slots[features.index]
        hits = slots >= 0
        thought = self._model.hunches(self._model.scores(features))[0]
        found: F32 = features.signs[0] @ self._signs + thought @ self._hunches + self._bias
        found += features.value[hits] @ self._weights[slots[hits]]
        return found[None]

    def step(
        self,
        features: Features,
        head: str,
        label: str,
        *,
        rate: float = RATE,
        hunches_rate: float = HUNCHES_RATE,
        base: F32 | None = None,
        thought: F32 | None = None,
    ) -> float:
        """Learn that this one message has this label; return P(label) from before.

        `features` are of one message (``Features.one``), `base` its scores by the model and
        `thought` the `hunches` of these, float32 [1, OUTPUTS] each, where they are known already.
        Raises KeyError for a head, ValueError for a label that there is not.
        """
        asked = HEADS[head]
        at, columns = asked.labels.index(label), asked.columns
        base = self._model.scores(features) if base is None else base
        thought = self._model.hunches(base) if thought is None else thought
        slots, value = self._slots_of(features.index), features.value[:, None]
        shown = np.flatnonzero(features.signs[0])
        weights, signs = self._weights[slots, columns], self._signs[shown, columns]
        sign = features.signs[0, shown, None]
        said = base[0, columns] + self._bias[columns] + (weights * value).sum(axis=0)
        said += thought[0] @ self._hunches[:, columns]
        chances = self._model.chances_of((said + (signs * sign).sum(axis=0)), asked)
        pull = -rate * chances
        pull[at] += rate
        self._weights[slots, columns] = weights + value * pull
        share = pull * (SIGNS_RATE / RATE)
        self._signs[shown, columns] = signs + sign * share
        self._hunches[:, columns] += thought[0, :, None] * (pull * (hunches_rate / rate))
        self._bias[columns] += share
        self.steps += 1
        return float(chances[at])

    def _slots_of(self, index: I32) -> I32:
        slots: I32 = self._slots[index]
        fresh = index[slots < 0]
        if not len(fresh):
            return slots
        end = self._used + len(fresh)
        if end > len(self._rows):
            self._grow(end)
        self._rows[self._used : end] = fresh
        self._slots[fresh] = np.arange(self._used, end)
        self._used = end
        return self._slots[index]

    def _grow(self, least: int) -> None:
        size = max(1024, 2 * least)
        rows, weights = np.zeros(size, dtype=np.int32), _none(size, OUTPUTS)
        rows[: self._used] = self._rows[: self._used]
        weights[: self._used] = self._weights[: self._used]
        self._rows, self._weights = rows, weights

    def delta(self) -> Delta:
        """Return what has been learned so far."""
        order = np.argsort(self._rows[: self._used])
        return Delta(
            self._model.version,
            self._rows[order],
            self._weights[order],
            self._signs.copy(),
            self._hunches.copy(),
            self._bias.copy(),
            self.steps,
        )


def step(model: Model, delta: Delta | None, features: Features, head: str, label: str) -> Delta:
    """Return the delta after one more label. See `Learner.step`; for many, use a Learner."""
    learner = Learner(model, delta)
    learner.step(features, head, label)
    return learner.delta()


def refit(model: Model, features: Features, labels: NDArray[np.int8], rounds: int = 3) -> Delta:
    """Return a delta made from nothing by these labels, in a few rounds with a falling rate.

    labels: int8 [n, len(HEADS)], columns in the order of HEADS: the number of the label in its
    head, `UNKNOWN` where nobody has said. The same labels give the same delta.
    """
    learner = Learner(model)
    base = model.scores(features)
    thought = model.hunches(base)
    ones = [features.one(at) for at in range(len(features))]
    for turn in range(rounds):
        for at, head, label in _shuffled(labels, turn):
            name = head.labels[label]
            learner.step(
                ones[at], head.name, name,
                rate=ANEW / (1 + turn), hunches_rate=HUNCHES_ANEW / (1 + turn),
                base=base[at : at + 1], thought=thought[at : at + 1],
            )  # fmt: skip
    learner.steps = int((labels != UNKNOWN).sum())
    return learner.delta()


def _shuffled(labels: NDArray[np.int8], turn: int) -> Iterator[tuple[int, Head, int]]:
    heads = list(HEADS.values())
    messages, columns = np.nonzero(labels != UNKNOWN)
    order = np.random.default_rng(_SEED + turn).permutation(len(messages))
    for at in order.tolist():
        message, column = int(messages[at]), int(columns[at])
        yield message, heads[column], int(labels[message, column])
