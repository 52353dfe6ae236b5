"""Finds cues in a text: longest phrase first, in the languages the text may be in. Pure.

About 20 µs for a message of thirty words: a word costs a few dictionary look-ups, whatever the
number of cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import regex

from hearwell.triage import (
    cues,
    cues_arabic,
    cues_harm,
    cues_hindi,
    cues_law,
    cues_more,
    cues_near,
)
from hearwell.triage.cues import CueTable
from hearwell.triage.engine.text import fold_arabic

MEMORY = 50_000
_SHORTEST_STEM = 3
# What Arabic writes onto the next word: and, so, with the article; by, to; the article alone.
WRITTEN_ON: Final = (
    "\u0648\u0627\u0644",
    "\u0628\u0627\u0644",
    "\u0641\u0627\u0644",
    "\u0643\u0627\u0644",
    "\u0644\u0644",
    "\u0627\u0644",
    "\u0648",
    "\u0641",
    "\u0628",
    "\u0644",
    "\u0647",
)
_FILES: Final = (cues, cues_more, cues_arabic, cues_hindi, cues_harm, cues_law, cues_near)
# From the strongest: a phrase in two tables counts as the first of them.
_NAMES: Final = (
    "harmless", "danger", "safety", "spam", "trouble", "thanks", "praise", "prepurchase", "idea",
    "need", "chatter", "negation", "contrast", "pressing", "care", "today", "legal", "press",
    "fraud", "distant",
)  # fmt: skip


def _whole(name: str) -> CueTable:
    """Return the table of all files: language -> entries."""
    whole: dict[str, list[str]] = {}
    for file in _FILES:
        for language, entries in getattr(file, name.upper(), {}).items():
            whole.setdefault(language, []).append(entries)
    return {language: ",".join(entries) for language, entries in whole.items()}


TABLES: Final[dict[str, CueTable]] = {name: _whole(name) for name in _NAMES}
LANGUAGES: Final = frozenset(TABLES["trouble"])
# Arabic and Hindi in Latin letters share too many words with others to be looked for unasked.
_UNASKED: Final = tuple(sorted(name for name in LANGUAGES if "-" not in name))
# How soon and how grave, beside what: a word may be both.
SIDE: Final = frozenset({"pressing", "care", "today", "legal", "press", "fraud", "distant"})
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}_%]+(?:['\-][\p{L}\p{M}\p{N}]+)*")
_ASCII_TOKEN = re.compile(r"[a-z0-9_%]+(?:['\-][a-z0-9]+)*")
# Word -> the languages of which it is one of the commonest small words.
SMALL: Final[dict[str, tuple[str, ...]]] = {}
for _language, _words in _whole("small_words").items():
    for _word in filter(None, map(str.strip, _words.split(","))):
        SMALL[_word] = (*SMALL.get(_word, ()), _language)


def _asking() -> frozenset[str]:
    lists = (cues.ASKING, cues_arabic.ASKING, cues_hindi.ASKING)
    return frozenset(word.strip() for words in lists for word in fold_arabic(words).split(","))


ASKING: Final = _asking()


def is_near(words: Sequence[str], language: str) -> bool:
    """Say whether one of the words is of a writer who is concerned; where we know none, it is."""
    near = _NEAR.get(language, _NEAR_ANY)
    return language in _UNJUDGED or not near.isdisjoint(words)


def _near() -> dict[str, frozenset[str]]:
    english = cues_near.NEAR["en"]
    tables = {name: f"{words},{english}" for name, words in cues_near.NEAR.items()}
    return {
        name: frozenset(word.strip().rstrip("*") for word in fold_arabic(words).split(","))
        for name, words in tables.items()
    }


_NEAR: Final = _near()
_NEAR_ANY: Final = frozenset().union(*_NEAR.values())
_UNJUDGED: Final = frozenset({"ar-Latn", "hi-Latn", "hi"})


class Found(NamedTuple):
    """A cue in a text: what it shows, the words, and at which of the tokens it begins."""

    shows: str
    words: str
    at: int
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A cue of several words. Its last word may have any ending (`is_open`)."""

    words: tuple[str, ...]
    is_open: bool
    shows: tuple[str, ...]

    def is_at(self, words: Sequence[str], at: int) -> bool:
        """Say whether the text goes on like this after the first word, which is known to fit."""
        end = at + len(self.words) - 1
        if end >= len(words):
            return False
        last, wanted = words[end], self.words[-1]
        if last != wanted and not (self.is_open and last.startswith(wanted)):
            return False
        return end == at + 1 or tuple(words[at + 1 : end]) == self.words[1:-1]


class _Beginning(NamedTuple):
    """Phrases with one first word: by their second, longest first; and pairs of any ending."""

    goes_on: dict[str, list[_Phrase]]
    pairs: list[_Phrase]

    def at(self, words: Sequence[str], at: int) -> _Phrase | None:
        """Return the longest phrase that begins here."""
        if at + 1 >= len(words):
            return None
        for phrases in (self.goes_on.get(words[at + 1], ()), self.pairs):
            for phrase in phrases:
                if phrase.is_at(words, at):
                    return phrase
        return None


