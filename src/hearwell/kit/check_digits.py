"""Numbers that prove themselves by a check digit: cards and IBANs. Pure.

Sources: ISO/IEC 7812 (Luhn, issuer ranges), ISO 13616 (IBAN), the SWIFT registry of lengths.
"""

from __future__ import annotations

from itertools import chain
from typing import Final

# Which numbers a scheme gives out: first digits from and to, lengths. An IMEI or a parcel's
# number that happens to pass Luhn is none of these, nine times out of ten.
_SCHEMES: Final = (
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("300", "305", (14,)),
    ("36", "36", (14,)),
    ("38", "39", (14,)),
    ("3528", "3589", (16,)),
    ("6011", "6011", (16, 19)),
    ("644", "659", (16, 19)),
    ("62", "62", (16, 17, 18, 19)),
    ("50", "50", (16,)),
    ("56", "58", (16,)),
)
CARD_LENGTHS: Final = range(13, 20)
_LENGTHS: Final = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28"
    " EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26"
    " IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30"
    " NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23"
    " TN24 TR26 UA29 VA22 VG24 XK20"
)
IBAN_LENGTHS: Final = {word[:2]: int(word[2:]) for word in _LENGTHS.split()}
_MODULUS: Final = 97


def is_card(digits: str) -> bool:
    """Whether a scheme gives out such a number and its check digit is right."""
    is_given = len(digits) in CARD_LENGTHS and any(
        len(digits) in lengths and first <= digits[: len(first)] <= last
        for first, last, lengths in _SCHEMES
    )
    return is_given and _luhn(digits) % 10 == 0


def _luhn(digits: str) -> int:
    doubled = (divmod(2 * int(d), 10) for d in digits[-2::-2])
    return sum(map(int, digits[-1::-2])) + sum(chain.from_iterable(doubled))


def is_iban(compact: str) -> bool:
    """Whether length and check digits of an IBAN without spaces are right."""
    if len(compact) != IBAN_LENGTHS.get(compact[:2]):
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % _MODULUS == 1
