"""A text as the words in it, folded so that people's spelling does not matter. Pure.

Folded: compatibility forms, upper case, accents and the kind of apostrophe are gone. Places are
code points of the text as it stands, so that what was found can be marked in it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

# Addresses are no words: what they contain is nobody's mention of anything.
_WORD: Final = regex.compile(
    r"(?P<skip>https?://\S+|[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+)"
    r"|(?P<word>[#@]?[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['\u2019][\p{L}\p{M}\p{N}]+)*)"
)
_SENTENCE_END: Final = frozenset('.!?…:;\n\r•|"“„«([{')
# Scripts that put no spaces between words: there, a phrase is any stretch of letters.
_UNSPACED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_HUMP: Final = regex.compile(r"\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\p{N}+")
_MANY: Final = 2000


@dataclass(frozen=True, slots=True)
class Token:
    """A word: its place, how it is written, and folded. `mark` is ``#``, ``@`` or empty.

    `owner` is the folded word without a possessive ending, `is_first` says that a sentence begins
    with it, `parts` are the words that a hashtag in humps is made of.
    """

    start: int
    end: int
    raw: str
    folded: str
    mark: str
    owner: str
    is_first: bool
    parts: tuple[str, ...] = ()

    @property
    def is_capital(self) -> bool:
        """Begins with a capital."""
        return self.raw[:1].isupper()


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return text as it is compared: without case, accents and compatibility forms."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).casefold()


def is_unspaced(text: str) -> bool:
    """Say whether a text is of a script that puts no spaces between words."""
    return _UNSPACED.search(text) is not None


def tokens_of(text: str) -> list[Token]:
    """Return the words of a text in order, the first two thousand of them."""
    found: list[Token] = []
    before = 0
    for match in _WORD.finditer(text):
        if match["word"] is not None:
            gap = text[before : match.start()]
            is_first = not found or not _SENTENCE_END.isdisjoint(gap)
            found.append(_token(match["word"], match.start(), is_first=is_first))
            if len(found) == _MANY:
                break
        before = match.end()
    return found


def _token(written: str, start: int, *, is_first: bool) -> Token:
    mark = written[0] if written[0] in "#@" else ""
    raw = written[len(mark) :]
    plain = folded(raw)
    return Token(
        start=start,
        end=start + len(written),
        raw=raw,
        folded=plain,
        mark=mark,
        owner=plain.removesuffix("'s").removesuffix("'"),
        is_first=is_first,
        parts=_humps(raw) if mark == "#" else (),
    )


def _humps(raw: str) -> tuple[str, ...]:
    """Return the words of a hashtag such as HarbourFail or harbour_fail."""
    return tuple(folded(part) for part in _HUMP.findall(raw.replace("_", " ")))


def words_in(phrase: str) -> tuple[str, ...]:
    """Return the folded words of a phrase."""
    return tuple(token.folded for token in tokens_of(phrase))


def is_one_slip(left: str, right: str) -> bool:
    """Say whether two words differ by one letter: changed, missing, added, or two swapped."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    if start is None:  # one is the other with a letter more
        return True
    one, other = left[start:], right[start:]
    if len(one) == len(other):
        return one[1:] == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[1:] == shorter
