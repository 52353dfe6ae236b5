"""An ear for harm and law in words that no table has: a layer of its own over `features`. Pure.

It only ever adds an alarm. What the tables raise stands whatever it says, and what a workspace
corrects does not reach it: neither its weights nor its threshold are learned on a desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.features import Features
from hearwell.triage.engine.grams import HASHING, ROWS
from hearwell.triage.engine.model import UNREADABLE, as_array, as_json, packed, unpacked
from hearwell.triage.engine.signs import SIGNS

FORMAT: Final = 1
HEARS: Final = {"safety": "SH", "legal": "L"}  # the alarm, and the letters it was learned from
F32 = NDArray[np.float32]


class BadAlarmError(ValueError):
    """The file is no alarm layer for this engine. Says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The file is no layer of alarms for this engine: {why}")


@dataclass(frozen=True)
class AlarmLayer:
    """The layer; columns as in `HEARS`.

    version: names what it was made of. weights: float32 [ROWS, len(HEARS)], rarity folded in.
    signs: float32 [len(SIGNS), len(HEARS)]. bias: float32 [len(HEARS)], the threshold folded in,
    so that a score above 0 is an alarm.
    """

    version: str
    weights: F32
    signs: F32
    bias: F32

    def scores(self, features: Features) -> F32:
        """Return float32 [n, len(HEARS)]; above 0 is an alarm. Some 10 µs a message."""
        found: F32 = features.signs @ self.signs + self.bias
        index, value = features.index, features.value
        for at, (begin, end) in enumerate(pairwise(features.starts.tolist())):
            found[at] += value[begin:end] @ self.weights.take(index[begin:end], axis=0)
        return found

    def heard(self, features: Features) -> list[tuple[str, ...]]:
        """Return of each message the likeliest alarm, or none.

        What is passed on (a retweet) raises none here either: it is somebody else's matter.
        """
        scores, names = self.scores(features), tuple(HEARS)
        best = [int(column) for column in scores.argmax(axis=1)]
        is_heard = [bool(one) for one in scores.max(axis=1) > 0]
        return [
            (names[column],) if is_one and reading.words and not reading.is_passed_on else ()
            for column, is_one, reading in zip(best, is_heard, features.readings, strict=True)
        ]

    def to_bytes(self) -> bytes:
        """Return the file's bytes: npz, weights in float16. The same layer, the same bytes."""
        told = {
            "format": FORMAT, "hashing": HASHING, "version": self.version, "hears": list(HEARS),
            "signs": list(SIGNS),
        }  # fmt: skip
        return packed(
            {
                "head": as_array(told),
                "weights": self.weights.astype(np.float16),
                "signs": self.signs.astype(np.float16),
                "bias": self.bias.astype(np.float32),
            }
        )


def from_bytes(content: bytes) -> AlarmLayer:
    """Return the layer of a file. Raises BadAlarmError."""
    try:
        return _read(unpacked(content))
    except UNREADABLE as error:
        if isinstance(error, BadAlarmError):
            raise
        raise BadAlarmError(repr(error)) from error


def _read(arrays: Mapping[str, NDArray[Any]]) -> AlarmLayer:
    head = as_json(arrays["head"])
    wanted = {"format": FORMAT, "hashing": HASHING, "hears": list(HEARS), "signs": list(SIGNS)}
    for name, value in wanted.items():
        if head[name] != value:
            why = f"its {name} are not this engine's"
            raise BadAlarmError(why)
    shapes = {
        "weights": (ROWS, len(HEARS)), "signs": (len(SIGNS), len(HEARS)), "bias": (len(HEARS),)
    }  # fmt: skip
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            why = f"{name} has another shape than {shape}, or numbers that are none"
            raise BadAlarmError(why)
    weights, signs, bias = (arrays[name].astype(np.float32) for name in shapes)
    return AlarmLayer(str(head["version"]), weights, signs, bias)
