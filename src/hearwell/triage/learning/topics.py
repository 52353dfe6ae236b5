"""Which topics a text is about: runs of words, found for a whole batch at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

MOST_WORDS: Final = 6
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")

Phrase = tuple[str, ...]


def words_of(text: str) -> list[str]:
    """Return the words of a text, without case: letters, marks and digits, nothing else."""
    return [word.casefold() for word in _WORD.findall(text)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic as it is looked for: its name, its phrases, the language it is bound to."""

    name: str
    phrases: Sequence[str]
    language: str = ""


@dataclass(frozen=True)
class Matcher:
    """Looks for all topics of a workspace in one pass over a text's words.

    `by_first`: first word -> (the whole phrase, topic, language), so that a text costs one look a
    word however many topics there are.
    """

    by_first: Mapping[str, Sequence[tuple[Phrase, str, str]]] = field(default_factory=dict)

    def topics_of(self, text: str, language: str = "") -> list[str]:
        """Return the names of the topics that a text is about, each once, in their order there."""
        if not self.by_first:
            return []
        words, spoken = words_of(text), language.partition("-")[0].lower()
        found: dict[str, None] = {}
        for at, word in enumerate(words):
            for phrase, name, bound in self.by_first.get(word, ()):
                fits = not bound or not spoken or bound == spoken
                if fits and tuple(words[at : at + len(phrase)]) == phrase:
                    found[name] = None
        return list(found)


def matcher_of(wanted: Iterable[Wanted]) -> Matcher:
    """Return a matcher; phrases without a word, and what is after their sixth, are left out."""
    table: dict[str, list[tuple[Phrase, str, str]]] = {}
    for one in wanted:
        for text in one.phrases:
            phrase = tuple(words_of(text)[:MOST_WORDS])
            if phrase:
                table.setdefault(phrase[0], []).append((phrase, one.name, one.language))
    return Matcher(table)
