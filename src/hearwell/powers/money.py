"""Amounts of money as people write and read them, kept as whole minor units. Pure."""

from __future__ import annotations

import re
from typing import Final

# ISO 4217: how many digits stand behind the point, where that is not two.
_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_WRITTEN: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?")


class BadAmountError(ValueError):
    """What is no amount."""


def digits_of(currency: str) -> int:
    """Return how many digits stand behind the point in a currency."""
    return _DIGITS.get(currency, 2)


def to_minor(text: str, currency: str) -> int:
    """Read "25", "25.50" or "25,5" as minor units. Raises BadAmountError."""
    written = text.strip()
    if not _WRITTEN.fullmatch(written) or not written.isascii():
        raise BadAmountError(text)
    whole, _point, part = written.replace(",", ".").partition(".")
    digits = digits_of(currency)
    if len(part) > digits:
        raise BadAmountError(text)
    return int(whole + part.ljust(digits, "0"))


def plain_amount(minor: int, currency: str) -> str:
    """Write minor units as a form takes them: 25.50, or 25 where nothing follows."""
    digits = digits_of(currency)
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}d}" if part else str(whole)


def shown_amount(minor: int, currency: str) -> str:
    """Write minor units for people: 25.50 EUR."""
    digits = digits_of(currency)
    whole, part = divmod(minor, 10**digits)
    written = f"{whole:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{written}.{part:0{digits}d} {currency}" if digits else f"{written} {currency}"
