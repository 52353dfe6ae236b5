"""Which story is it? Near-copies of one text, and words that many say now and nobody said before.

The key of a text has 64 bits (M. Charikar, STOC 2002) over its words and pairs of words; texts
whose keys differ in few bits are copies. Pure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from math import log2, sqrt
from typing import Final

from hearwell.spikes.rules import Story

MOST_READ: Final = 600
_BITS: Final = 64
# About five sixths of the words and pairs are the same.
COPY_BITS: Final = 12
_LONGEST: Final = 2000
_MOST_WORDS: Final = 5
_LEAST_SAYING: Final = 3
_TIMES_MORE, _Z = 3.0, 3.0
# With less to compare, only long words are taken for words of a story.
_LEAST_BEFORE: Final = 20
_LONG_WORD: Final = 5
_SHORTEST: Final = 3
_TOGETHER: Final = 0.5
_ASIDE = re.compile(r"https?://\S+|[@]\w[\w.\-@]*|\bRT\b:?", re.UNICODE)
# Scripts that put no spaces between words are read in pairs of characters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Said:
    """A message, as far as stories need it."""

    text: str
    author: str


def words_of(text: str) -> list[str]:
    """Return the words of a text, without links, names and numbers' differences."""
    plain = _ASIDE.sub(" ", text[:_LONGEST]).casefold()
    pairs = [
        run[at : at + 2] for run in _UNSPACED.findall(plain) for at in range(max(1, len(run) - 1))
    ]
    found = _WORD.findall(_UNSPACED.sub(" ", plain))
    return ["0" if word.isdigit() else word for word in found] + pairs


@lru_cache(maxsize=65_536)
def _hash(piece: str) -> int:
    return int.from_bytes(blake2b(piece.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def key_of(words: Sequence[str]) -> int:
    """Return the 64-bit key of a text; texts that are almost the same have almost the same."""
    pieces = Counter(words) + Counter(" ".join(pair) for pair in pairwise(words))
    sums = [0] * _BITS
    for piece, weight in pieces.items():
        bits = _hash(piece)
        for place in range(_BITS):
            sums[place] += weight if bits >> place & 1 else -weight
    return sum(1 << place for place, total in enumerate(sums) if total > 0)


def copies(keys: Sequence[int | None]) -> list[int]:
    """Return for each text the position of the first of which it is a copy: itself, if of none.

    A text without a key (a picture, an emoji) is nobody's copy.
    """
    firsts: dict[int, int] = {}
    found = []
    for place, key in enumerate(keys):
        if key is not None and key not in firsts:
            close = (at for known, at in firsts.items() if (key ^ known).bit_count() <= COPY_BITS)
            firsts[key] = next(close, place)
        found.append(place if key is None else firsts[key])
    return found


def voices(authors: Iterable[str], of: Iterable[int]) -> int:
    """Count people; of those who repeat one text, one and the logarithm of the rest.

    Five hundred who pass on the same words are ten voices: more than one, far from five hundred.
    """
    groups: dict[int, set[str]] = defaultdict(set)
    for author, group in zip(authors, of, strict=True):
        groups[group].add(author)
    alone = {next(iter(people)) for people in groups.values() if len(people) == 1}
    many = sum(1 + log2(len(people)) for people in groups.values() if len(people) > 1)
    return len(alone) + int(many)


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages read once: their words as sets, and of which text each is a copy."""

    said: tuple[Said, ...]
    words: tuple[frozenset[str], ...]
    copy_of: tuple[int, ...]

    @property
    def distinct(self) -> int:
        """How many different texts there are."""
        return len(set(self.copy_of))


def read(said: Sequence[Said]) -> Reading:
    """Read messages, in the order in which they were said."""
    words = [words_of(one.text) for one in said]
    keys = [key_of(one) if one else None for one in words]
    return Reading(tuple(said), tuple(frozenset(one) for one in words), tuple(copies(keys)))


def telling_words(
    now: Sequence[frozenset[str]], before: Sequence[frozenset[str]]
) -> dict[str, float]:
    """Return words that are said far more often than before, with how telling each is."""
    counted = Counter(word for words in now for word in words)
    earlier = Counter(word for words in before for word in words)
    n, m = len(now), len(before)
    found: dict[str, float] = {}
    for word, count in counted.items():
        if count < _LEAST_SAYING or not _says_something(word):
            continue
        if m < _LEAST_BEFORE:
            if len(word) >= _LONG_WORD:
                found[word] = count * 1.0
            continue
        share, was = count / n, (earlier[word] + 0.5) / (m + 1)
        pooled = (count + earlier[word] + 0.5) / (n + m + 1)
        z = (share - was) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m) + 1e-9)
        if share >= _TIMES_MORE * was and z >= _Z:
            found[word] = count * log2(share / was)
    return found


def _says_something(word: str) -> bool:
    """Leave out numbers and the shortest words; in scripts without spaces, two signs say much."""
    return word != "0" and (len(word) >= _SHORTEST or not word.isascii())


def story_of(
    reading: Reading, before: Sequence[frozenset[str]], among: Sequence[int] | None = None
) -> Story | None:
    """Return the story that most tell, of all messages or those at the positions `among`."""
    places = list(range(len(reading.said))) if among is None else list(among)
    if not places:
        return None
    by_words = _told_in_words(reading, before, places)
    by_copies = _told_in_copies(reading, places)
    found = [story for story in (by_words, by_copies) if story]
    return max(found, key=lambda story: (story.voices, len(story.places)), default=None)


def _told_in_words(
    reading: Reading, before: Sequence[frozenset[str]], places: Sequence[int]
) -> Story | None:
    # A text that is copied a hundred times says its words once.
    firsts = list({reading.copy_of[place]: place for place in reversed(places)}.values())
    telling = telling_words([reading.words[place] for place in firsts], before)
    if not telling:
        return None
    seed = max(telling, key=lambda word: (telling[word], word))
    holding = [place for place in firsts if seed in reading.words[place]]
    together = Counter(
        word for place in holding for word in reading.words[place] if word in telling
    )
    at_least = max(_LEAST_SAYING, _TOGETHER * len(holding))
    chosen = [word for word, count in together.items() if count >= at_least or word == seed]
    chosen.sort(key=lambda word: (-telling[word], word))
    words = tuple(chosen[:_MOST_WORDS])
    if len(words) == 1 and seed.isascii() and len(seed) < _LONG_WORD:
        return None  # "have" alone is no story
    others = set(words) - {seed}
    told = [
        place
        for place in places
        if seed in reading.words[place] or len(others & reading.words[place]) > 1
    ]
    return _story(reading, words, told)


def _told_in_copies(reading: Reading, places: Sequence[int]) -> Story | None:
    groups: dict[int, list[int]] = defaultdict(list)
    for place in places:
        groups[reading.copy_of[place]].append(place)
    largest = max(groups.values(), key=len)
    if len(largest) < _LEAST_SAYING:
        return None
    rare = sorted(reading.words[largest[0]], key=lambda word: (-len(word), word))
    return _story(reading, tuple(rare[:_MOST_WORDS]), largest)


def _story(reading: Reading, words: tuple[str, ...], places: Sequence[int]) -> Story:
    authors = [reading.said[place].author for place in places]
    groups = [reading.copy_of[place] for place in places]
    return Story(
        words=words,
        voices=voices(authors, groups),
        people=len(set(authors)),
        copies=len(places) - len(set(groups)),
        places=tuple(places),
    )
