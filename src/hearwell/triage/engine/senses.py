"""What the words of a batch speak of, whatever their language. Pure.

The words of the files ``senses_*`` are kept as their hashes. A word is looked up as
it stands, as its first 3 to 8 characters (a stem with any ending), together with the next one, and
from an apostrophe on ("l'agent"): all of a batch in one search. Words of a language that the text
is known not to be in do not count; where its language is unknown all do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hearwell.triage import senses_judging, senses_talk, senses_trade, senses_wants
from hearwell.triage.engine.grams import I64, U64, Grams, hashes_of
from hearwell.triage.engine.text import normalise

_TABLES: Final = (
    senses_talk.SENSES | senses_judging.SENSES | senses_wants.SENSES | senses_trade.SENSES
)
SENSES: Final[tuple[str, ...]] = tuple(_TABLES)
_LANGUAGES: Final = tuple(sorted({name for table in _TABLES.values() for name in table}))
_ANY: Final = (1 << len(_LANGUAGES)) - 1
_ENGLISH: Final = 1 << _LANGUAGES.index("en")  # customers of all languages use its words
_LONGEST: Final = 8  # characters of a stem that count
_STEMS: Final = np.arange(3, _LONGEST + 1)
_STEM_MARK: Final = np.uint64(0x5851F42D4C957F2D)  # a stem is not the word of the same letters
_APOSTROPHE, _BEFORE_IT = 39, 4  # characters at most that are written onto a word before one
_MANY: Final = 3
# What Arabic writes onto the next word: and, the, by, to, so.
_WRITTEN_ON: Final = ("", "و", "ال", "وال", "بال", "لل", "ب", "ل", "ف", "فال")


class _Lexicon(NamedTuple):
    """Entry i speaks of ``sense[i]`` in the languages of the bits ``spoken[i]``; keys ascend."""

    key: U64
    sense: I64
    spoken: I64


def senses_of(grams: Grams, languages: Sequence[str]) -> NDArray[np.float32]:
    """Return float32 [n, len(SENSES)]: 0 where nothing speaks of it, 0.5, 0.75, 1 for 1, 2, more.

    languages: of each of the n messages as the rules read it, "" unknown. Some 10 µs each.
    """
    keys, message = _asked(grams)
    heard = np.array([_bits(name) for name in languages], dtype=np.int64)
    known = _lexicon()
    first = np.searchsorted(known.key, keys, "left")
    many = np.searchsorted(known.key, keys, "right") - first
    hit = np.flatnonzero(many)
    many = many[hit]
    within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    entry, of = np.repeat(first[hit], many) + within, np.repeat(message[hit], many)
    counts = (known.spoken[entry] & heard[of]) > 0
    size = len(languages) * len(SENSES)
    place = of[counts] * len(SENSES) + known.sense[entry[counts]]
    found = np.minimum(np.bincount(place, minlength=size), _MANY).reshape(-1, len(SENSES))
    return np.where(found, (found + 1) / (_MANY + 1), 0.0).astype(np.float32)


def _bits(language: str) -> int:
    return 1 << _LANGUAGES.index(language) | _ENGLISH if language in _LANGUAGES else _ANY


def _asked(grams: Grams) -> tuple[U64, I64]:
    """Return all keys that the words of a batch may be known by, and whose message each is of."""
    words = grams.words
    of = grams.message[: len(words.begin)]
    pairs = np.flatnonzero(of[1:] == of[:-1])
    paired = _paired(words.hashes[pairs], words.hashes[pairs + 1])
    begin, end, within = _after_apostrophes(grams)
    begins, ends = np.concatenate((words.begin, begin)), np.concatenate((words.end, end))
    message = np.concatenate((of, of[within]))
    stops = begins[:, None] + _STEMS
    long, length = np.nonzero(stops <= ends[:, None])
    rest = words.hashes_of(
        np.concatenate((begin, begins[long])), np.concatenate((end, stops[long, length]))
    )
    rest[len(begin) :] ^= _STEM_MARK
    keys = np.concatenate((words.hashes, paired, rest))
    return keys, np.concatenate((of, of[pairs], message[len(of) :], message[long]))


def _after_apostrophes(grams: Grams) -> tuple[I64, I64, I64]:
    """Return begin, end and word of what stands after an apostrophe near a word's beginning."""
    words = grams.words
    place = np.flatnonzero(grams.codes == _APOSTROPHE)
    place = place[words.at(place) >= 0]
    of = words.at(place)
    inside = (place < words.end[of] - 1) & (place - words.begin[of] < _BEFORE_IT)
    return place[inside] + 1, words.end[of[inside]], of[inside]


def _paired(first: U64, second: U64) -> U64:
    return first * np.uint64(3) + second


# ------------------------------------------------------------------------------ the lexicon


@cache
def _lexicon() -> _Lexicon:
    """Return the tables by hash. Some 60 ms, once."""
    spoken_in: dict[tuple[str, int, bool], int] = {}
    for word, of, bit, is_stem in _entries():
        spoken_in[word, of, is_stem] = spoken_in.get((word, of, is_stem), 0) | bit
    entries = sorted(spoken_in)
    parts = [entry.partition(" ") for entry, _, _ in entries]
    first = hashes_of([one for one, _, _ in parts])
    second = hashes_of([two or one for one, _, two in parts])
    key = np.where([bool(two) for _, _, two in parts], _paired(first, second), first)
    key = np.where([is_stem for _, _, is_stem in entries], key ^ _STEM_MARK, key)
    order = np.argsort(key, kind="stable")
    sense = np.array([of for _, of, _ in entries], dtype=np.int64)
    spoken = np.array([spoken_in[entry] for entry in entries], dtype=np.int64)
    return _Lexicon(key[order], sense[order], spoken[order])


def _entries() -> Iterator[tuple[str, int, int, bool]]:
    """Yield word or pair, sense, language and whether any ending may follow, for each spelling."""
    for sense, table in enumerate(_TABLES.values()):
        for language, text in table.items():
            bit = 1 << _LANGUAGES.index(language)
            for entry in filter(None, map(str.strip, text.split(","))):
                words = normalise(entry.rstrip("*").replace("-", " "))
                is_stem = entry.endswith("*")
                for word in _spellings(words, language):
                    yield (word[:_LONGEST] if is_stem else word), sense, bit, is_stem


def _spellings(words: str, language: str) -> Iterator[str]:
    """Yield the ways to type it: with accents and without, Arabic with what is written onto it."""
    yield words
    apart = unicodedata.normalize("NFD", words.replace("ß", "ss").replace("œ", "oe"))
    yield "".join(sign for sign in apart if not unicodedata.combining(sign))
    if language == "de":
        yield words.translate(_UMLAUTS)
    if language == "ar" and " " not in words:
        yield from (before + words for before in _WRITTEN_ON)


_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
