"""A linear model over `features`: its file, its scores, its calibrated probabilities. Pure.

The file is an npz without pickles. Weights are kept as float16 and used as float32.
"""

from __future__ import annotations

import io
import json
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.features import Features
from hearwell.triage.engine.grams import HASHING, ROWS
from hearwell.triage.engine.heads import HEADS, OUTPUTS, Head
from hearwell.triage.engine.signs import SIGNS

if TYPE_CHECKING:
    from hearwell.triage.engine.alarm import AlarmLayer
    from hearwell.triage.engine.delta import Delta
    from hearwell.triage.engine.dense import Dense

FORMAT: Final = 1
VERSION_LENGTH: Final = 24  # what a verdict keeps
F32 = NDArray[np.float32]
_STARTS: Final = np.array([head.at for head in HEADS.values()])
_SIZES: Final = np.array([len(head.labels) for head in HEADS.values()])
_SUREST: Final = np.float32(0.01)
_SHARE: Final = np.float32(1 / np.log((1 - 0.01) / 0.01))
# What reading a spoiled npz raises: its header is parsed as Python, its entries as a zip's.
UNREADABLE: Final = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError, MemoryError,
    OSError, EOFError, zipfile.BadZipFile, zlib.error, tokenize.TokenError,
)  # fmt: skip


class BadModelError(ValueError):
    """The file is no model, or one for other features or questions. Says which."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The file is no model for this engine: {why}")


@dataclass(frozen=True, slots=True)
class Bands:
    """Where certainty ends. Probabilities from 0 to 1, all calibrated.

    sure: per head, the least probability of its answer to act on it; below, a person is asked.
    quiet: the most P(answer) at which a message may be called *none*; above, it never is.
    urgent: the least P(urgent) to call a message urgent.
    is_own: `quiet` was measured on the workspace's own labels. Until then numbers learned on
        other brands' messages quiet nothing that the rules would give to a person.
    """

    sure: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(HEADS, 0.6))
    quiet: float = 0.1
    urgent: float = 0.5
    is_own: bool = False


@dataclass(frozen=True)
class Model:
    """What was learned, frozen.

    version: names it in every verdict, at most 24 characters.
    weights: float32 [ROWS, OUTPUTS], IDF folded in.
    signs: float32 [len(SIGNS), OUTPUTS], in the order of ``signs.SIGNS``.
    bias: float32 [OUTPUTS].
    scale, shift: float32 [OUTPUTS] each: the calibration. The probabilities of a head are the
        softmax over its columns of ``scale * score + shift``: one scale for all columns and no
        shift is temperature scaling; of a head with two labels it is Platt's.
    about: what else the file says of itself (data hashes, metrics), as JSON.
    dense: what a sentence model's vectors add, in these scores' units; from a file of its own.
    alarm: what hears harm and law beside the tables; from a file of its own, never corrected.
    """

    version: str
    weights: F32
    signs: F32
    bias: F32
    scale: F32 = field(default_factory=lambda: np.ones(OUTPUTS, dtype=np.float32))
    shift: F32 = field(default_factory=lambda: np.zeros(OUTPUTS, dtype=np.float32))
    bands: Bands = field(default_factory=Bands)
    about: Mapping[str, Any] = field(default_factory=dict)
    dense: Dense | None = None
    alarm: AlarmLayer | None = None

    def scores(self, features: Features, delta: Delta | None = None) -> F32:
        """Return float32 [n, OUTPUTS]: raw scores, the columns as in ``heads.HEADS``.

        With `delta`, what a workspace has learned is added; where the features have vectors and
        the model a layer for them, what these say.
        """
        found = features.signs @ self.signs + self.bias
        starts, index, value = features.starts.tolist(), features.index, features.value
        for at, (begin, end) in enumerate(pairwise(starts)):
            found[at] += value[begin:end] @ self.weights.take(index[begin:end], axis=0)
        if self.dense is not None and features.vectors is not None:
            found = self.dense.scores(found, features.vectors)
        return found if delta is None else found + delta.scores(features, self.hunches(found))

    def hunches(self, scores: F32) -> F32:
        """Return what these scores of its own say of every label, float32 [n, OUTPUTS].

        Log-odds, cut off and small: from -1 (as good as impossible) to 1 (as good as certain).
        """
        chances = np.clip(self.calibrated(scores), _SUREST, 1 - _SUREST)
        found: F32 = np.log(chances / (1 - chances)) * _SHARE
        return found

    def probabilities(self, features: Features, delta: Delta | None = None) -> F32:
        """Return float32 [n, OUTPUTS]: calibrated, each head's columns adding up to 1."""
        return self.calibrated(self.scores(features, delta))

    def calibrated(self, scores: F32) -> F32:
        """Return scores [n, OUTPUTS] as probabilities, head by head."""
        logits = scores * self.scale + self.shift
        peaks = np.maximum.reduceat(logits, _STARTS, axis=1)
        odds = np.exp(logits - np.repeat(peaks, _SIZES, axis=1))
        sums = np.add.reduceat(odds, _STARTS, axis=1)
        found: F32 = odds / np.repeat(sums, _SIZES, axis=1)
        return found

    def chances(self, scores: F32, head: Head) -> F32:
        """Return the calibrated probabilities of one head [n, labels] from scores [n, OUTPUTS]."""
        logits = (scores * self.scale + self.shift)[:, head.columns]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: F32 = odds / odds.sum(axis=1, keepdims=True)
        return found

    def chances_of(self, scores: F32, head: Head) -> F32:
        """Return the calibrated probabilities [labels] of one head from its scores [labels]."""
        logits = scores * self.scale[head.columns] + self.shift[head.columns]
        odds = np.exp(logits - logits.max())
        found: F32 = odds / odds.sum()
        return found

    def save(self, path: Path) -> None:
        """Write the file. The same model gives the same bytes."""
        path.write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return the file's bytes: npz, weights in float16."""
        return packed(
            {
                "head": self._head(),
                "weights": self.weights.astype(np.float16),
                "signs": self.signs.astype(np.float16),
                "bias": self.bias.astype(np.float32),
                "scale": self.scale.astype(np.float32),
                "shift": self.shift.astype(np.float32),
            }
        )

    def _head(self) -> NDArray[np.uint8]:
        bands = self.bands
        return as_array(
            {
                "format": FORMAT,
                "hashing": HASHING,
                "version": self.version,
                "heads": {name: list(head.labels) for name, head in HEADS.items()},
                "signs": list(SIGNS),
                "bands": {"sure": dict(bands.sure), "quiet": bands.quiet, "urgent": bands.urgent},
                "about": dict(self.about),
            }
        )

    @property
    def size(self) -> int:
        """Bytes of memory that it takes."""
        return self.weights.nbytes + self.signs.nbytes


