"""Which topics a text is about: runs of words, found for a whole batch at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

import regex

from hearwell.triage.engine.text import visible

MOST_WORDS: Final = 6
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")

Phrase = tuple[str, ...]


def words_of(text: str) -> list[str]:
    """Return the words of a text, without case: letters, marks and digits, nothing else.

    As a reader sees them: what is invisible parts no word, and é is é however it was typed.
    """
    seen = text if text.isascii() else normalize("NFC", visible(text))
    return [word.casefold() for word in _WORD.findall(seen)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic as it is looked for: its name, its phrases, the language it is bound to."""

    name: str
    phrases: Sequence[str]
    language: str = ""


@dataclass(frozen=True)
class Matcher:
    """Looks for all topics of a workspace in one pass over a text's words.

    `by_phrase`: phrase -> [(topic, language)]. `lengths`: first word -> how many words phrases that
    begin with it have. So a word costs at most six looks, however many topics begin with it.
    """

    by_phrase: Mapping[Phrase, Sequence[tuple[str, str]]] = field(default_factory=dict)
    lengths: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def topics_of(self, text: str, language: str = "") -> list[str]:
        """Return the names of the topics that a text is about, each once, in their order there."""
        if not self.by_phrase:
            return []
        words, spoken = words_of(text), language.partition("-")[0].lower()
        met: dict[Phrase, None] = {}
        for at, word in enumerate(words):
            for length in self.lengths.get(word, ()):
                met[tuple(words[at : at + length])] = None
        return list(
            dict.fromkeys(
                name
                for phrase in met
                for name, bound in self.by_phrase.get(phrase, ())
                if not bound or not spoken or bound == spoken
            )
        )


def matcher_of(wanted: Iterable[Wanted]) -> Matcher:
    """Return a matcher; phrases without a word, and what is after their sixth, are left out."""
    table: dict[Phrase, dict[tuple[str, str], None]] = {}
    lengths: dict[str, set[int]] = {}
    for one in wanted:
        for text in one.phrases:
            phrase = tuple(words_of(text)[:MOST_WORDS])
            if phrase:
                table.setdefault(phrase, {})[one.name, one.language] = None
                lengths.setdefault(phrase[0], set()).add(len(phrase))
    return Matcher(
        {phrase: tuple(named) for phrase, named in table.items()},
        {word: tuple(sorted(known)) for word, known in lengths.items()},
    )
