r"""How networks count text. One rule serves the composer, the preflight and the sender.

A family emoji is one grapheme, seven code points, eleven UTF-16 units and 25 bytes: a limit means
nothing without its unit. Graphemes are extended grapheme clusters (UAX 29) as ``regex``'s ``\X``
finds them, which agrees with real servers on emoji, flags, Indic, Hangul and CRLF.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLUSTER = regex.compile(r"\X")
_LAST_BMP = 0xFFFF
_WORD = regex.compile(r"\S+\s*|\s+")
# As Mastodon's servers find addresses and names in a text (config/initializers/twitter_regex.rb,
# app/models/account.rb), less their list of top-level domains. composer.js mirrors both.
_IN_PATH = r"[\p{L}\p{N}!*';:=+,.$%#\[\]_~&|@/-]"
_ADDRESS = regex.compile(
    r"(?<![\p{L}\p{N}_@$#])(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://"
    r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}](?::\d+)?"
    r"(?![@:\p{L}\p{N}])"
    rf"(?:/(?:(?:{_IN_PATH}|\({_IN_PATH}*\))*(?:[\p{{L}}\p{{N}}=_#/+-]|\({_IN_PATH}*\)))?)?"
    r"(?:\?[a-z0-9!?*'();:&=+$/%#\[\]_.,~|@-]*[a-z0-9_&=#/-])?",
    regex.IGNORECASE,
)
_ELSEWHERE = regex.compile(
    r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\p{L}\p{N}_.-]+[\p{L}\p{N}_]",
    regex.IGNORECASE,
)


def utf8_length(text: str) -> int:
    """Bytes of ``text`` in UTF-8; a lone surrogate counts three, as its replacement would."""
    return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class TextRule(ABC):
    """A limit and the unit it is counted in. ``name`` tells the browser which unit that is."""

    name: ClassVar[str]
    limit: int

    @abstractmethod
    def count(self, text: str) -> int:
        """Length of ``text`` in this rule's unit."""

    def fits(self, text: str) -> bool:
        """Whether the network takes a text of this length."""
        return self.count(text) <= self.limit

    def split(self, text: str) -> list[str]:
        """Cut ``text`` into pieces that fit, between words where it can be, else in clusters.

        The pieces lose the white space at their ends; an empty text gives one empty piece.
        """
        pieces: list[str] = []
        current = ""
        for part in self._parts(text):
            if current and not self.fits((current + part).rstrip()):
                pieces.append(current.strip())
                current = ""
            current += part
        pieces.append(current.strip())
        return [piece for piece in pieces if piece] or [""]

    def _parts(self, text: str) -> Iterator[str]:
        """Words with their trailing space; a word that alone is too long comes in clusters."""
        for word in _WORD.findall(text):
            if self.fits(word.rstrip()):
                yield word
            else:
                yield from _CLUSTER.findall(word)


@dataclass(frozen=True, slots=True)
class CodePoints(TextRule):
    """Unicode code points."""

    name: ClassVar[str] = "code_points"

    def count(self, text: str) -> int:
        """Code points of ``text``."""
        return len(text)


@dataclass(frozen=True, slots=True)
class Utf16Units(TextRule):
    """UTF-16 code units: what a browser's ``length`` says, and Telegram."""

    name: ClassVar[str] = "utf16"

    def count(self, text: str) -> int:
        """UTF-16 units of ``text``; a code point above U+FFFF counts two."""
        return len(text) + sum(1 for char in text if ord(char) > _LAST_BMP)


@dataclass(frozen=True, slots=True)
class Bytes(TextRule):
    """Bytes in UTF-8."""

    name: ClassVar[str] = "bytes"

    def count(self, text: str) -> int:
        """UTF-8 bytes of ``text``."""
        return utf8_length(text)


@dataclass(frozen=True, slots=True)
class Graphemes(TextRule):
    """What a reader would call characters, with an optional second limit in UTF-8 bytes."""

    name: ClassVar[str] = "graphemes"
    max_bytes: int | None = None

    def count(self, text: str) -> int:
        """Extended grapheme clusters of ``text``."""
        # ASCII without CR has one cluster a character: the common case costs no regex.
        if text.isascii() and "\r" not in text:
            return len(text)
        return sum(1 for _ in _CLUSTER.finditer(text))

    def fits(self, text: str) -> bool:
        """Within the clusters and, where the network sets one, within the bytes."""
        if self.max_bytes is not None and utf8_length(text) > self.max_bytes:
            return False
        return self.count(text) <= self.limit


@dataclass(frozen=True, slots=True)
class Abridged(TextRule):
    """Graphemes, where every web address counts ``per_link`` and ``@name@server`` only ``@name``.

    So that it costs nothing to point somewhere, or to mention somebody of another server.
    """

    name: ClassVar[str] = "abridged"
    per_link: int = 23

    def count(self, text: str) -> int:
        """Extended grapheme clusters of ``text`` with its addresses and names abridged."""
        if "://" in text:
            text = _ADDRESS.sub("x" * self.per_link, text)
        if "@" in text:
            text = _ELSEWHERE.sub(r"@\1", text)
        return Graphemes(self.limit).count(text)
