"""What a sentence model's vectors add to a model's scores: a second, small layer. Pure.

Trained after the model and on top of it, in its units: the model's own calibration and bands hold
for the sum. Its file says which model it belongs to, and how some sentences of ours look to the
sentence model that it was trained with; another sentence model is told by that, whoever packed it
under whatever name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.heads import HEADS, OUTPUTS
from hearwell.triage.engine.model import UNREADABLE, as_array, as_json, packed, unpacked

FORMAT: Final = 1
ALIKE: Final = 0.95  # mean cosine at least; int8 of one model makes some .98 to .99 of it
PROBES: Final = (
    "Where is my parcel?",
    "The app crashes every time I open it.",
    "Thank you so much for your help!",
    "I was charged twice for one order.",
    "When do you open on Sundays?",
    "Worst meal I have had in years.",
    "I smell gas in the kitchen.",
    "We won the match, what a night!",
)
F32 = NDArray[np.float32]


class BadDenseError(ValueError):
    """The file is no layer for this engine or this model. Says which."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The file is no layer of vectors for this model: {why}")


class Vectors(Protocol):
    """What makes vectors: ``embedding.Embedder``, and in tests whatever does."""

    def vectors(self, texts: Sequence[str]) -> F32:
        """Return float32 [n, width]."""


@dataclass(frozen=True)
class Dense:
    """The layer.

    base: the version of the model that it was trained on top of.
    weights: float32 [width, OUTPUTS].
    share: float32 [OUTPUTS]: how much of the model's own score stays; 1 where nothing is added.
    bias: float32 [OUTPUTS].
    probes: float32 [len(PROBES), width]: the vectors of `PROBES` where it was trained.
    language: what the sentence model reads, ISO 639-1; messages in others have no vector.
    """

    base: str
    weights: F32
    share: F32
    bias: F32
    probes: F32
    language: str = "en"

    def scores(self, by_words: F32, vectors: F32) -> F32:
        """Return float32 [n, OUTPUTS]: both halves, in the units of the words' scores.

        Of a message whose vector is all zeros (it is in another language) the words speak alone.
        """
        found: F32 = self.share * by_words + vectors @ self.weights + self.bias
        is_silent = ~vectors.any(axis=1)
        found[is_silent] = by_words[is_silent]
        return found

    def fits(self, embedder: Vectors) -> bool:
        """Say whether this is the sentence model that the layer was trained with."""
        ours = embedder.vectors(PROBES)
        if ours.shape != self.probes.shape:
            return False
        lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(self.probes, axis=1)
        cosines = (ours * self.probes).sum(axis=1) / np.maximum(lengths, 1e-9)
        return float(cosines.mean()) >= ALIKE

    def to_bytes(self) -> bytes:
        """Return the file's bytes: npz, weights in float16."""
        heads = {name: list(head.labels) for name, head in HEADS.items()}
        told = {"format": FORMAT, "base": self.base, "heads": heads, "language": self.language}
        return packed(
            {
                "head": as_array(told),
                "weights": self.weights.astype(np.float16),
                "share": self.share.astype(np.float32),
                "bias": self.bias.astype(np.float32),
                "probes": self.probes.astype(np.float16),
            }
        )


def from_bytes(content: bytes, base: str) -> Dense:
    """Return the layer of a file for the model of that version. Raises BadDenseError."""
    try:
        return _read(unpacked(content), base)
    except UNREADABLE as error:
        if isinstance(error, BadDenseError):
            raise
        raise BadDenseError(repr(error)) from error


def _read(arrays: Mapping[str, NDArray[Any]], base: str) -> Dense:
    head = as_json(arrays["head"])
    heads = {name: list(known.labels) for name, known in HEADS.items()}
    for name, wanted in (("format", FORMAT), ("heads", heads), ("base", base)):
        if head[name] != wanted:
            why = f"{name} is {head[name]}, not {wanted}"
            raise BadDenseError(why)
    width = arrays["weights"].shape[0]
    shapes = {
        "weights": (width, OUTPUTS), "share": (OUTPUTS,), "bias": (OUTPUTS,),
        "probes": (len(PROBES), width),
    }  # fmt: skip
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            why = (
                f"{name} has the shape {arrays[name].shape}, not {shape}, or numbers that are none"
            )
            raise BadDenseError(why)
    weights, share, bias, probes = (arrays[name].astype(np.float32) for name in shapes)
    return Dense(base, weights, share, bias, probes, str(head["language"]))
