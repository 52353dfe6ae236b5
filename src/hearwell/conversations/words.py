"""The words that a message is found by: pure, the same for writing and for asking.

Words are folded (compatibility forms, case, Latin accents). Scripts that write without spaces
become pairs of neighbouring characters, plus the last one alone, so that any piece of two or more
characters is found, and a single one by its prefix. No dictionary, no stop words, no stemming:
a customer's wording is found as it stands, in any language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import regex

MAX_WORDS = 20_000
_MAX_LENGTH = 64
_WORD = regex.compile(r"[\w\p{M}]+")
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]+"
)
# Letters that have no accent to take off and are yet typed without.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_QUOTED = regex.compile(r'"([^"]{2,200})"')


def _folded(word: str) -> str:
    """Return the word without Latin accents (Müller = muller); other scripts keep their marks."""
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFD", word.translate(_LETTERS))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return bare if bare.isascii() else word


def _pairs(run: str, *, is_asked: bool) -> list[str]:
    """Return neighbouring characters; the last one alone, too, unless it is only asked for."""
    pairs = [a + b for a, b in pairwise(run)]
    return pairs if is_asked and pairs else [*pairs, run[-1]]


def _pieces(word: str, *, is_asked: bool) -> Iterable[str]:
    """Split a run of letters where an unspaced script begins or ends; pair up the unspaced."""
    if word.isascii():
        return (word,)
    parts: list[str] = []
    end = 0
    for match in _UNSPACED.finditer(word):
        parts += [word[end : match.start()], *_pairs(match[0], is_asked=is_asked)]
        end = match.end()
    return (_folded(part) for part in (*parts, word[end:]) if part)


def words(text: str, *, is_asked: bool = False) -> list[str]:
    """Return the distinct words of a text in order of appearance, at most MAX_WORDS."""
    normal = text if text.isascii() else unicodedata.normalize("NFKC", text)
    found: dict[str, None] = {}
    for word in _WORD.findall(normal.casefold()):
        for piece in _pieces(word, is_asked=is_asked):
            if piece:  # an accent on nothing (a macron between spaces) folds to nothing
                found[piece[:_MAX_LENGTH]] = None
        if len(found) >= MAX_WORDS:
            break
    return list(found)


def vector(*texts: str) -> str:
    """Return texts as the literal of a tsvector without positions."""
    # Words consist of letters, marks, digits and underscores: nothing in them needs escaping.
    return " ".join(f"'{word}'" for word in words("\n".join(texts)))


def query(text: str) -> str:
    """Return what somebody typed as the literal of a tsquery: all words, the last as a prefix.

    Empty if there is no word in it.
    """
    wanted = words(text, is_asked=True)
    typed_to_the_end = not text.endswith(" ")
    terms = [
        f"'{word}'"
        + (":*" if _is_open(word, is_last=typed_to_the_end and i == len(wanted)) else "")
        for i, word in enumerate(wanted, start=1)
    ]
    return " & ".join(terms)


def _is_open(word: str, *, is_last: bool) -> bool:
    """Say whether longer words count, too: a lone unspaced character, the word being typed."""
    is_unspaced = _UNSPACED.fullmatch(word) is not None
    return len(word) == 1 if is_unspaced else is_last


def phrases(text: str) -> list[str]:
    """Return what was put in double quotes, to be looked for as it stands (case aside)."""
    return [phrase.lower() for phrase in _QUOTED.findall(text)]
