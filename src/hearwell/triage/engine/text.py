"""Makes a text comparable: one spelling for what a reader sees as the same. Pure.

A whole batch is treated as one text, its messages parted by NUL, so that each step costs one call
however many messages there are.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

READ_LENGTH: Final = 4_000  # characters; of a longer text, the first and the last half of this
BREAK: Final = "\0"  # between two messages
LINK, MENTION = "\ue000", "\ue001"  # private letters, which no text of a customer has a use for
_HIDDEN = re.compile(
    "[\0-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\ue000-\uf8ff"
    "\ud800-\udfff\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef]+"
)
_LINKS = re.compile(r"(?:https?://|www\.)[^\s\0]+")
_MENTIONS = re.compile(r"(?<![\w@])@[\w.\-]+")
_DIGITS = re.compile(r"\d+")
_DRAWN_OUT = re.compile(r"([^\d\s\0])\1{2,}")
_GAPS = re.compile(r"[^\S\0]+")
# Arabic as people type it: hamza, final forms, vowel marks and the stretching line fall away.
_ARABIC: Final = str.maketrans(
    "\u0623\u0625\u0622\u0671\u0649\u0626\u0624\u0629\u06cc\u06a9",
    "\u0627\u0627\u0627\u0627\u064a\u064a\u0648\u0647\u064a\u0643",
    "\u0640\u0670\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655",
)
_HAS_ARABIC = re.compile("[\u0622-\u06cc]")


def fold_arabic(text: str) -> str:
    """Return the text with the Arabic letters that are typed either way made one."""
    return text.translate(_ARABIC) if _HAS_ARABIC.search(text) else text


def may_have_links(text: str) -> bool:
    """Say whether it is worth looking for links: cheaper than looking."""
    return "://" in text or "www." in text.lower()


def bounded(text: str) -> str:
    """Return what is read of a text: all of it, or its first and its last 2,000 characters."""
    if len(text) <= READ_LENGTH:
        return text
    return f"{text[: READ_LENGTH // 2]}\n{text[-READ_LENGTH // 2 :]}"


def normalise(text: str) -> str:
    """Return one text in the form whose parts are hashed; see `normalised`."""
    return normalised([text]).strip(f"{BREAK} ")


def normalised(texts: Sequence[str]) -> str:
    """Return the texts as one: ``NUL space text space NUL space text space NUL``.

    In small letters and NFC; entities read; invisible, direction and skin-tone marks left out;
    links and mentions one letter each; digits all "0", at most two in a row; other repetitions
    cut to two; one space for any gap. No text has a NUL of its own. Bounded: see `bounded`.
    """
    whole = f"{BREAK} {f' {BREAK} '.join([cleaned(text) for text in texts])} {BREAK}"
    if not whole.isascii():
        whole = unicodedata.normalize("NFC", whole).replace("\u2019", "'")
    whole = fold_arabic(whole.lower())
    whole = _MENTIONS.sub(f" {MENTION} ", _LINKS.sub(f" {LINK} ", whole))
    whole = _DIGITS.sub(_as_digits, whole)
    return _GAPS.sub(" ", _DRAWN_OUT.sub(r"\1\1", whole))


def cleaned(text: str) -> str:
    """Return what is read of a text, as a reader sees it: entities read, invisible marks out.

    Cleaning twice changes nothing more.
    """
    text = bounded(text)
    if "&" in text:
        text = html.unescape(text)
    return visible(text)


def visible(text: str) -> str:
    """Return the text without invisible, direction and skin-tone marks."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub("", text)


def _as_digits(found: re.Match[str]) -> str:
    return "0" if found.end() - found.start() == 1 else "00"
