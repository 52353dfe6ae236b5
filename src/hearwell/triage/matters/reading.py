"""Finds in the words of a text the matters it speaks of, and the alarms that they raise. Pure.

One look-up a word, remembered; a phrase is tried only where its rarest word stands. So a message
of twenty words costs some microseconds, whatever the number of entries, and a text cannot be made
that costs more than its words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from hearwell.triage.cues_near import HARMLESS
from hearwell.triage.engine.text import fold_arabic
from hearwell.triage.lexicon import WRITTEN_ON
from hearwell.triage.matters.tables import classes, entries, rules

REACH: Final = 16  # words from the first to the last of what belongs together
MEMORY: Final = 50_000
_LONG = 8  # letters: from here on a word of another language is hardly one of ours by chance
_FAIR = 4  # letters, where no language is known
_SHORTEST_STEM = 3
_LONGEST_WORD = 40  # letters: what is longer is none
_WELL_KNOWN = 9  # letters: from here on a slip of one letter leaves it recognisable
_BEGINS = 4  # letters
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_HARMLESS_BIT: Final = 1 << classes().index("harmless")
# What Arabic writes onto the next word; of some regions also "on the" and "this".
_WRITTEN_ON: Final = ("\u0639\u0627\u0644", "\u0647\u0627\u0644", *WRITTEN_ON, "\u0639")


class Hit(NamedTuple):
    """A word or phrase: which classes (bits), at which tokens ``[begin, end)``."""

    begin: int
    end: int
    mask: int


class Raised(NamedTuple):
    """An alarm: its name, the words that raised it together, and where the first stands."""

    name: str
    words: str
    at: int


class _Phrase(NamedTuple):
    """Words in a row. Looked for where the anchor stands, if the neighbour stands beside it.

    is_open: the last word may have any ending. neighbour: "" where it may be many words.
    """

    words: tuple[str, ...]
    is_open: bool
    anchor: int
    mask: int
    beside: int
    neighbour: str

    def at(self, words: Sequence[str], place: int) -> Hit | None:
        begin = place - self.anchor
        end = begin + len(self.words)
        if begin < 0 or end > len(words):
            return None
        *first, last = self.words
        is_end = words[end - 1] == last or (self.is_open and words[end - 1].startswith(last))
        return Hit(begin, end, self.mask) if is_end and words[begin : end - 1] == first else None


class _Known(NamedTuple):
    """What a single word says: its bits, and the phrases that may stand around it."""

    mask: int
    phrases: tuple[_Phrase, ...]


_NOTHING: Final = _Known(0, ())


def _entries() -> Iterator[tuple[str, str, int]]:
    """Yield every entry of the tables: its language, the entry, its class as a bit."""
    for name, phrases in HARMLESS.items():
        for phrase in phrases.split(","):
            yield name, fold_arabic(" ".join(phrase.lower().split())), _HARMLESS_BIT
    for name, table in entries().items():
        for bit, label in enumerate(classes()):
            for entry in table.get(label, ()):
                yield name, fold_arabic(entry.lower()), 1 << bit


class _Phrases:
    """All phrases by their anchor: none is a word of another language by chance."""

    def __init__(self) -> None:
        self._exact: dict[str, list[_Phrase]] = {}
        self._open: dict[str, list[_Phrase]] = {}
        for _, entry, mask in _entries():
            if " " in entry:
                self._add(entry, mask)
        self._open_lengths = sorted(set(map(len, self._open)))

    def __contains__(self, word: str) -> bool:
        return word in self._exact

    def _add(self, entry: str, mask: int) -> None:
        words = tuple(map(sys.intern, entry.rstrip("*").split(" ")))
        is_open = entry.endswith("*")
        anchor = max(range(len(words)), key=lambda at: len(words[at]))
        beside = -1 if anchor else 1
        neighbour = "" if is_open and anchor + beside == len(words) - 1 else words[anchor + beside]
        phrase = _Phrase(words, is_open, anchor, mask, beside, neighbour)
        is_stem = is_open and anchor == len(words) - 1
        (self._open if is_stem else self._exact).setdefault(words[anchor], []).append(phrase)

    def at(self, word: str) -> tuple[_Phrase, ...]:
        """Return the phrases that may stand where this word does."""
        opened = (self._open.get(word[:length], ()) for length in self._open_lengths)
        return (*self._exact.get(word, ()), *(phrase for some in opened for phrase in some))


@cache
def _phrases() -> _Phrases:
    return _Phrases()


class _Words:
    """The entries that count in one language: its own, and of others phrases and long words.

    Of none that is known, all.
    """

    def __init__(self, language: str) -> None:
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._inside: list[tuple[str, int]] = []
        self._phrases = _phrases()
        self.remembered: dict[str, _Known] = {}
        self.drawn_out: dict[str, str] = {}
        for name, entry, mask in _entries():
            if " " not in entry and self._counts(name, entry, mask, language):
                self._add(entry, mask)
        self._longest = max(map(len, self._stems), default=0)
        entries_ = (*self._exact, *self._stems)
        self._beginnings = {one[:_BEGINS] for one in entries_ if len(one) > _LONG - 2}

    @staticmethod
    def _counts(name: str, entry: str, mask: int, language: str) -> bool:
        if mask == _HARMLESS_BIT:
            return name in (language, "en")
        least = 0 if name == language else _LONG if language else 0 if name == "en" else _FAIR
        bare = entry.strip("*")
        return len(bare) >= least or not bare.isascii()

    def _add(self, entry: str, mask: int) -> None:
        if entry.startswith("*"):
            self._inside.append((entry.strip("*"), mask))
        elif entry.endswith("*"):
            self._stems[entry[:-1]] = self._stems.get(entry[:-1], 0) | mask
        else:
            self._exact[entry] = self._exact.get(entry, 0) | mask

    def known(self, word: str) -> _Known:
        """Return what a word says, and remember it."""
        found = self.remembered.get(word)
        if found is None:
            found = self._look_up(word)
            if len(self.remembered) < MEMORY:
                self.remembered[word] = found
        return found

    def _look_up(self, word: str) -> _Known:
        if len(word) > _LONGEST_WORD:
            return _NOTHING
        if _DRAWN_OUT.search(word) and len(self.drawn_out) < MEMORY:
            self.drawn_out[word] = self._plain(word)
        mask = 0
        for form in dict.fromkeys(_forms(word)):
            mask |= self._mask(form)
        phrases = self._phrases.at(word)
        if not mask and not phrases and len(word) >= _WELL_KNOWN and word.isalpha():
            mask = next((found for one in self._slips(word) if (found := self._meant(one))), 0)
        return _Known(mask, phrases) if mask or phrases else _NOTHING

    def _slips(self, word: str) -> Iterator[str]:
        """Yield what was meant if a slip was made, where an entry begins so at all."""
        begins = word[:_BEGINS] in self._beginnings
        for at, one in _slips(word):
            if begins if at > _BEGINS else one[:_BEGINS] in self._beginnings:
                yield one

    def _meant(self, word: str) -> int:
        """Return what a word says if an entry has most of it."""
        stems = (self._stems.get(word[:length], 0) for length in range(len(word), _LONG - 2, -1))
        return self._exact.get(word, 0) or next(filter(None, stems), 0)

    def _plain(self, word: str) -> str:
        """Return a drawn-out word with two of the letter if the lists have that, else with one."""
        twice, once = _DRAWN_OUT.sub(r"\1\1", word), _DRAWN_OUT.sub(r"\1", word)
        return twice if self._mask(twice) or twice in self._phrases else once

    def _mask(self, word: str) -> int:
        mask = self._exact.get(word, 0)
        for length in range(min(len(word), self._longest), _SHORTEST_STEM - 1, -1):
            mask |= self._stems.get(word[:length], 0)
        for part, bits in self._inside:
            if part in word:
                mask |= bits
        return mask


def _forms(word: str) -> Iterator[str]:
    """Yield a word as it may stand in the list: bare of what is written onto it."""
    yield word
    for mark in ("'", "-"):
        if mark in word:
            yield from word.split(mark)
    if "\u0620" <= word[0] <= "\u064a":
        yield from (
            word.removeprefix(one)
            for one in _WRITTEN_ON
            if word.startswith(one) and len(word) - len(one) >= _SHORTEST_STEM
        )


def _slips(word: str) -> Iterator[tuple[int, str]]:
    """Yield what was meant if two letters changed places, or one is too many, and at which."""
    for at in range(1, len(word)):
        yield at, word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        yield at, word[:at] + word[at + 1 :]


@cache
def _words(language: str) -> _Words:
    return _Words(language)


_LANGUAGES: Final = frozenset(entries())


def matters_in(words: Sequence[str], language: str) -> list[Hit]:
    """Return what a text speaks of, in its order; what an everyday phrase hides is left out."""
    table = _words(language if language in _LANGUAGES else "")
    remembered, look_up = table.remembered, table.known
    found: list[Hit] = []
    is_hidden, size = 0, len(words)
    for at, word in enumerate(words):
        known = remembered.get(word) or look_up(word)
        if known is _NOTHING:
            continue
        mask, phrases = known
        is_hidden |= mask & _HARMLESS_BIT
        if mask:
            found.append(Hit(at, at + 1, mask))
        for phrase in phrases:
            beside = at + phrase.beside
            if phrase.neighbour and (beside == size or words[beside] != phrase.neighbour):
                continue
            hit = phrase.at(words, at)
            if hit is not None:
                is_hidden |= hit.mask & _HARMLESS_BIT
                found.append(hit)
    if table.drawn_out and not table.drawn_out.keys().isdisjoint(words):
        return matters_in([table.drawn_out.get(word, word) for word in words], language)
    return _meant(found) if is_hidden else found


def _meant(found: Sequence[Hit]) -> list[Hit]:
    hidden = {at for hit in found if hit.mask & _HARMLESS_BIT for at in range(hit.begin, hit.end)}
    return [hit for hit in found if hidden.isdisjoint(range(hit.begin, hit.end))]


@lru_cache(maxsize=MEMORY)
def _possible(mask: int) -> tuple[int, ...]:
    """Return which rules these classes would meet."""
    return tuple(at for at, rule in enumerate(rules()) if rule.mask & mask == rule.mask)


def told_by(hits: Sequence[Hit]) -> int:
    """Return the bits of all classes that a text speaks of."""
    told = 0
    for hit in hits:
        told |= hit.mask
    return told


def raised_by(words: Sequence[str], hits: Sequence[Hit]) -> list[Raised]:
    """Return the alarms that matters near each other raise, one of each name."""
    found: dict[str, Raised] = {}
    for at in _possible(told_by(hits)):
        rule = rules()[at]
        if rule.raises not in found:
            together = _together(hits, rule.mask)
            if together:
                said = " … ".join(" ".join(words[hit.begin : hit.end]) for hit in together)
                found[rule.raises] = Raised(rule.raises, said, together[0].begin)
    return list(found.values())


def _together(hits: Sequence[Hit], wanted: int) -> list[Hit]:
    """Return the hits, in their order, that show all of these classes within reach; else none."""
    telling = [hit for hit in hits if hit.mask & wanted]
    for first, hit in enumerate(telling):
        missing, chosen = wanted, list[Hit]()
        for other in telling[first:]:
            if other.begin >= hit.begin + REACH:
                break
            if met := other.mask & missing:
                missing &= ~(met & -met)  # one word stands for one class
                chosen.append(other)
            if not missing:
                return chosen
    return []
