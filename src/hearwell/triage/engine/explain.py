"""Which words decided: what each added to the score of the answer. Pure.

A linear model's score is a sum. The parts of a word are its own weight, half of those of its pairs
with its neighbours, and those of its pieces, each times its value; they are added up word by word.
Of something said twice each time counts fully, so its sum is a little high; the order of the words
is what is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from hearwell.triage.engine.delta import Delta
from hearwell.triage.engine.features import Features, Trace
from hearwell.triage.engine.grams import BUCKETS, I64, Grams
from hearwell.triage.engine.heads import Head
from hearwell.triage.engine.model import F32, Model
from hearwell.triage.engine.text import LINK, MENTION

MOST_WORDS: Final = 3
_SHOWN: Final = {LINK: "link", MENTION: "@"}
_PUNCTUATION: Final = (
    ".,;:!?()[]{}\"'"
    "\u2026\u060c\u061b\u061f\u3002\u3001\uff0c\u00bf\u00a1\u00ab\u00bb\u201c\u201d\u201e"
)
_LEAST = 0.02  # of a score: less decides nothing


def words_that_decided(
    features: Features,
    labels: Sequence[int],
    head: Head,
    model: Model,
    delta: Delta | None = None,
) -> list[tuple[str, ...]]:
    """Return the words of each message that spoke most for its label, at most three, best first.

    features: of one part (``featurise_part``), with its trace.
    labels: the number of each message's label in the head. Words are as normalised: small letters.
    """
    if features.trace is None or not len(features):
        return [() for _ in range(len(features))]
    trace = features.trace
    said = _margins(trace.grams, np.asarray(labels), head, model, delta)
    first, parts = _by_word(features, trace, said)
    text = trace.text.split(" ")
    numbers, at = parts.tolist(), np.flatnonzero(parts >= _LEAST).tolist()
    ends = np.searchsorted(at, first).tolist()
    return [_best(text, at[begin:end], numbers) for begin, end in pairwise(ends)]


def _margins(grams: Grams, labels: I64, head: Head, model: Model, delta: Delta | None) -> F32:
    """Return how much more each gram says for its message's label than for the others."""
    weights = model.weights[:, head.columns][grams.bucket]
    if delta is not None:
        weights = weights + delta.weights_of(grams.bucket)[:, head.columns]
    mine = weights[np.arange(len(weights)), labels[grams.message]]
    found: F32 = mine - (weights.sum(axis=1) - mine) / (weights.shape[1] - 1)
    return found


def _by_word(features: Features, trace: Trace, said: F32) -> tuple[I64, F32]:
    """Return where each message's words begin, and the part of each word of the text."""
    grams = trace.grams
    codes = grams.codes
    is_space = codes == 32  # noqa: PLR2004  a space
    word = np.cumsum(is_space)
    parts = said / trace.lengths[2 * grams.message + (grams.bucket >= BUCKETS)]
    begin = word[grams.begin + is_space[grams.begin]]
    end = word[grams.end - 1 - is_space[grams.end - 1]]
    size = int(word[-1]) + 1
    summed = np.bincount(begin, parts / 2, size) + np.bincount(end, parts / 2, size)
    breaks = np.concatenate((word[codes == 0], [size]))[: len(features) + 1]
    return breaks, summed.astype(np.float32)


def _says_nothing(word: str) -> bool:
    """Say whether a word is one letter, as "i" and "y": it has its weight, and explains nothing."""
    return len(word) == 1 and word.isalpha() and unicodedata.name(word, "").startswith("LATIN")


def _is_private(word: str) -> bool:
    """Say whether a word may be an address or a number of somebody: no reason to show."""
    return ("@" in word and len(word) > 1) or any(map(str.isdigit, word))


def _best(text: Sequence[str], places: Sequence[int], parts: Sequence[float]) -> tuple[str, ...]:
    """Return the most telling of the words at these places; of equal ones the earlier."""
    found: list[str] = []
    for at in sorted(places, key=lambda place: -parts[place])[: 2 * MOST_WORDS]:
        if len(found) == MOST_WORDS:
            break
        word = text[at].strip("\0")
        word = _SHOWN.get(word, word.strip(_PUNCTUATION) or word)
        is_telling = word and not _says_nothing(word) and not _is_private(word)
        if is_telling and word not in found:
            found.append(word)
    return tuple(found)
