"""What people name that is theirs alone: a booking, an order, an e-mail address, a phone. Pure.

Only what is worth a suggestion: a flight that two hundred sit in says nothing about who they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hearwell.conversations.words import words

MOST: Final = 12
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}", re.ASCII)
_PHONE: Final = re.compile(r"(?<![\w@.])\+?\(?\d[\d ()/.-]{6,18}\d(?![\w@])")
_TOKEN: Final = re.compile(r"(?<![\w@./-])[A-Za-z]{0,4}-?[A-Za-z0-9]{4,20}(?![\w@/])", re.ASCII)
# A flight, a gate, a product: a word or two letters and a short number, as many can share.
_SHARED: Final = re.compile(
    r"[A-Z]{1,3}-?\d{1,4}[A-Z]?|[A-Z]{5,}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])",
    re.IGNORECASE,
)
_SHORTEST_NUMBER, _SHORTEST_PHONE, _SHORTEST_MIXED = 6, 8, 5


@dataclass(frozen=True, slots=True)
class Reference:
    """Something named: `kind` is email, phone or number, `value` how it is compared."""

    kind: str
    value: str
    shown: str


def references(text: str) -> list[Reference]:
    """Return what a text names, each once, in the order of kinds; at most MOST."""
    found: dict[str, Reference] = {}
    for match in _EMAIL.findall(text):
        _put(found, "email", match.rstrip(".").casefold(), match)
    rest = _EMAIL.sub(" ", text)
    for match in _PHONE.findall(rest):
        digits = "".join(c for c in match if c.isdigit())
        is_written_as_one = match.strip("+").isdigit() and not match.startswith("+")
        if len(digits) >= _SHORTEST_PHONE and not is_written_as_one:
            _put(found, "phone", digits.removeprefix("00").lstrip("0"), match.strip())
    for match in _TOKEN.findall(_PHONE.sub(_kept, rest)):
        if _is_number(match):
            _put(found, "number", match.replace("-", "").casefold(), match)
    return list(found.values())[:MOST]


def _kept(match: re.Match[str]) -> str:
    """Leave plain numbers in, which are orders rather than phones."""
    return match[0] if match[0].isdigit() else " "


def _is_number(token: str) -> bool:
    bare = token.replace("-", "")
    digits = sum(c.isdigit() for c in bare)
    if not digits or _SHARED.fullmatch(token):
        return False
    return len(bare) >= (_SHORTEST_NUMBER if digits == len(bare) else _SHORTEST_MIXED)


def _put(found: dict[str, Reference], kind: str, value: str, shown: str) -> None:
    found.setdefault(value, Reference(kind, value, shown))


def question(named: Iterable[Reference]) -> str:
    """Return the literal of a tsquery that finds texts which may name any of these."""
    asked = {
        " & ".join(f"'{word}'" for word in words(written, is_asked=True))
        for one in named
        for written in (one.shown, one.value)
    }
    return " | ".join(f"({terms})" for terms in sorted(asked) if terms)
