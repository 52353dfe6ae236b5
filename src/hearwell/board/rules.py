"""What a status update is found by, what is too much to find, and which text was told: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from unicodedata import normalize

import regex

from hearwell.conversations.words import words

MOST_ENTITIES: Final = 20
LONGEST_ENTITY: Final = 60
# Of the words of a suggested reply so many stand in what was sent, else it was another reply.
TOLD_FROM: Final = 0.6
_FEWEST_WORDS: Final = 4
_ALIKE: Final = str.maketrans("\u0130\u03a3\u03c2", "i\u03c3\u03c3", "\u0307")
# The same of a text, as SQL; most are ASCII alone, and for those all but the capitals is dear.
FOLDED: Final = """CASE WHEN octet_length({0}) = length({0}) THEN lower({0}) ELSE
    lower(translate(normalize({0}, NFKC), '\u0130\u03a3\u03c2\u0307', 'i\u03c3\u03c3')) END"""
_RUNS: Final = regex.compile(r"\p{N}+|[\p{L}\p{M}]+")
# Scripts that write without spaces: there is no edge of a word to look for.
_UNSPACED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
BETWEEN: Final = "[-\u2010\u2013./#[:space:]]{0,2}"
BEGIN: Final = "(?<![[:alnum:]])"
END: Final = "(?![[:alnum:]])"


class NothingNamedError(ValueError):
    """Not a letter and not a digit: nothing could be found by it."""


def _in_small_letters(written: str) -> str:
    # Letter by letter, as PostgreSQL does (FOLDED): Python makes two of an İ, and ends in another
    # sigma than a text in capitals that goes on.
    plain = normalize("NFKC", written).translate(_ALIKE)
    return "".join(letter.lower() for letter in plain)


def _runs(written: str) -> list[str]:
    found: list[str] = _RUNS.findall(_in_small_letters(written))
    if not found:
        raise NothingNamedError(written)
    return found


def key_of(written: str) -> str:
    """Return how something named is compared: "NW 482", "nw-482" and "NW482" are the same.

    Raises NothingNamedError.
    """
    return "".join(_runs(written))


def pattern_of(written: str) -> str:
    """Return a regular expression of PostgreSQL that finds it, whole, in a text in small letters.

    What stands between letters and digits or between words may be a space, a hyphen, or nothing;
    "NW 482" is not found in "NW 4821". Raises NothingNamedError.
    """
    runs = _runs(written)
    begin = "" if _UNSPACED.match(runs[0]) else BEGIN
    end = "" if _UNSPACED.match(runs[-1][-1]) else END
    return f"{begin}{BETWEEN.join(runs)}{end}"


def entities_in(text: str) -> list[str]:
    """Return what somebody typed, apart by commas or lines, each thing once.

    Raises NothingNamedError for a part that names nothing.
    """
    found: dict[str, str] = {}
    for line in text.replace("،", ",").replace(";", ",").splitlines():
        for part in line.split(","):
            shown = " ".join(part.split())
            if shown:
                found.setdefault(key_of(shown), shown)
    return list(found.values())


def is_unusual(matched: int, of: int) -> bool:
    """Say whether so many of the open cases is nothing, or more than half: somebody looks again."""
    return matched == 0 or 2 * matched > of


def reply_in(replies: Mapping[str, str], language: str, home: str = "en") -> tuple[str, str]:
    """Return (language, text) of the suggested reply for a customer; empty where there is none.

    Theirs, else the workspace's, else English, else the first there is.
    """
    for one in (language, home, "en", *replies):
        if replies.get(one):
            return one, replies[one]
    return "", ""


def told_version(text: str, said: Sequence[tuple[int, Iterable[str]]]) -> int | None:
    """Return which version's words a reply has; None for words of its own.

    `said` are (version, its replies in all languages). Two versions often differ by a time of day
    alone: the one with most of its words in the reply was told, of equals the newest.
    """
    heard = set(words(text))
    best: tuple[float, int] | None = None
    for version, replies in said:
        for reply in replies:
            asked = words(reply)
            if len(asked) < _FEWEST_WORDS and set(asked) != heard:
                continue
            share = sum(word in heard for word in asked) / len(asked) if asked else 0.0
            if share >= TOLD_FROM and (best is None or (share, version) > best):
                best = share, version
    return best[1] if best else None
