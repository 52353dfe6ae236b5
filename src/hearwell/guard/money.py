"""Amounts of money that a reply promises. Pure.

An amount alone promises nothing (a fare, a price): it counts where its sentence speaks of giving.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_NAMES: Final = {
    "EUR": "€|eur|euros?", "USD": r"us\$|\$|usd|dollars?", "GBP": "£|gbp|pounds?|quid",
    "CHF": "chf|fr\\.|franken|francs?", "JPY": "¥|円|jpy|yen", "SEK": "kr|sek|kronor",
    "NOK": "kr|nok|kroner", "DKK": "kr|dkk|kroner", "PLN": "zł|pln", "INR": "₹|inr|rupees?",
    "BRL": r"r\$|brl|reais", "AUD": r"a\$|\$|aud|dollars?", "CAD": r"c\$|\$|cad|dollars?",
    "SAR": "sar|ريال", "AED": "aed|درهم",
}  # fmt: skip
# At most so many thousands: each number of a long row would look to the end of it otherwise.
_NUMBER: Final = r"\d{1,3}(?:[.,' ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_CENTS: Final = re.compile(r"[.,](\d{1,2})$")
_SENTENCE: Final = re.compile(r"(?<=[.!?。؟])\s+|\n+")
_GIVING: Final = re.compile(
    r"refund|credit|voucher|compensat|reimburs|goodwill|gift|discount|waive|cash ?back"
    r"|give you|offer you|pay you|send you|transfer"
    r"|erstatt|gutsch|entschädig|rabatt|überweis|erlassen|schenk|kulanz"
    r"|rembours|dédommag|bon d'achat|offrons|remise"
    r"|reembols|compensa|descuento|abonar|cupón|bono"
    r"|تعويض|استرداد|قسيمة|خصم",
    re.IGNORECASE,
)


def promised(text: str, currency: str) -> list[tuple[str, Decimal]]:
    """Return the amounts that a text promises in a currency: as written, and how much."""
    names = _NAMES.get(currency, re.escape(currency))
    amount = re.compile(
        rf"(?<![\w.,])(?:(?:{names})\s?(?P<after>{_NUMBER})|(?P<before>{_NUMBER})\s?(?:{names}))(?![\w])",
        re.IGNORECASE,
    )
    return [
        (m[0].strip(), _amount(m["after"] or m["before"]))
        for sentence in _SENTENCE.split(text)
        if _GIVING.search(sentence)
        for m in amount.finditer(sentence)
    ]


def _amount(written: str) -> Decimal:
    """Read a number: what follows the last sign is cents if it has one or two digits."""
    cents = _CENTS.search(written)
    whole = re.sub(r"\D", "", written[: cents.start()] if cents else written)
    return Decimal(f"{whole}.{cents[1]}" if cents else whole)
