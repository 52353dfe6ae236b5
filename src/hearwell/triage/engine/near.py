"""A key that near-duplicates share: the same story told with other links and names. Pure.

Simhash over the rows that a message has anyhow: each row votes on 64 bits by its value. The more
words and pieces two messages share, the fewer bits of their keys differ: some 32 of strangers, at
most ``closeness.CLOSE`` of two tellings of one story. Links, names and numbers are one word each,
so tellings that differ in those alone have the same key.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.features import Features
from hearwell.triage.engine.grams import ROWS

_SEED = 20_000


def _votes() -> NDArray[np.uint8]:
    """Return the eight bytes of each row's vote: uint8 [ROWS, 8], 1 MB."""
    drawn = np.random.default_rng(_SEED).integers(0, 2**64, ROWS, dtype=np.uint64)
    return drawn.astype("<u8").view(np.uint8).reshape(ROWS, 8)


_VOTES = _votes()


def keys_of(features: Features) -> list[int]:
    """Return a signed 64-bit key for each message, as PostgreSQL's bigint holds it. Some 15 µs.

    A message without a word or mark has the key 0, and so is near no other.
    """
    found = np.zeros((len(features), 8), dtype=np.uint8)
    bits = np.unpackbits(_VOTES[features.index], axis=1)
    for at, (begin, end) in enumerate(pairwise(features.starts.tolist())):
        value = features.value[begin:end]
        found[at] = np.packbits(value @ bits[begin:end] > value.sum() / 2)
    keys: list[int] = found.view("<i8")[:, 0].tolist()
    return keys
