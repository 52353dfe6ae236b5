"""How X counts a post: weights of characters, 23 for every web address, 2 for every emoji.

What most alphabets are written with weighs one, everything else (Chinese, Japanese, Korean, …)
two; an emoji is one whatever it is made of. It is the normalised text (NFC) that counts, a line
break as one. The published configuration has had these numbers since 2018; composer.js mirrors it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final

import regex

from hearwell.connect.textrule import TextRule
from hearwell.connect.toplevel import TOP_LEVEL

PER_LINK: Final = 23
_LIGHT: Final = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_HEAVY_WEIGHT: Final = 2
_BREAK: Final = regex.compile(r"\r\n|\r")
_PICTURE: Final = r"\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?"
_EMOJI: Final = regex.compile(
    rf"\p{{Regional_Indicator}}{{2}}|[0-9#*]\uFE0F?\u20E3"
    rf"|\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F|{_PICTURE}(?:\u200D{_PICTURE})*"
)
_LATIN: Final = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263"
_ACCENTED: Final = _LATIN + "\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
# What cannot be part of a name of a computer: signs, spaces and what only directs the writing.
_NO_NAME: Final = (
    r"\s\p{Z}\p{Cc}!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u205e\u3000-\u303f\uff00-\uff0f"
    r"\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufffe\ufeff\uffff\u061c\u200e\u200f"
    r"\u202a-\u202e\u2066-\u2069"
)
_NAME: Final = rf"[^{_NO_NAME}]"
# Stands for a dot with a top-level domain behind it while addresses are looked for: so whether one
# begins there is asked once a dot, however many places a hostile text offers to begin at.
_DOT, _AS_DOT = "\x01", "\x02"
_PATH: Final = rf"[a-z\u0400-\u04ff0-9!*';:=+,.{_DOT}$/%#\[\]\u2013_~@|&{_ACCENTED}-]"
_PATH_END: Final = rf"[+a-z\u0400-\u04ff0-9=_#/{_ACCENTED}-]"
_BRACKETS: Final = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_QUERY: Final = rf"\?[a-z0-9!?*'@();:&=+$/%#\[\]_.{_DOT},~|-]*[a-z0-9_&=#/-]"
_ENDS: Final = r"(?=[^0-9a-z@+-]|$)"


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of these words, the longest first: letter by letter, as in a dictionary."""
    by_letter: dict[str, set[str]] = {}
    for word in words:
        by_letter.setdefault(word[:1], set()).add(word[1:])
    may_end = by_letter.pop("", None) is not None
    ways = [regex.escape(one) + _any_of(rest) for one, rest in sorted(by_letter.items())]
    return f"(?:{'|'.join(ways)}){'?' if may_end else ''}" if ways else ""


_TOPS: Final = rf"(?:{_any_of(TOP_LEVEL)}{_ENDS}|xn--[0-9a-z-]+)"
_TOP_DOT: Final = rf"\.(?={_TOPS})"
# Bounds keep the search short in whatever anybody writes; DNS allows no longer labels.
_LABEL: Final = rf"{_NAME}(?:[_-]|{_NAME}){{0,61}}+(?<![_-])"
_ADDRESS: Final = (
    r"(?<![a-z0-9@\uff20$#\uff03\ufffe\ufeff\uffff])(?P<scheme>https?://)?"
    rf"(?P<host>(?:{_LABEL}[.{_DOT}]){{0,11}}{_LABEL}{_DOT}{_TOPS})(?::[0-9]+)?"
    rf"(?P<path>/(?:{_PATH}*(?:{_BRACKETS}{_PATH}*)*(?:{_PATH_END}|{_BRACKETS})|@{_PATH}+/)*)?"
    rf"(?:{_QUERY})?"
)
_PLAIN_HOST: Final = rf"(?:[a-z0-9{_ACCENTED}-]+\.)+{_TOPS}"
_SHORT: Final = rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?"
_NO_BEGINNING: Final = "-_./"
# Longer texts are over the limit even if they are nothing but addresses, each as long as X takes
# one; they are not searched for them.
_LONGEST_ADDRESS: Final = 4_096
_MOST_SEARCHED: Final = 13 * _LONGEST_ADDRESS
_LONGEST_CODE: Final = 40
_CASHTAG: Final = regex.compile(
    r"(?<![^\s\u200e\u200f\u202a-\u202e])\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?=$|[\s\p{P}\p{S}])",
    regex.IGNORECASE,
)


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a pattern when it is first needed: all top-level domains make it slow to compile.

    Every process loads this module, and few ever count for X.
    """
    return regex.compile(pattern, regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weighted(TextRule):
    """Characters by their weight, web addresses as ``PER_LINK``, emoji as two."""

    name: ClassVar[str] = "weighted"

    def count(self, text: str) -> int:
        """The weight of ``text``."""
        said = _BREAK.sub("\n", unicodedata.normalize("NFC", text))
        if said.isascii() and "." not in said:
            return len(said)
        total = at = 0
        for start, end in addresses(said):
            total += _weight(said[at:start]) + PER_LINK
            at = end
        return total + _weight(said[at:])


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where web addresses stand in a text, with or without ``https://``; ends are exclusive."""
    for start, end in _found(text):
        if end - start <= _LONGEST_ADDRESS:
            yield start, end


def _found(text: str) -> Iterator[tuple[int, int]]:
    if "." not in text or len(text) > _MOST_SEARCHED:
        return
    marked = _compiled(_TOP_DOT).sub(_DOT, text.replace(_DOT, _AS_DOT))
    for found in _compiled(_ADDRESS).finditer(marked):
        if found["scheme"] is None:
            yield from _bare(text, found)
            continue
        short = _compiled(_SHORT).match(text[found.start() : found.end()])
        if short is None:
            yield found.span()
        elif len(short[1]) <= _LONGEST_CODE:
            yield found.start(), found.start() + short.end()


def _bare(text: str, found: regex.Match[str]) -> Iterator[tuple[int, int]]:
    """Those without a scheme: only in plain letters, and not after what joins words."""
    start = found.start()
    if start and text[start - 1] in _NO_BEGINNING:
        return
    host = text[start : found.end("host")]
    hosts = [
        (start + one.start(), start + one.end()) for one in _compiled(_PLAIN_HOST).finditer(host)
    ]
    yield from hosts[:-1]
    if hosts:
        last, end = hosts[-1]
        yield last, found.end() if found["path"] else end


def has_address(text: str) -> bool:
    """Whether the network would make a link of something in it."""
    return next(addresses(text), None) is not None


def cashtags(text: str) -> list[str]:
    """The stock symbols in it (``$NWND``), each once, in capitals and without the sign."""
    return list(dict.fromkeys(found[0][1:].upper() for found in _CASHTAG.finditer(text)))


def _weight(text: str) -> int:
    total = at = 0
    for found in _EMOJI.finditer(text):
        total += sum(map(_of_one, text[at : found.start()])) + _HEAVY_WEIGHT
        at = found.end()
    return total + sum(map(_of_one, text[at:]))


def _of_one(char: str) -> int:
    point = ord(char)
    return 1 if any(low <= point <= high for low, high in _LIGHT) else _HEAVY_WEIGHT
