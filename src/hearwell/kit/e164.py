"""Telephone numbers as the whole world dials them: ``+`` and at most fifteen digits (ITU-T E.164).

No table of numbering plans: what is kept is what was dialled, written in one way, so that the same
number is the same person wherever it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_WHOLE: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
# What people and machines put between the digits. "(0)" is said at home only, never dialled.
_BETWEEN: Final = re.compile(r"\(0\)|[\s().,/\u00a0\u200e\u200f\u202a-\u202c\u2010-\u2015-]")
_AROUND: Final = re.compile(r"^(?:tel|sip|sips|whatsapp|rcs|client):|[;@?].*$", re.IGNORECASE)
# Countries in which the first 0 belongs to the number, also from abroad.
_KEEPS_ZERO: Final = frozenset({"39", "378", "379"})
# North America puts a 1 before a long-distance call, which is its country code as well.
_NORTH_AMERICA, _WITH_ONE = "1", 11
_LONGEST: Final = 200


def is_e164(text: str) -> bool:
    """Say whether ``text`` is such a number, written as it has to be."""
    return _WHOLE.fullmatch(text) is not None


def e164(text: str, country: str = "") -> str | None:
    """Return the number in ``text`` as ``+`` and digits; None if it is none.

    ``country`` is the calling code (``49``, ``+49``) of numbers written as at home.
    """
    if len(text) > _LONGEST:
        return None
    bare = _BETWEEN.sub("", _AROUND.sub("", plain(text).strip()))
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if not bare.startswith("+"):
        bare = _from_home(bare, plain(country).strip().lstrip("+0"))
    return bare if is_e164(bare) else None


def plain(text: str) -> str:
    """Digits of any script and full-width signs as ASCII."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)


def _from_home(digits: str, code: str) -> str:
    if not code.isdecimal() or not digits.isdecimal():
        return ""
    if code == _NORTH_AMERICA and digits.startswith("1") and len(digits) == _WITH_ONE:
        return f"+{digits}"
    if code not in _KEEPS_ZERO and digits.startswith("0"):
        digits = digits[1:]
    return f"+{code}{digits}"
