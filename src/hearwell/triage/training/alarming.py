"""Makes the layer that hears harm and law beside the tables, and chooses where it rings.

Learned from the written lines, those of `lines/alarm/` with an odd place, the gold set and every
second text of what the public sets say. Every other line of `lines/alarm/` is kept apart: on these
the threshold is chosen. Needs scikit-learn; the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.alarm import HEARS, AlarmLayer
from hearwell.triage.engine.features import Features, Item, featurise
from hearwell.triage.rules import alarms
from hearwell.triage.shipped import ALARM
from hearwell.triage.training.fit import one_against_the_rest
from hearwell.triage.training.sets import Example, alarm_lines, gold, weak, written
from hearwell.triage.training.words import TRIAGE, hash_of_words

FIGURES: Final = "alarm.json"
_THIN: Final = 2  # of what public sets say
_ALL: Final = frozenset("".join(HEARS.values()))
F32 = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on validation.

    strength, least, signs, pieces: as in ``fit.Recipe``. alarming: how much a line of harm or law
    counts beside another; look_alike: of the lines written for the layer; ordinary: of the other
    lines where nothing presses, which are what a desk hears all day. falsely: which share of the
    look-alikes may raise an alarm, the tables' own included.
    """

    strength: float = 1.0
    least: int = 2
    signs: float = 0.6
    pieces: float = 1.2
    alarming: float = 2.0
    look_alike: float = 2.0
    ordinary: float = 3.0
    falsely: float = 0.155


def make_alarm(folder: Path, target: Path, choice: Choice | None = None) -> str:
    """Write alarm.npz and alarm.json into `target`; return what to tell whoever asked.

    Raises MissingSetError, BadLineError, NoTrainerError.
    """
    chosen = choice or Choice()
    lines = alarm_lines()
    learned = _learned_from(folder, lines)
    apart = [one for one in lines if one.is_check]
    features = featurise([Item(one.text) for one in [*learned, *apart]])
    rows = np.arange(len(learned))
    layer = _layer(features, learned, rows, chosen)
    figures = _set_off(layer, features, apart, len(learned), chosen)
    layer = AlarmLayer(
        version_of(learned, chosen), layer.weights, layer.signs, layer.bias - figures["threshold"]
    )
    (target / ALARM).write_bytes(layer.to_bytes())
    card = {"version": layer.version, "learned": len(learned), "recipe": asdict(chosen), **figures}
    (target / FIGURES).write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", "utf8")
    return f"{layer.version}: hears {figures['heard']:.3f} of {figures['n']} lines kept apart"


def version_of(learned: Sequence[Example], choice: Choice) -> str:
    """Return the version that a layer of these texts, and of the words in our tables, has."""
    said = json.dumps([[one.text, one.urgency] for one in learned] + [asdict(choice)])
    said += hash_of_words(TRIAGE)
    return f"alarm-1.{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def shipped_is_of(folder: Path) -> str:
    """Return the version that these texts and words would make. Raises MissingSetError."""
    return version_of(_learned_from(folder, alarm_lines()), Choice())


def _learned_from(folder: Path, lines: Sequence[Example]) -> list[Example]:
    every = gold(folder)
    return [
        *(one for one in lines if not one.is_check),
        *written(),
        *(one for one in every if not one.is_check),
        *weak(folder, apart_from=every)[::_THIN],
    ]


def _layer(
    features: Features, learned: Sequence[Example], rows: Rows, choice: Choice
) -> AlarmLayer:
    asked = [_is_one_of(learned, letters) for letters in HEARS.values()]
    even = np.array([_counts(one, choice) for one in learned])
    fitted = [
        one_against_the_rest(
            features, rows, is_it, np.where(is_it, choice.alarming, 1.0) * even,
            strength=choice.strength, least=choice.least, signs=choice.signs, pieces=choice.pieces,
        )
        for is_it in asked
    ]  # fmt: skip
    weights, signs, bias = zip(*fitted, strict=True)
    return AlarmLayer(
        "", np.stack(weights, axis=1), np.stack(signs, axis=1), np.array(bias, dtype=np.float32)
    )


def _counts(one: Example, choice: Choice) -> float:
    if one.source == "alarm":
        return choice.look_alike
    return choice.ordinary if one.source == "written" and one.urgency == "." else 1.0


def _is_one_of(examples: Sequence[Example], letters: str) -> NDArray[np.bool_]:
    return np.array([one.urgency in letters if one.urgency else False for one in examples])


def _set_off(
    layer: AlarmLayer, features: Features, apart: Sequence[Example], begin: int, choice: Choice
) -> dict[str, Any]:
    """Return the threshold and what it does to the lines kept apart, with the tables and alone."""
    scores = layer.scores(features).max(axis=1)[begin:]
    ruled = np.array([bool(alarms(one)) for one in features.readings[begin:]])
    is_harm = _is_one_of(apart, "".join(sorted(_ALL)))
    is_calm = _is_one_of(apart, ".")
    threshold = threshold_for(scores[is_calm], ruled[is_calm], choice.falsely)
    rings = scores > threshold
    return {
        "threshold": threshold,
        "n": int(is_harm.sum()),
        "n_calm": int(is_calm.sum()),
        "heard": float((rings | ruled)[is_harm].mean()),
        "heard_by_tables": float(ruled[is_harm].mean()),
        "heard_by_layer": float(rings[is_harm].mean()),
        "falsely": float((rings | ruled)[is_calm].mean()),
        "falsely_by_tables": float(ruled[is_calm].mean()),
        "falsely_by_layer": float(rings[is_calm].mean()),
    }


def threshold_for(scores: F32, ruled: NDArray[np.bool_], falsely: float) -> float:
    """Return the least score above which, with the tables, no more than a share of calm rings.

    Where the tables alone ring for more, the highest score of what they leave calm.
    """
    quiet = np.sort(scores[~ruled])[::-1]
    spare = max(0, int(falsely * len(scores)) - int(ruled.sum()))
    return round(float(quiet[min(spare, len(quiet) - 1)]), 4)
