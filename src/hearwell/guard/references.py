"""Booking and order references by masks that a team writes itself. Pure.

``A`` is a capital letter, ``9`` a digit, ``*`` either of them; all else stands for itself.
``NW-999999`` finds NW-204518, ``******`` finds X7K2PQ: where ``*`` is used, a letter and a digit
have to be in it, or every shouted word and every number would be one. A mask is no regular
expression, so that none can be slow.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

SHORTEST, LONGEST, MOST = 4, 40, 20
_SIGNS: Final = {"A": "[A-Z]", "9": "[0-9]", "*": "[A-Z0-9]"}


class BadMaskError(ValueError):
    """A mask that would find nothing or everything: of a wrong length, or without a digit."""

    def __init__(self, mask: str, *, is_length: bool) -> None:
        self.mask, self.is_length = mask, is_length
        super().__init__(mask)


def checked_mask(text: str) -> str:
    """Return a mask as it is kept. Raises BadMaskError."""
    mask = " ".join(text.split())
    fits = SHORTEST <= len(mask) <= LONGEST
    if not fits or not set(mask) & {"9", "*"}:
        raise BadMaskError(mask, is_length=not fits)
    return mask


def references(text: str, masks: Collection[str]) -> list[str]:
    """Return what fits one of the masks and stands alone."""
    found: list[str] = []
    for mask in masks:
        signs = "".join(_SIGNS.get(sign, re.escape(sign)) for sign in mask)
        whole = re.compile(rf"(?<![A-Za-z0-9]){signs}(?![A-Za-z0-9])")
        found += [m[0] for m in whole.finditer(text) if "*" not in mask or _is_mixed(m[0])]
    return found


def _is_mixed(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text))
