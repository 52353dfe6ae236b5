"""A small model for tests, made in a second from some lines; the shipped one need not be there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hearwell.triage import shipped
from hearwell.triage.engine.delta import UNKNOWN, refit
from hearwell.triage.engine.features import Item, featurise
from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.model import Model
from hearwell.triage.engine.signs import SIGNS
from hearwell.triage.learning.anchors import anchors

_MORE = (
    ("haha so true", "none", "chatter"),
    ("haha so true", "none", "chatter"),
    ("haha so true, me too", "none", "chatter"),
    ("good morning everyone", "none", "chatter"),
    ("lol this is gold", "none", "chatter"),
    ("what a match last night", "none", "chatter"),
    ("follow us and win a free voucher today, link in bio", "none", "spam"),
    ("buy followers cheap http://spam.example", "none", "spam"),
)
_KIND_OF = {"answer": "question", "acknowledge": "praise", "none": "chatter"}


def _empty() -> Model:
    return Model(
        version="test-1",
        weights=np.zeros((ROWS, OUTPUTS), dtype=np.float32),
        signs=np.zeros((len(SIGNS), OUTPUTS), dtype=np.float32),
        bias=np.zeros(OUTPUTS, dtype=np.float32),
    )


@cache
def small_model() -> Model:
    """Return a model that knows some forty plain lines by heart."""
    lines = [(item, duty, _KIND_OF[duty]) for item, duty in anchors()]
    lines += [(Item(text), duty, kind) for text, duty, kind in _MORE]
    names = list(HEADS)
    labels = np.full((len(lines), len(HEADS)), UNKNOWN, dtype=np.int8)
    for row, (_, duty, kind) in enumerate(lines):
        labels[row, names.index("duty")] = HEADS["duty"].labels.index(duty)
        labels[row, names.index("kind")] = HEADS["kind"].labels.index(kind)
    empty = _empty()
    known = refit(empty, featurise([item for item, _, _ in lines]), labels, rounds=6)
    weights = empty.weights.copy()
    weights[known.rows] = known.weights
    return Model("test-1", weights, known.signs, known.bias)


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small model once."""
    path = tmp_path_factory.mktemp("model") / "small.npz"
    small_model().save(path)
    return path


@pytest.fixture
def small_shipped(monkeypatch: pytest.MonkeyPatch, small_file: Path) -> Iterator[Model]:
    """Let the small model be the one that came with the house."""
    monkeypatch.setattr(shipped, "NAME", str(small_file))
    shipped.shipped_model.cache_clear()
    model = shipped.shipped_model()
    assert model is not None
    yield model
    shipped.shipped_model.cache_clear()
