"""A model: its file, its numbers, and what a workspace teaches it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hearwell.triage.engine import delta as deltas
from hearwell.triage.engine import model as models
from hearwell.triage.engine.delta import UNKNOWN, BadDeltaError, Delta, Learner, refit, step
from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.model import BadModelError, Bands, Model, packed, unpacked
from hearwell.triage.engine.signs import SIGNS

LINES = ["my parcel never arrived", "lovely shoes, thank you", "anyone up for lunch?", "ok"]


@pytest.fixture(scope="module")
def model() -> Model:
    random = np.random.default_rng(1)

    def some(*shape: int) -> models.F32:
        numbers = random.normal(0, 0.3, shape).astype(np.float16)
        return numbers.astype(np.float32)

    return Model(
        version="test-1",
        weights=some(ROWS, OUTPUTS),
        signs=some(len(SIGNS), OUTPUTS),
        bias=some(OUTPUTS),
        scale=np.full(OUTPUTS, 0.5, dtype=np.float32),
        shift=some(OUTPUTS),
        bands=Bands(quiet=0.07),
        about={"data": {"lines": "0123"}},
    )


FEATURES = featurise([Item(line) for line in LINES])


def test_scores_are_the_sum_of_the_weights(model: Model) -> None:
    for at in range(len(LINES)):
        one = FEATURES.one(at)
        expected = one.value @ model.weights[one.index] + one.signs[0] @ model.signs + model.bias
        assert np.allclose(model.scores(FEATURES)[at], expected, atol=1e-4)


def test_probabilities_of_each_head_add_up(model: Model) -> None:
    found = model.probabilities(FEATURES)

    assert found.shape == (4, OUTPUTS)
    for head in HEADS.values():
        assert np.allclose(found[:, head.columns].sum(axis=1), 1, atol=1e-5)
        scores = model.scores(FEATURES)
        assert np.allclose(model.chances(scores, head), found[:, head.columns], atol=1e-6)
        one = model.chances_of(scores[0, head.columns], head)
        assert np.allclose(one, found[0, head.columns], atol=1e-6)


def test_huge_scores_are_still_probabilities(model: Model) -> None:
    scores = np.full((1, OUTPUTS), 1e6, dtype=np.float32)
    scores[0, 0] = -1e6

    assert np.isfinite(model.calibrated(scores)).all()


def test_a_file_gives_the_model_back(model: Model) -> None:
    content = model.to_bytes()
    again = models.from_bytes(content)

    assert content == model.to_bytes() == again.to_bytes()
    assert (again.version, again.bands, again.about) == ("test-1", model.bands, model.about)
    assert np.array_equal(again.probabilities(FEATURES), model.probabilities(FEATURES))


def test_a_model_of_fewer_signs_is_read_by_name(model: Model) -> None:
    arrays = unpacked(model.to_bytes())
    head = models.as_json(arrays["head"])
    head["signs"] = head["signs"][::-1][:-1]  # turned around, and without the first
    arrays["head"] = models.as_array(head)
    arrays["signs"] = arrays["signs"][::-1][:-1]

    found = models.from_bytes(packed(arrays))

    assert np.array_equal(found.signs[1:], model.signs[1:])
    assert not found.signs[0].any()


@pytest.mark.parametrize("key", ["format", "hashing", "heads", "version"])
def test_a_model_for_other_features_is_refused(model: Model, key: str) -> None:
    arrays = unpacked(model.to_bytes())
    head = models.as_json(arrays["head"])
    head[key] = "x" * 99
    arrays["head"] = models.as_array(head)

    with pytest.raises(BadModelError, match=key):
        models.from_bytes(packed(arrays))


def test_a_spoiled_file_is_refused(model: Model) -> None:
    content = model.to_bytes()
    arrays = unpacked(content)
    for spoiled in (b"", b"PK", content[:-200], json.dumps({}).encode()):
        with pytest.raises(BadModelError):
            models.from_bytes(spoiled)
    for change in ({"bias": np.array([np.nan] * OUTPUTS)}, {"weights": np.zeros((3, 3))}):
        with pytest.raises(BadModelError):
            models.from_bytes(packed({**arrays, **change}))


def _without_a_bit(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :]


def test_a_bit_that_has_fallen_over_is_refused_or_does_no_harm(model: Model) -> None:
    content = step(model, None, FEATURES.one(0), "kind", "spam").to_bytes()
    ends = (*range(120), *range(len(content) - 600, len(content)))
    for at in ends:
        spoiled = _without_a_bit(content, at)
        with suppress(BadDeltaError):
            read = deltas.from_bytes(spoiled)
            assert np.isfinite(model.scores(FEATURES, read)).all()
        with pytest.raises(BadModelError):
            models.from_bytes(spoiled)


@pytest.mark.parametrize(
    "change",
    [
        {"bias": np.full(OUTPUTS, np.nan, dtype=np.float32)},
        {"rows": np.array([ROWS], dtype=np.int32), "weights": np.zeros((1, OUTPUTS), np.float32)},
        {"rows": np.array([-1], dtype=np.int32), "weights": np.zeros((1, OUTPUTS), np.float32)},
        {"rows": np.array([4, 4], np.int32), "weights": np.zeros((2, OUTPUTS), np.float32)},
        {"weights": np.zeros((0, OUTPUTS), np.int64)},
        {"hunches": np.zeros((2, OUTPUTS), np.float32)},
        {"hunches": np.full((OUTPUTS, OUTPUTS), np.inf, np.float32)},
        {"signs": np.zeros((2, OUTPUTS), np.float32)},
        {"signs": np.zeros((len(SIGNS), 2), np.float32)},
        {"head": models.as_array([1])},
        {"head": models.as_array({"hashing": 1, "base": "x", "steps": 1e999, "signs": []})},
    ],
)
def test_a_delta_that_would_spoil_what_is_judged_is_refused(change: dict[str, Any]) -> None:
    arrays = unpacked(Delta("x").to_bytes())
    with pytest.raises(BadDeltaError):
        deltas.from_bytes(packed({**arrays, **change}))


def test_a_pickle_is_refused() -> None:
    hostile = np.array([{"a": 1}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        packed({"head": hostile})


def test_a_step_moves_towards_the_label_and_leaves_the_base(model: Model) -> None:
    one, before = FEATURES.one(0), model.weights.copy()
    first = step(model, None, one, "duty", "none")
    second = step(model, first, one, "duty", "none")

    at = HEADS["duty"].labels.index("none")
    chances = [float(model.probabilities(one, delta)[0, at]) for delta in (None, first, second)]
    assert chances == sorted(chances)
    assert chances[0] < chances[1] < chances[2]
    assert np.array_equal(before, model.weights)
    assert (first.steps, second.steps) == (1, 2)
    other = HEADS["kind"].columns
    assert np.array_equal(
        model.probabilities(one)[:, other], model.probabilities(one, second)[:, other]
    )


def test_a_learner_and_its_delta_say_the_same(model: Model) -> None:
    learner = Learner(model)
    for at in range(len(LINES)):
        learner.step(FEATURES.one(at), "sentiment", "negative")
    delta = learner.delta()

    added = model.scores(FEATURES, delta) - model.scores(FEATURES)
    assert np.allclose(added[2:3], learner.scores(FEATURES.one(2)), atol=1e-6)
    assert (np.diff(delta.rows) > 0).all()


def test_a_delta_comes_back_from_its_bytes(model: Model) -> None:
    delta = step(model, None, FEATURES.one(1), "kind", "praise")
    again = deltas.from_bytes(delta.to_bytes())

    assert np.array_equal(model.scores(FEATURES, again), model.scores(FEATURES, delta))
    assert (again.base, again.steps) == ("test-1", 1)
    empty = deltas.from_bytes(Delta("x").to_bytes())
    assert np.array_equal(model.scores(FEATURES, empty), model.scores(FEATURES))
    with pytest.raises(BadDeltaError):
        deltas.from_bytes(delta.to_bytes()[:-100])


def test_a_delta_from_before_there_were_hunches_is_read(model: Model) -> None:
    delta = replace(
        step(model, None, FEATURES.one(1), "kind", "praise"),
        hunches=np.zeros((OUTPUTS, OUTPUTS), np.float32),
    )
    arrays = unpacked(delta.to_bytes())
    del arrays["hunches"]
    again = deltas.from_bytes(packed(arrays))
    assert np.array_equal(model.scores(FEATURES, again), model.scores(FEATURES, delta))


def test_what_the_model_thinks_of_one_question_is_learned_to_tell_of_another() -> None:
    """Messages without a word in common: on this desk what sounds negative needs an answer."""
    texts = [Item(chr(0x4E00 + at) * 3) for at in range(40)]
    features = featurise(texts)
    negative = np.arange(40) % 2 == 0
    weights = np.zeros((ROWS, OUTPUTS), dtype=np.float32)
    column = HEADS["sentiment"].at
    for at in range(40):
        begin, end = features.starts[at : at + 2]
        weights[features.index[begin:end], column] = 4 if negative[at] else -4
    nothing = np.zeros(OUTPUTS, dtype=np.float32)
    model = Model("x", weights, np.zeros((len(SIGNS), OUTPUTS), np.float32), nothing)
    labels = np.full((40, len(HEADS)), UNKNOWN, dtype=np.int8)
    labels[:20, 0] = np.where(negative[:20], 0, 2)

    found = model.probabilities(features, refit(model, features, labels))[20:]
    answer, _, none = found[:, HEADS["duty"].columns].T
    assert ((answer > none) == negative[20:]).all()


def test_a_refit_learns_its_labels_and_is_the_same_twice(model: Model) -> None:
    labels = np.full((len(LINES), len(HEADS)), UNKNOWN, dtype=np.int8)
    labels[:, 0] = [0, 1, 2, 2]
    delta = refit(model, FEATURES, labels, rounds=20)

    chances = model.probabilities(FEATURES, delta)[:, HEADS["duty"].columns]
    assert chances.argmax(axis=1).tolist() == [0, 1, 2, 2]
    assert delta.to_bytes() == refit(model, FEATURES, labels, rounds=20).to_bytes()
    assert delta.steps == len(LINES)


def test_a_label_that_there_is_not(model: Model) -> None:
    with pytest.raises(ValueError, match="tuple"):
        step(model, None, FEATURES.one(0), "duty", "maybe")
    with pytest.raises(KeyError):
        step(model, None, FEATURES.one(0), "mood", "none")
