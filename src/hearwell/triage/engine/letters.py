"""How likely each language is by a text's letters: py3langid's model in a third of its memory.

The library walks an automaton whose table of transitions alone takes 39 MB. Its states are the
beginnings of known pieces of one to six bytes, and it is always in the longest that the text up to
here ends in. So it is enough to keep the states' bytes, each packed in a number, and to look up
all endings of a text at once: the same pieces are found, and the same numbers come out
(M. Lui and T. Baldwin, langid.py, ACL 2012; A. Barbaresi, py3langid).
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.grams import I64, U64

Ranked = list[tuple[str, float]]
_LONGEST: Final = 6  # bytes of a piece
_AT_ONCE: Final = 4_096  # states: of each, all 256 that may follow are looked at
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

    def rank(self, text: str, languages: Sequence[str]) -> Ranked:
        """Return these of the languages with their probabilities, the likeliest first.

        What the model does not know is left out; without a known piece all are alike.
        """
        return self.rank_all([text], languages)[0]

    def rank_all(self, texts: Sequence[str], languages: Sequence[str]) -> list[Ranked]:
        """Return what `rank` does of each text, in their order: together a third of the time."""
        columns = _columns(self.classes, tuple(languages))
        contents = [_bytes_of(text) for text in texts]
        scores = self._scores(contents, columns)
        sizes = np.array([len(content) or 1 for content in contents])[:, None]
        odds = np.exp((scores - scores.max(axis=1, initial=-np.inf)[:, None]) / np.sqrt(sizes))
        chances = (odds / odds.sum(axis=1, keepdims=True)).tolist()
        names = [self.classes[at] for at in columns.tolist()]
        return [_ranked(names, row) for row in chances]

    def _scores(self, contents: Sequence[bytes], columns: I64) -> NDArray[np.float32]:
        """Return the scores of the languages in these columns, float32 [n, columns]."""
        found = np.zeros((len(contents), len(columns)), dtype=np.float32)
        of, row = self._pieces(contents)
        if len(of):
            keys, count = np.unique(of * len(self.told) + row, return_counts=True)
            of, row = np.divmod(keys, len(self.told))
            told = self.told[row[:, None], columns] * np.log1p(count.astype(np.float32))[:, None]
            first = np.flatnonzero(np.diff(of, prepend=-1))
            found[of[first]] = np.add.reduceat(told, first, axis=0) + self.prior[columns]
        return found

    def _pieces(self, contents: Sequence[bytes]) -> tuple[I64, I64]:
        """Return which text each piece is in, and its row: as often as it is there."""
        letters = np.frombuffer(b"".join(contents), dtype=np.uint8).astype(np.uint64)
        sizes = np.array([len(content) for content in contents])
        of = np.repeat(np.arange(len(contents)), sizes)
        since = np.arange(len(letters)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        endings = np.zeros((_LONGEST, len(letters)), dtype=np.uint64)
        for back in range(min(_LONGEST, len(letters))):
            endings[back, back:] = letters[: len(letters) - back] << np.uint64(8 * back)
            endings[back] |= endings[back - 1] if back else np.uint64(0)
        endings[np.arange(_LONGEST)[:, None] > since] = 0  # no ending reaches over a beginning
        place = np.minimum(np.searchsorted(self.states, endings), len(self.states) - 1)
        place[self.states[place] != endings] = 0
        rows = self.piece[_last_known(place)].astype(np.int64)
        return of[rows >= 0], rows[rows >= 0]


def _ranked(names: Sequence[str], chances: Sequence[float]) -> Ranked:
    found: dict[str, float] = {}
    for name, chance in zip(names, chances, strict=True):  # one in two scripts has two classes
        found[name] = found.get(name, 0.0) + chance
    return sorted(found.items(), key=lambda entry: -entry[1])


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
    """Return py3langid's own model, of these of its languages. Some 0.6 s.

    Its own reader holds all languages and two copies of the automaton at once: 130 MB for a moment,
    in every process that triages. Here one array is read after the other, and let go.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE

    with tempfile.TemporaryFile() as plain:
        with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, plain)
        plain.seek(0)
        with np.load(plain, allow_pickle=False) as model:
            classes = [str(name) for name in model["classes"]]
            kept = [at for at, name in enumerate(classes) if name in languages]
            told = model["ptc"][:, kept]
            prior, row, piece = model["pc"][kept], model["nextmove_row"], model["out_feat"]
            states = _states(model["nextmove"].reshape(-1, 256), row)
    order = np.argsort(states, kind="stable")
    return Letters(states[order], piece[order], told, prior, tuple(classes[at] for at in kept))


def _states(moves: NDArray[np.uint32], row: NDArray[np.uint16]) -> U64:
    """Return the bytes of each state. One is new on the level after that of its beginning."""
    found = np.zeros(len(row), dtype=np.uint64)
    is_new = np.ones(len(row), dtype=np.bool_)
    level = np.zeros(1, dtype=np.int64)
    while len(level):
        is_new[level] = False
        parts = [level[at : at + _AT_ONCE] for at in range(0, len(level), _AT_ONCE)]
        level = np.concatenate([_next_level(part, moves, row, found, is_new) for part in parts])
    return found


def _next_level(
    level: I64,
    moves: NDArray[np.uint32],
    row: NDArray[np.uint16],
    found: U64,
    is_new: NDArray[np.bool_],
) -> I64:
    """Write the bytes of the new states that follow these; return them."""
    following = moves[row[level]]
    source, letter = np.nonzero(is_new[following])
    above = level[source]
    new = following[source, letter].astype(np.int64)
    found[new] = (found[above] << _BYTE) | letter.astype(np.uint64)
    return new
