"""How likely each language is by a text's letters: py3langid's model in a third of its memory.

The library walks an automaton whose table of transitions alone takes 39 MB. Its states are the
beginnings of known pieces of one to six bytes, and it is always in the longest that the text up to
here ends in. So it is enough to keep the states' bytes, each packed in a number, and to look up
all endings of a text at once: the same pieces are found, and the same numbers come out
(M. Lui and T. Baldwin, langid.py, ACL 2012; A. Barbaresi, py3langid).
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.grams import I64, U64

_LONGEST: Final = 6  # bytes of a piece
_BYTE: Final = np.uint64(8)  # bits


class Letters(NamedTuple):
    """The model, for some of its languages.

    states: uint64 [s], the bytes of each, ascending; the first is the empty one.
    piece: int32 [s], the row of the piece that ends there, -1 for none.
    told: float16 [pieces, classes]. prior: float32 [classes]. classes: a language each.
    """

    states: U64
    piece: NDArray[np.int32]
    told: NDArray[np.float16]
    prior: NDArray[np.float32]
    classes: tuple[str, ...]

    def rank(self, text: str, languages: Sequence[str]) -> list[tuple[str, float]]:
        """Return these of the languages with their probabilities, the likeliest first.

        What the model does not know is left out; without a known piece all are alike.
        """
        columns = _columns(self.classes, tuple(languages))
        content = _bytes_of(text)
        pieces = Counter(self._pieces(content))
        scores = np.zeros(len(columns), dtype=np.float32)
        if pieces:
            told = self.told[list(pieces)][:, columns].astype(np.float32)
            count = np.array(list(pieces.values()), dtype=np.float32)
            scores = np.log1p(count) @ told + self.prior[columns]
        odds = np.exp((scores - scores.max(initial=-np.inf)) / math.sqrt(len(content) or 1))
        chances: dict[str, float] = {}
        for at, chance in zip(columns.tolist(), (odds / odds.sum()).tolist(), strict=True):
            name = self.classes[at]  # a language in two scripts has two classes
            chances[name] = chances.get(name, 0.0) + chance
        return sorted(chances.items(), key=lambda entry: -entry[1])

    def _pieces(self, content: bytes) -> list[int]:
        """Return the row of every piece in a text, as often as it is there."""
        letters = np.frombuffer(content, dtype=np.uint8).astype(np.uint64)
        size = len(letters)
        endings = np.zeros((min(_LONGEST, size), size), dtype=np.uint64)
        for back in range(len(endings)):
            endings[back, back:] = letters[: size - back] << np.uint64(8 * back)
            endings[back, back:] |= endings[back - 1, back:] if back else np.uint64(0)
        place = np.minimum(np.searchsorted(self.states, endings), len(self.states) - 1)
        place[self.states[place] != endings] = 0
        rows = self.piece[_last_known(place)] if size else self.piece[:0]
        found: list[int] = rows[rows >= 0].tolist()
        return found


def _last_known(place: I64) -> I64:
    """Return for each column the last row that is not 0."""
    last = len(place) - 1 - (place[::-1] > 0).argmax(axis=0)
    found: I64 = place[last, np.arange(place.shape[1])]
    return found


@lru_cache(maxsize=64)
def _columns(classes: tuple[str, ...], languages: tuple[str, ...]) -> I64:
    return np.array([at for at, name in enumerate(classes) if name in languages], dtype=np.int64)


def _bytes_of(text: str) -> bytes:
    lower = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", lower).encode("utf8", "surrogatepass")


def load(languages: Sequence[str]) -> Letters:
    """Return py3langid's own model, of these of its languages. Some 0.6 s."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE
    from py3langid.modelio import load_model

    told, prior, classes, moves, row, piece = load_model(MODEL_DIR / MODEL_FILE)
    kept = [at for at, name in enumerate(classes) if name in languages]
    states = _states(np.asarray(moves).reshape(-1, 256), np.asarray(row))
    order = np.argsort(states, kind="stable")
    return Letters(
        states[order],
        np.asarray(piece, dtype=np.int32)[order],
        np.ascontiguousarray(told[:, kept]),
        np.asarray(prior)[kept],
        tuple(str(classes[at]) for at in kept),
    )


def _states(moves: NDArray[np.uint32], row: NDArray[np.uint16]) -> U64:
    """Return the bytes of each state. One is new on the level after that of its beginning."""
    found = np.zeros(len(row), dtype=np.uint64)
    is_new = np.ones(len(row), dtype=np.bool_)
    level = np.zeros(1, dtype=np.int64)
    while len(level):
        is_new[level] = False
        following = moves[row[level]]
        source, letter = np.nonzero(is_new[following])
        above = level[source]
        level = following[source, letter].astype(np.int64)
        found[level] = (found[above] << _BYTE) | letter.astype(np.uint64)
    return found
