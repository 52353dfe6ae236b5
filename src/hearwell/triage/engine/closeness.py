"""How near two keys of ``near`` are: of one story or of strangers. Pure, and without numpy.

Whoever shows or counts messages compares keys; only whoever judges them makes any.
"""

from __future__ import annotations

from typing import Final

CLOSE: Final = 10  # bits of 64; of two strangers, one pair in some ten thousand is as close
_BITS: Final = 2**64 - 1


def distance(one: int, other: int) -> int:
    """Return in how many of 64 bits two keys differ."""
    return ((one ^ other) & _BITS).bit_count()


def is_close(one: int | None, other: int | None) -> bool:
    """Say whether two keys are of near-duplicates. No key and the key 0 are near no other."""
    return bool(one and other) and distance(one or 0, other or 0) <= CLOSE