def load(path: Path) -> Model:
    """Return the model of a file. Raises BadModelError, OSError."""
    return from_bytes(path.read_bytes())


def from_bytes(content: bytes) -> Model:
    """Return the model of a file's bytes. Signs that it does not know weigh nothing.

    Raises BadModelError.
    """
    try:
        return _read(unpacked(content))
    except UNREADABLE as error:
        if isinstance(error, BadModelError):
            raise
        raise BadModelError(repr(error)) from error


def _read(arrays: Mapping[str, NDArray[Any]]) -> Model:
    head = as_json(arrays["head"])
    _check(head, arrays)
    signs = np.zeros((len(SIGNS), OUTPUTS), dtype=np.float32)
    known = {name: at for at, name in enumerate(head["signs"])}
    for at, name in enumerate(SIGNS):
        if name in known:
            signs[at] = arrays["signs"][known[name]]
    return Model(
        version=str(head["version"]),
        weights=arrays["weights"].astype(np.float32),
        signs=signs,
        bias=arrays["bias"].astype(np.float32),
        scale=arrays["scale"].astype(np.float32),
        shift=arrays["shift"].astype(np.float32),
        bands=Bands(**head["bands"]),
        about=head["about"],
    )


def _check(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    heads = {name: list(known.labels) for name, known in HEADS.items()}
    for name, wanted in (("format", FORMAT), ("hashing", HASHING), ("heads", heads)):
        if head[name] != wanted:
            why = f"{name} is {head[name]}, not {wanted}"
            raise BadModelError(why)
    if not 0 < len(str(head["version"])) <= VERSION_LENGTH:
        why = f"its version must have 1 to {VERSION_LENGTH} characters"
        raise BadModelError(why)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("bias", "scale", "shift"), (OUTPUTS,))
    shapes |= {"weights": (ROWS, OUTPUTS), "signs": (len(head["signs"]), OUTPUTS)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            why = f"{name} has the shape {arrays[name].shape}, not {shape}"
            raise BadModelError(why)
        if not np.isfinite(arrays[name]).all():
            why = f"{name} has numbers that are none"
            raise BadModelError(why)


# ------------------------------------------------------------------------------ files


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return named arrays as an npz, compressed: the same arrays, the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue(), compresslevel=9)
    return file.getvalue()


def unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an npz; pickles are refused. Raises ValueError, BadZipFile."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return dict(archive)


def as_array(value: object) -> NDArray[np.uint8]:
    """Return a JSON value as bytes in an array, to stand in an npz."""
    return np.frombuffer(json.dumps(value, sort_keys=True).encode(), dtype=np.uint8)


def as_json(array: NDArray[Any]) -> dict[str, Any]:
    """Return what `as_array` was given."""
    found: dict[str, Any] = json.loads(array.astype(np.uint8).tobytes())
    return found
