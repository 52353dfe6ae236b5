"""Card numbers and IBANs in a text, whatever stands around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hearwell.kit.check_digits import CARD_LENGTHS, IBAN_LENGTHS, is_card, is_iban

_DIGITS: Final = re.compile(r"(?<![\w+])\d+(?:[ -]\d+)*(?!\w)")
_TOGETHER: Final = str.maketrans("", "", " -")
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})\d{2}(?=[ -]?[A-Za-z0-9])")


def cards(text: str) -> list[str]:
    """Return the card numbers in a text, as they stand there.

    Other digits may stand around them, as in "4111 1111 1111 1111 12/27" or "2 4111 ...".
    """
    return [card for m in _DIGITS.finditer(text) for card in _cards_among(m[0])]


def _cards_among(digits: str) -> Iterator[str]:
    """Return the cards that begin and end where a group of digits does, the longest of each."""
    groups, over = list(re.finditer(r"\d+", digits)), 0
    for at, group in enumerate(groups):
        begin = group.start()
        near = (one.end() for one in groups[at : at + max(CARD_LENGTHS)] if begin >= over)
        ends = [end for end in near if is_card(digits[begin:end].translate(_TOGETHER))]
        if ends:
            over = ends[-1]
            yield digits[begin:over]


def ibans(text: str) -> list[str]:
    """Return the account numbers in a text, as they stand there."""
    return [found for m in _IBAN.finditer(text) if (found := _iban_at(text, m.start()))]


def _iban_at(text: str, start: int) -> str:
    """Return the IBAN that begins here, spaces included; empty if none does."""
    wanted = IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
    compact, end = "", start
    while end < len(text) and len(compact) < wanted:
        sign = text[end]
        if sign.isascii() and sign.isalnum():
            compact += sign.upper()
        elif sign not in " -":
            return ""
        end += 1
    is_over = not text[end : end + 1].isalnum()
    return text[start:end] if wanted and is_over and is_iban(compact) else ""
