"""Bytes no network would send: for the promise that ``parse`` never raises the unforeseen.

Two kinds: JSON of any shape at all, and recorded payloads with one part torn out or swapped,
which reach far deeper into a parser. Seeded: a failure can be played again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

_ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 2**63, 1e308, "", "0", "\x00", "\ud800", "é" * 50,
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", [], {}, [[]], {"": None},
)  # fmt: skip
_BROKEN = (b"", b"\x00", b"\xff\xfe", b"{", b"[" * 50_000, b'"\xed\xa0\x80"', b"NaN", b"nul")
_DEPTH = 4
_FEW = 4


def noise(recorded: Iterator[bytes] | list[bytes], *, seed: int, rounds: int) -> Iterator[bytes]:
    """Broken bytes, ``rounds`` arbitrary JSON values and ``rounds`` mutants of each recording."""
    rng = random.Random(seed)  # noqa: S311 -- reproducible noise, no secret
    yield from _BROKEN
    for _ in range(rounds):
        yield _dump(_anything(rng, _DEPTH))
    for body in recorded:
        yield body[: len(body) // 2]
        try:
            value = json.loads(body)
        except ValueError:
            continue
        for _ in range(rounds):
            yield _dump(_mutated(rng, value))


def _dump(value: object) -> bytes:
    return json.dumps(value).encode()


def _anything(rng: random.Random, depth: int) -> object:
    kind = rng.random()
    if depth == 0 or kind < 1 / 2:
        return rng.choice(_ODD)
    size = rng.randrange(_FEW)
    if kind < 3 / 4:
        return [_anything(rng, depth - 1) for _ in range(size)]
    return {str(rng.choice(_ODD)): _anything(rng, depth - 1) for _ in range(size)}


def _mutated(rng: random.Random, value: Any) -> object:
    """A deep copy with one place, at random, missing or replaced."""
    copy = json.loads(json.dumps(value))
    place = copy
    while isinstance(place, dict | list) and place:
        key = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 3 / 4:
            place = inner
            continue
        if rng.random() < 1 / 2:
            del place[key]
        else:
            place[key] = rng.choice(_ODD)
        return copy
    return rng.choice(_ODD)
