"""Words and pieces of words of a whole batch as numbers, without a loop over any of them. Pure.

The texts are one array of code points. The hash of any stretch of it is the difference of two
prefix sums of ``code * BASE**position`` (modulo 2**64), brought back to position 0 by the inverse
power: so every word and every piece of every length costs a few array operations, not a call.
The same text gives the same numbers on every machine and in every batch.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.text import LINK, MENTION, fold_arabic
from hearwell.triage.lexicon import TABLES

HASHING: Final = 1  # changes whenever the same text would give other numbers
BUCKETS: Final = 2**16  # of words, and as many again of pieces
ROWS: Final = 2 * BUCKETS  # words are rows 0 … 65,535; pieces those from 65,536
PIECES: Final = (2, 3, 4, 5)  # characters, the gap before and after a word included
_REACH = 3  # words after "not" that it turns around
_BASE, _INVERSE = 0x9E3779B97F4A7C15, pow(0x9E3779B97F4A7C15, -1, 2**64)
_GAP, _WORD, _MARK, _STOP = 0, 1, 2, 3
_SPACE, _NUL, _APOSTROPHE = 32, 0, 39
_NT = tuple(map(ord, "n't"))
_STOPS = frozenset(map(ord, '.,;:()[]{}"\u2026\u060c\u061b\u3002\u3001\uff0c')) | {0}

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch as they stand, and the hash of any stretch of its text.

    begin, end: int64 [w], ascending. hashes: uint64 [w], each that of `hash_of`.
    sums, back: the prefix sums of the text and the powers that bring a stretch back to 0.
    """

    begin: I64
    end: I64
    hashes: U64
    sums: U64
    back: U64

    def hashes_of(self, begin: I64, end: I64) -> U64:
        """Return the hashes of stretches of the text, as `hash_of` counts them."""
        return _ended((self.sums[end] - self.sums[begin]) * self.back[begin], end - begin)

    def at(self, place: I64) -> I64:
        """Return the number of the last word that begins at a place or before; -1 for none."""
        return np.searchsorted(self.begin, place, "right") - 1


@dataclass(frozen=True, slots=True)
class Grams:
    """All words, pairs of words and pieces of a batch: the words first, in their order.

    bucket: int64 [g], the row of each in the weights.
    message: int64 [g], which message it is of.
    begin, end: int64 [g], where it stands in the normalised text (characters).
    codes: uint32, the characters of the text.
    words: where the words stand, and their hashes.
    """

    bucket: I64
    message: I64
    begin: I64
    end: I64
    codes: NDArray[np.uint32]
    words: Words


def grams_of(text: str) -> Grams:
    """Return every gram of normalised texts (see ``text.normalised``)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    message = np.cumsum(codes == _NUL) - 1
    sums, back = _prefix_sums(codes)
    begin, end, hashes = _tokens(codes, sums, back)
    of = message[begin]
    turned = _negated(codes, begin, end, hashes)
    words = _scatter(np.where(turned, ~hashes, hashes))
    pairs = np.flatnonzero(of[1:] == of[:-1])
    paired = _scatter(hashes[pairs] * np.uint64(3) + hashes[pairs + 1])
    starts, stops, pieces = _pieces(codes, sums, back)
    return Grams(
        bucket=np.concatenate((_rows(words), _rows(paired), _rows(pieces) + BUCKETS)),
        message=np.concatenate((of, of[pairs], message[starts])),
        begin=np.concatenate((begin, begin[pairs], starts)),
        end=np.concatenate((end, end[pairs + 1], stops)),
        codes=codes,
        words=Words(begin, end, hashes, sums, back),
    )


def hash_of(word: str) -> int:
    """Return the number of one word by itself, as `grams_of` counts it."""
    return int(hashes_of([word])[0])


def hashes_of(words: Sequence[str]) -> U64:
    """Return the numbers of words, each by itself: uint64 [w]."""
    codes = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)
    sums, back = _prefix_sums(codes)
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    end = np.cumsum(lengths)
    begin = end - lengths
    return _ended((sums[end] - sums[begin]) * back[begin], lengths)


# ------------------------------------------------------------------------------ hashing


class _Powers:
    """BASE and its inverse to every power so far needed."""

    def __init__(self) -> None:
        self._both = np.ones(1, dtype=np.uint64), np.ones(1, dtype=np.uint64)

    def upto(self, length: int) -> tuple[U64, U64]:
        both = self._both  # one name for two arrays: threads see both or neither
        if len(both[0]) < length:
            size = 1 << (length - 1).bit_length()
            self._both = both = _powers(_BASE, size), _powers(_INVERSE, size)
        return both


def _powers(base: int, size: int) -> U64:
    factors = np.full(size, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = _Powers()


def _prefix_sums(codes: NDArray[np.uint32]) -> tuple[U64, U64]:
    up, down = _POWERS.upto(len(codes) + 1)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(_scatter(codes.astype(np.uint64)) * up[: len(codes)], out=sums[1:])
    return sums, down


def _ended(sums: U64, lengths: I64) -> U64:
    return sums + lengths.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)


def _scatter(values: U64) -> U64:
    """Mix the bits, so that the upper ones depend on all of them (the finish of SplitMix64)."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _rows(mixed: U64) -> I64:
    return (mixed >> np.uint64(48)).astype(np.int64)


