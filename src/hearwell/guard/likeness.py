"""How much two replies read alike: the share of four-letter pieces that both have. Pure.

Jaccard's index over sets of character n-grams. Numbers count as one number, so that another
booking's number makes no other reply.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

OF, FROM = 100, 3
MOST_OF: Final = 500
_PIECE: Final = 4
# Where more than this share is the same, only a name or a number differs.
ALIKE: Final = 0.8
# Shorter than that, everybody says the same: “Thank you, have a good flight!”
SHORTEST: Final = 60
_SHORTEST_NAME: Final = 3
_NAME: Final = re.compile(r"[\w-]+")


def pieces(text: str) -> frozenset[str]:
    """Return what a text is made of, whatever its case, numbers, signs and spaces."""
    even = " ".join(re.findall(r"[^\W\d_]+|\d+", re.sub(r"\d+", "0", text.casefold())))
    return frozenset(even[at : at + _PIECE] for at in range(max(1, len(even) - _PIECE + 1)))


def likeness(one: Collection[str], other: Collection[str]) -> float:
    """Return the share of pieces that both have, of all that either has: 0 to 1."""
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def count_alike(text: str, others: Iterable[str]) -> int:
    """Return how many of the others read almost like this text."""
    mine = pieces(text)
    return sum(1 for other in others if likeness(mine, pieces(other)) >= ALIKE)


def is_long_enough(text: str) -> bool:
    """Whether a text says so much that it should be said for this customer."""
    return len(text.strip()) >= SHORTEST


def names_one(text: str, names: Iterable[str]) -> bool:
    """Whether one of the names, a customer's or a case's number, stands in the text."""
    said = set(_NAME.findall(text.casefold()))
    parts = (word for name in names for word in _NAME.findall(name.casefold()))
    return any(part in said for part in parts if len(part) >= _SHORTEST_NAME)