class _Lexicon:
    """Cues of some languages. What a word shows is remembered: a few words make up most texts."""

    def __init__(self, languages: Iterable[str]) -> None:
        exact, stems = _merged(languages)
        self._exact, self._stems = exact, stems
        self._longest = max(map(len, stems))
        self.known: dict[str, tuple[str, ...]] = {}
        self.phrases: dict[str, _Beginning] = {}
        for table, is_open in ((exact, False), (stems, True)):
            for entry, shows in table.items():
                first, *others = entry.split(" ")
                if others:
                    beginning = self.phrases.setdefault(first, _Beginning({}, []))
                    phrase = _Phrase((first, *others), is_open, shows)
                    is_pair = is_open and len(others) == 1
                    beginning.goes_on.setdefault("" if is_pair else others[0], []).append(phrase)
        for beginning in self.phrases.values():
            beginning.pairs.extend(beginning.goes_on.pop("", ()))
            for phrases in beginning.goes_on.values():
                phrases.sort(key=lambda phrase: (-len(phrase.words), phrase.is_open))

    def shown_by(self, word: str) -> tuple[str, ...]:
        """Return what a single word shows."""
        shows = self.known.get(word)
        if shows is None:
            shows = self._look_up(word)
            if len(self.known) < MEMORY:
                self.known[word] = shows
        return shows

    def _look_up(self, word: str) -> tuple[str, ...]:
        shows = self._entry_of(word)
        if not shows and "\u0620" <= word[0] <= "\u064a":
            bare = (word.removeprefix(prefix) for prefix in WRITTEN_ON if word.startswith(prefix))
            found = (self._entry_of(rest) for rest in bare if len(rest) >= _SHORTEST_STEM)
            shows = next(filter(None, found), ())
        return shows

    def _entry_of(self, word: str) -> tuple[str, ...]:
        if word in self._exact:
            return self._exact[word]
        lengths = range(min(len(word), self._longest), _SHORTEST_STEM - 1, -1)
        return next((self._stems[word[:n]] for n in lengths if word[:n] in self._stems), ())


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case; apostrophes and hyphens stay inside them."""
    lower = text.lower()
    if lower.isascii():
        return _ASCII_TOKEN.findall(lower)
    found: list[str] = _TOKEN.findall(fold_arabic(lower.replace("\u2019", "'")))
    return found


def language_of(words: Sequence[str]) -> str:
    """Return the language of Latin-script words, or '' where the small words do not decide."""
    votes: dict[str, int] = {}
    for word in words:
        for language in SMALL.get(word, ()):
            votes[language] = votes.get(language, 0) + 1
    if not votes:
        return ""
    ranked = sorted(votes.items(), key=lambda vote: -vote[1])
    best, count = ranked[0]
    is_clear = len(ranked) == 1 or count > ranked[1][1]
    return best if count >= 2 and is_clear else ""  # noqa: PLR2004  one small word is chance


def words_of_language(word: str) -> frozenset[str]:
    """Return the languages whose lists have this word by itself: what it may tell of a text."""
    return _words_by_language().get(word, frozenset())


@cache
def words_of_only(language: str) -> frozenset[str]:
    """Return the words that the lists of this language have, and those of no other."""
    known = _words_by_language()
    return frozenset(word for word, languages in known.items() if languages == {language})


@cache
def _words_by_language() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for table in (*TABLES.values(), _whole("small_words")):
        for language, entries in table.items():
            for entry in entries.split(","):
                word = entry.strip()
                if word and " " not in word and not word.endswith("*"):
                    found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


def cues_in(words: Sequence[str], language: str) -> list[Found]:
    """Return the cues of a text, those of its language and of English; of all if unknown."""
    lexicon = _lexicon(language if language in LANGUAGES else "")
    phrases, known = lexicon.phrases, lexicon.known
    found: list[Found] = []
    at = 0
    while at < len(words):
        word, length = words[at], 1
        beginning = phrases.get(word)
        whole = beginning.at(words, at) if beginning is not None else None
        if whole is not None:
            shows, length = whole.shows, len(whole.words)
        elif word in known:
            shows = known[word]
        else:
            shows = lexicon.shown_by(word)
        if shows:
            phrase = word if length == 1 else " ".join(words[at : at + length])
            found += [Found(what, phrase, at) for what in shows]
        at += length
    return found


@cache
def _lexicon(language: str) -> _Lexicon:
    return _Lexicon(dict.fromkeys([language, "en"]) if language else _UNASKED)


_Table = dict[str, tuple[str, ...]]


def _merged(languages: Iterable[str]) -> tuple[_Table, _Table]:
    """Return entries as they stand, and those with any ending, each with what it shows."""
    exact: _Table = {}
    stems: _Table = {}
    for shows, table in TABLES.items():
        for entry in _entries(table, languages):
            target, phrase = (stems, entry[:-1]) if entry.endswith("*") else (exact, entry)
            known = target.get(phrase, ())
            if not known or (shows in SIDE and shows not in known):
                target[phrase] = (*known, shows)
    return exact, stems


def _entries(table: CueTable, languages: Iterable[str]) -> list[str]:
    chosen = [fold_arabic(table.get(name, "")) for name in languages]
    entries = (entry.split() for text in chosen for entry in text.split(","))
    return [" ".join(words) for words in entries if words]
