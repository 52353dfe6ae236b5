"""The layer for vectors: it learns what words cannot tell, in the model's own units."""

from dataclasses import replace

import numpy as np

from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.model import Model
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.training.vectors import Meant, cross_validated, layer, worth

WIDTH, N = 6, 60


class Nothing:
    def vectors(self, texts):
        return np.zeros((len(texts), WIDTH), dtype=np.float32)


def a_model() -> Model:
    zeros = np.zeros
    model = Model(
        "plain", zeros((ROWS, OUTPUTS), np.float32), zeros((len(SIGNS), OUTPUTS), np.float32),
        zeros(OUTPUTS, np.float32),
    )  # fmt: skip
    scale, shift = model.scale.copy(), model.shift.copy()
    scale[HEADS["duty"].columns], shift[HEADS["duty"].columns] = 2.5, (0.3, -0.2, 0.1)
    return replace(model, scale=scale, shift=shift)


def some() -> Meant:
    """Texts whose duty only the vectors tell, and of which no other question is answered."""
    rng = np.random.default_rng(3)
    duty = np.arange(N) % 3
    labels = np.full((N, len(HEADS)), -1, dtype=np.int8)
    labels[:, 0] = duty
    vectors = rng.normal(0, 0.1, (N, WIDTH)).astype(np.float32)
    vectors[np.arange(N), duty] += 3
    words = rng.normal(0, 1, (N, OUTPUTS)).astype(np.float32)
    return Meant(labels, words, vectors, np.arange(N) % 5)


def test_it_tells_what_words_do_not_and_is_as_sure_as_it_may_be() -> None:
    model, meant = a_model(), some()
    found = cross_validated(model, meant)
    chances = model.chances(found, HEADS["duty"])
    assert (chances.argmax(axis=1) == meant.labels[:, 0]).all()
    assert chances.max(axis=1).min() > 0.7
    figures = worth(model, meant)
    assert figures.keys() == {"duty"}
    assert figures["duty"]["with_vectors"]["macro_f1"] == 1
    assert figures["duty"]["words"]["macro_f1"] < 0.6


def test_questions_that_nobody_answered_are_left_to_the_words() -> None:
    model, meant = a_model(), some()
    made = layer(model, meant, Nothing())
    both = made.scores(meant.words, meant.vectors)
    others = slice(HEADS["duty"].end, OUTPUTS)
    assert (both[:, others] == meant.words[:, others]).all()
    assert made.base == "plain"
    assert layer(model, meant, Nothing()).to_bytes() == made.to_bytes()
