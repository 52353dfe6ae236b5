"""A model of random numbers, which costs what any other of its size costs."""

from __future__ import annotations

import numpy as np

from hearwell.triage.engine.grams import ROWS
from hearwell.triage.engine.heads import OUTPUTS
from hearwell.triage.engine.model import Model
from hearwell.triage.engine.signs import SIGNS


def random_model() -> Model:
    """Return a model of random weights."""
    chance = np.random.default_rng(7)
    weights = chance.standard_normal((ROWS, OUTPUTS), np.float32) / 10
    signs = chance.standard_normal((len(SIGNS), OUTPUTS), np.float32) / 10
    return Model("random", weights, signs, np.zeros(OUTPUTS, dtype=np.float32))
