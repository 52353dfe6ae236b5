"""The words that a message is found by: pure, the same for writing and for asking.

Words are folded (compatibility forms, case, Latin accents). Scripts that write without spaces
become pairs of neighbouring characters, plus the last one alone, so that any piece of two or more
characters is found, and a single one by its prefix. No dictionary, no stop words, no stemming:
a customer's wording is found as it stands, in any language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise

import regex

MAX_WORDS = 20_000
_MAX_LENGTH = 64
_WORD = regex.compile(r"[\w\p{M}]+")
_SCRIPTS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"
_UNSPACED = regex.compile(rf"[{_SCRIPTS}]+")
_PIECE = regex.compile(rf"[{_SCRIPTS}]+|[^{_SCRIPTS}]+")
# Letters that have no accent to take off and are yet typed without.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# In this order: something in double quotes, perhaps refused; a word that is refused.
_SPECIAL = regex.compile(r'(?:(?<!\S)(-))?"([^"]{2,200})"|(?<!\S)-([\w\p{M}][^\s"]*)')


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


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody typed, taken apart.

    `terms` is the literal of a tsquery, empty where no word is asked for. `phrases` must stand
    there as typed, `unwanted` must not (case aside). `wanted` are the words to be marked in what is
    found, each with whether a longer word counts, too.
    """

    terms: str = ""
    phrases: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    wanted: tuple[tuple[str, bool], ...] = ()


def asked(text: str) -> Question:
    """Read a question: all words, the last as a prefix, "as it stands", -without, -"nor this".

    A minus counts only before a word and after a space: "e-mail" is two words.
    """
    phrases: list[str] = []
    unwanted: list[str] = []
    refused: list[str] = []
    plain, end = "", 0
    for match in _SPECIAL.finditer(text):
        between = text[end : match.start()]
        plain, end = f"{plain}{between} ", match.end()
        minus, phrase, word = match.groups()
        if word:
            refused.append(_refusal(word))
        elif minus:
            unwanted.append(phrase.lower())
        else:
            phrases.append(phrase.lower())
    rest = text[end:]
    plain += rest
    is_open = bool(rest) and not rest[-1].isspace()
    loose, strict = words(plain, is_asked=True), words(" ".join(phrases), is_asked=True)
    # What is quoted is there in full; what is being typed may go on.
    wanted = dict.fromkeys(strict, False)
    for i, word in enumerate(loose, start=1):
        wanted.setdefault(word, _is_open(word, is_last=is_open and i == len(loose)))
    terms = [f"'{word}'" + (":*" if is_prefix else "") for word, is_prefix in wanted.items()]
    if not terms:
        return Question()
    return Question(
        " & ".join([*terms, *filter(None, refused)]),
        tuple(phrases),
        tuple(unwanted),
        tuple(wanted.items()),
    )


def _refusal(word: str) -> str:
    """Return the terms that say: not this word."""
    parts = [f"'{part}'" for part in words(word, is_asked=True)]
    return f"!({' & '.join(parts)})" if parts else ""


def query(text: str) -> str:
    """Return what somebody typed as the literal of a tsquery; empty if no word is asked for."""
    return asked(text).terms


def _is_open(word: str, *, is_last: bool) -> bool:
    """Say whether longer words count, too: a lone unspaced character, the word being typed."""
    is_unspaced = _UNSPACED.fullmatch(word) is not None
    return len(word) == 1 if is_unspaced else is_last


def phrases(text: str) -> list[str]:
    """Return what was put in double quotes, to be looked for as it stands (case aside)."""
    return list(asked(text).phrases)


def excerpt(
    text: str, question: Question, length: int = 160, before: int = 24
) -> list[tuple[str, bool]]:
    """Cut the part of a text that was looked for, as pieces that say whether each is a hit.

    Empty if nothing of the question stands in it (a name was found, say).
    """
    hits = _hits(text, question)
    if not hits:
        return []
    start = max(0, hits[0][0] - before)
    if start:
        start = text.find(" ", start, hits[0][0]) + 1 or start
    stop = start + length
    pieces = [("…", False)] if start else []
    at = start
    for begin, end in hits:
        if begin >= stop:
            break
        pieces += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    pieces.append((text[at:stop], False))
    if stop < len(text):
        pieces.append(("…", False))
    return [(" ".join(piece.split("\n")), is_hit) for piece, is_hit in pieces if piece]


def _hits(text: str, question: Question) -> list[tuple[int, int]]:
    """Return where the words of a question stand in a text, in order, without overlaps."""
    whole = {word for word, is_open in question.wanted if not is_open}
    begun = tuple(word for word, is_open in question.wanted if is_open)
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        found += _within(match[0], match.start(), whole, begun)
    merged: list[tuple[int, int]] = []
    for begin, end in found:
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def _within(
    run: str, at: int, whole: Collection[str], begun: tuple[str, ...]
) -> list[tuple[int, int]]:
    """Return the hits in one run of letters: of an unspaced script its pairs, else the word."""
    normal = unicodedata.normalize("NFKC", run).casefold()
    if len(normal) != len(run) or not _UNSPACED.search(normal):
        is_hit = any(piece in whole or piece.startswith(begun) for piece in words(run))
        return [(at, at + len(run))] if is_hit else []
    found = []
    for match in _PIECE.finditer(normal):
        if _UNSPACED.fullmatch(match[0]):
            pairs = [(i, match[0][i : i + 2]) for i in range(len(match[0]))]
            found += [
                (at + match.start() + i, at + match.start() + i + (2 if pair in whole else 1))
                for i, pair in pairs
                if pair in whole or (begun and pair.startswith(begun))
            ]
        elif (piece := _folded(match[0])) in whole or piece.startswith(begun):
            found.append((at + match.start(), at + match.end()))
    return found
