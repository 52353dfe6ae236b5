"""Text as the checks look at it: no disguise by wide letters, other digits or invisible marks."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Return the text without compatibility forms, other scripts' digits and invisible marks."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(_plain(sign) for sign in folded if unicodedata.category(sign) != "Cf")


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign.isdigit():
        return str(unicodedata.digit(sign))
    return "-" if unicodedata.category(sign) == "Pd" else sign
