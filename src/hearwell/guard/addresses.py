"""E-mail addresses and telephone numbers in a text, but for those that are the team's own. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_EMAIL: Final = re.compile(r"[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_PHONE: Final = re.compile(r"(?<![\w.,/:#-])(?:\+|\()?\d(?:[ ().\-/]{0,3}\d){6,16}(?![\w%€$£])")
_DATE: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}")
# Written as only telephone numbers are: (555) 123-4567, 555-123-4567, 555.123.4567.
_NORTH_AMERICAN: Final = re.compile(r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}")
# Nobody's own number: free of charge, or a service.
_FREE: Final = re.compile(r"(?:0800|00?800|(?:\+|00)?1?(?:800|833|844|855|866|877|888)\d{7}$)")
_SHORTEST, _SHORTEST_NATIONAL, _LONGEST = 8, 9, 15
# Addresses that stand in a text for any address.
_EXAMPLES: Final = ("example.com", "example.org", "example.net")


def emails(text: str, ours: Collection[str] = ()) -> list[str]:
    """Return the e-mail addresses in a text; `ours` are addresses and ``@domains`` left out."""
    own = {one.casefold() for one in ours}
    return [m[0] for m in _EMAIL.finditer(text) if not _is_ours(m[0].casefold(), own)]


def _is_ours(address: str, own: Collection[str]) -> bool:
    domain = address.rpartition("@")[2]
    return address in own or f"@{domain}" in own or domain in _EXAMPLES


def phones(text: str, ours: Collection[str] = ()) -> list[str]:
    """Return what can only be somebody's telephone number, as it stands in the text."""
    own = {tail for one in ours if (tail := _tail(one))}
    found = (m[0].rstrip("(-./ ") for m in _PHONE.finditer(text))
    return [one for one in found if _is_phone(one) and _tail(one) not in own]


def _tail(number: str) -> str:
    """Return the digits that stay the same with and without a country's code; empty for none."""
    digits = re.sub(r"\D", "", number)
    return digits[-_SHORTEST:] if "@" not in number and len(digits) >= _SHORTEST else ""


def _is_phone(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if len(digits) > _LONGEST or _DATE.match(written) or _FREE.match(digits):
        return False
    if written.startswith("+") or digits.startswith("00"):
        return len(digits) >= _SHORTEST
    if digits.startswith("0") or written.startswith("("):
        return len(digits) >= _SHORTEST_NATIONAL
    return bool(_NORTH_AMERICAN.fullmatch(written))