# ------------------------------------------------------------------------------ words


def _tokens(codes: NDArray[np.uint32], sums: U64, back: U64) -> tuple[I64, I64, U64]:
    """Return begin, end and hash of every word and of every mark that stands for one."""
    kinds = _kinds(codes)
    is_word, is_mark = kinds == _WORD, kinds == _MARK
    inner = np.flatnonzero((codes[1:-1] == _APOSTROPHE) & is_word[:-2] & is_word[2:]) + 1
    is_word[inner] = True
    is_mark[inner] = False
    before = np.concatenate(([False], is_word[:-1]))
    after = np.concatenate((is_word[1:], [False]))
    begin = np.flatnonzero((is_word & ~before) | is_mark)
    end = np.flatnonzero((is_word & ~after) | is_mark) + 1
    return begin, end, _ended((sums[end] - sums[begin]) * back[begin], end - begin)


_KNOWN = np.full(0x110000, -1, dtype=np.int8)  # filled as characters are met


def _kinds(codes: NDArray[np.uint32]) -> NDArray[np.int8]:
    kinds = _KNOWN[codes]
    if (kinds < 0).any():
        for code in np.unique(codes[kinds < 0]).tolist():
            _KNOWN[code] = _kind_of(code)
        kinds = _KNOWN[codes]
    return kinds


def _kind_of(code: int) -> int:
    if code in _STOPS:
        return _STOP
    category = unicodedata.category(chr(code))
    if category[0] in "LMN" or chr(code) in (LINK, MENTION, "_"):
        return _WORD
    return _MARK if category[0] in "SP" and chr(code) not in "'-#/*\\@`" else _GAP


def _negations() -> U64:
    entries = {entry.strip() for table in TABLES["negation"].values() for entry in table.split(",")}
    words = sorted(fold_arabic(entry.rstrip("*")) for entry in entries if " " not in entry)
    return hashes_of([word for word in words if word])


_NEGATIONS = np.sort(_negations())


def _negated(codes: NDArray[np.uint32], begin: I64, end: I64, hashes: U64) -> NDArray[np.bool_]:
    """Say of each word whether a negation stands up to three words before it, with no stop."""
    place = np.minimum(np.searchsorted(_NEGATIONS, hashes), len(_NEGATIONS) - 1)
    is_negation = (_NEGATIONS[place] == hashes) | _ends_in_nt(codes, begin, end)
    none = -1 - _REACH
    latest = np.maximum.accumulate(np.where(is_negation, np.arange(len(begin)), none))
    latest = np.concatenate(([none], latest))[:-1]
    stops = np.cumsum(_KNOWN[codes] == _STOP)[begin]
    is_near: NDArray[np.bool_] = (np.arange(len(begin)) - latest <= _REACH) & ~is_negation
    return is_near & (stops == stops[np.maximum(latest, 0)]) if len(begin) else is_near


def _ends_in_nt(codes: NDArray[np.uint32], begin: I64, end: I64) -> NDArray[np.bool_]:
    """Say of each word whether it ends in "n't"."""
    found: NDArray[np.bool_] = end - begin > len(_NT)
    for back, code in enumerate(reversed(_NT), start=1):
        found &= codes[end - back] == code
    return found


# ------------------------------------------------------------------------------ pieces


def _pieces(codes: NDArray[np.uint32], sums: U64, back: U64) -> tuple[I64, I64, U64]:
    """Return begin, end and mixed hash of the pieces of 2-5 characters; none reaches over a gap."""
    size = len(codes)
    is_gap = (codes == _SPACE) | (codes == _NUL)
    places = np.arange(size)
    gaps = np.minimum.accumulate(np.where(is_gap, places, size)[::-1])[::-1]
    reach = gaps[1:] - places[:-1]  # to the first gap after the first character
    starts: list[I64] = []
    hashes: list[U64] = []
    for length in PIECES:
        fits = reach[: size - length + 1] >= length - 1
        if length == 2:  # noqa: PLR2004  two gaps side by side are no piece
            fits &= ~(is_gap[:-1] & is_gap[1:])
        begin = np.flatnonzero(fits)
        lengths = np.full(len(begin), length)
        hashes.append(_ended((sums[begin + length] - sums[begin]) * back[begin], lengths))
        starts.append(begin)
    counts = [len(begin) for begin in starts]
    begins = np.concatenate(starts)
    return begins, begins + np.repeat(PIECES, counts), _scatter(np.concatenate(hashes))
