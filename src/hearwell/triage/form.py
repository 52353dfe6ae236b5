"""What the form of a text tells: its script and language, question marks, shouting. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Final

import regex

from hearwell.triage.lexicon import language_of

_SHOUT: Final = 15  # capitals
# Full-width, Arabic, reversed, Armenian, Ethiopic, Vai, doubled; Greek asks with a semicolon.
_QUESTION_MARK = regex.compile(
    r"[?\uff1f\u061f\u2e2e\u055e\u1367\ua60f\u2047\u2048\u203d]"
    r"|(?<=\p{Greek})\s*[;\u037e](?=\s|$)"
)
_CAPITAL, _SMALL = re.compile("[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω]"), re.compile("[a-zß-öø-ÿа-яα-ω]")
_CAPITALS: Final = string.ascii_uppercase.encode("ascii")
_SMALL_LETTERS: Final = string.ascii_lowercase.encode("ascii")
_SCRIPTS: Final = {
    "ja": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "ko": regex.compile(r"\p{Hangul}"),
    "zh": regex.compile(r"\p{Han}"),
    "th": regex.compile(r"\p{Thai}"),
    "ar": regex.compile(r"\p{Arabic}"),
    "he": regex.compile(r"\p{Hebrew}"),
    "el": regex.compile(r"\p{Greek}"),
    "ru": regex.compile(r"\p{Cyrillic}"),
    "hi": regex.compile(r"\p{Devanagari}"),
}
_ROMANISED: Final = frozenset({"ar", "hi"})


def is_shouted(text: str) -> bool:
    """Say whether capitals are many, and twice as many as small letters."""
    if text.isascii():
        plain = text.encode("ascii")
        capitals = len(plain) - len(plain.translate(None, _CAPITALS))
        return capitals >= _SHOUT and capitals > 2 * (
            len(plain) - len(plain.translate(None, _SMALL_LETTERS))
        )
    capitals = len(_CAPITAL.findall(text))
    return capitals >= _SHOUT and capitals > 2 * len(_SMALL.findall(text))


def question_marks(text: str) -> int:
    """Return how many question marks of any script."""
    return text.count("?") if text.isascii() else len(_QUESTION_MARK.findall(text))


def named_language(language: str, words: Sequence[str]) -> str:
    """Return the language that the network names; in Latin letters, Arabic and Hindi are others."""
    if not language:
        return ""
    if language.endswith("-Latn") or (language[:2] in _ROMANISED and words and _is_latin(words)):
        return f"{language[:2]}-Latn"
    return language[:2]


def _is_latin(words: Sequence[str]) -> bool:
    return "".join(words).isascii()


def language_seen(text: str, words: Sequence[str]) -> str:
    """Return the language by its script, else by its small words; "" where neither decides."""
    if text.isascii():
        return language_of(words)
    for language, script in _SCRIPTS.items():
        if script.search(text):
            return language
    return language_of(words)
