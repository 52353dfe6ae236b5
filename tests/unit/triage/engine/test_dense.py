from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from hearwell.triage.engine.dense import PROBES, BadDenseError, Dense, from_bytes
from hearwell.triage.engine.features import Item, featurise, joined
from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.judge import judge
from hearwell.triage.engine.model import Model
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.shipped import DENSE, shipped_model

WIDTH = 8


class Letters:
    """Vectors by the letters of a text: exact, and made without a sentence model."""

    def __init__(self, shift: int = 0) -> None:
        self.shift = shift
        self.asked = 0

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text.lower():
                found[row, (ord(letter) * (1 + self.shift) + self.shift) % WIDTH] += 1
        return found


def a_model() -> Model:
    zeros = np.zeros
    return Model(
        "plain", zeros((ROWS, OUTPUTS), np.float32), zeros((len(SIGNS), OUTPUTS), np.float32),
        np.arange(OUTPUTS, dtype=np.float32) / OUTPUTS,
    )  # fmt: skip


def a_layer() -> Dense:
    weights = np.zeros((WIDTH, OUTPUTS), dtype=np.float32)
    weights[ord("x") % WIDTH, HEADS["duty"].at + 2] = 4  # whatever has an x is chatter
    ones = np.ones(OUTPUTS, dtype=np.float32)
    return Dense("plain", weights, ones, 0 * ones, Letters().vectors(PROBES))


def test_a_layer_adds_to_the_words_and_without_vectors_words_stand_alone() -> None:
    plain, both = a_model(), replace(a_model(), dense=a_layer())
    features = featurise([Item("xxx"), Item("no")])
    assert (both.scores(features) == plain.scores(features)).all()
    seen = replace(features, vectors=Letters().vectors(["xxx", "no"]))
    added = both.scores(seen) - plain.scores(seen)
    assert added[0, HEADS["duty"].at + 2] == pytest.approx(12)
    assert np.abs(added).sum() == pytest.approx(12, abs=1e-4)
    parts = [seen.one(at) for at in range(2)]
    assert (both.scores(joined(parts)) == both.scores(seen)).all()


def test_the_embedder_is_asked_only_where_there_is_a_layer_for_it() -> None:
    items = [Item("xxx lovely xxx", kind="mention")]
    letters = Letters()
    before = judge(items, a_model(), embedder=letters)[0]
    assert letters.asked == 0
    after = judge(items, replace(a_model(), dense=a_layer()), embedder=letters)[0]
    assert letters.asked == 1
    assert after.probabilities()["duty"]["none"] > before.probabilities()["duty"]["none"] + 0.3


def test_a_layer_knows_its_model_and_its_sentence_model() -> None:
    layer = a_layer()
    again = from_bytes(layer.to_bytes(), "plain")
    assert (again.weights == layer.weights).all()
    assert again.fits(Letters())
    assert not again.fits(Letters(shift=3))
    with pytest.raises(BadDenseError, match="base is plain, not other"):
        from_bytes(layer.to_bytes(), "other")
    for content in (b"", layer.to_bytes()[:-40]):
        with pytest.raises(BadDenseError):
            from_bytes(content, "plain")
    spoiled = replace(layer, bias=np.full(OUTPUTS, np.nan, dtype=np.float32))
    with pytest.raises(BadDenseError, match="numbers that are none"):
        from_bytes(spoiled.to_bytes(), "plain")


def test_what_is_in_another_language_is_judged_by_its_words() -> None:
    both = replace(a_model(), dense=a_layer())
    letters = Letters()
    german = Item("xxx wo bleibt mein Paket xxx", kind="mention")
    assert judge([german], both, embedder=letters) == judge([german], a_model())
    assert letters.asked == 0


def test_the_shipped_layer_is_of_the_shipped_model() -> None:
    model = shipped_model()
    if model is None:
        pytest.skip("no model is shipped")
    content = (files("hearwell.triage") / "data" / DENSE).read_bytes()
    layer = from_bytes(content, model.version)  # BadDenseError: `hearwell triage train --vectors`
    assert len(content) < 8_000_000
    assert np.abs(layer.weights).max() > 0
