"""UUIDv7 (RFC 9562, section 5.7), monotonic within a process.

Method 1 of section 6.2: the 12 bits of ``rand_a`` are a counter that starts anew, at a random
value in its lower half, with each millisecond. Keys of one burst therefore sort in the order in
which they were made, which keeps B-tree inserts at the right edge.
"""

from __future__ import annotations

import os
import random
import threading
import time
from datetime import datetime
from uuid import UUID

_COUNTER_BITS = 12
_COUNTER_MAX = (1 << _COUNTER_BITS) - 1
_lock = threading.Lock()
_last_ms = 0
_counter = 0
# Unique, not secret: asking the kernel for each id would give the other threads their turn each
# time (measured: a third of what a webhook costs before it is stored).
_random = random.Random(os.urandom(32))  # noqa: S311
os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(32)))


def _tick() -> tuple[int, int]:
    """Return (milliseconds, counter), strictly growing within this process."""
    global _last_ms, _counter  # noqa: PLW0603  one clock for the process, under its lock
    with _lock:
        ms = time.time_ns() // 1_000_000
        if ms > _last_ms:
            _last_ms, _counter = ms, _random.getrandbits(_COUNTER_BITS - 1)
        elif _counter < _COUNTER_MAX:
            _counter += 1
        else:  # the counter is used up: borrow from the next millisecond, as the RFC allows
            _last_ms, _counter = _last_ms + 1, 0
        return _last_ms, _counter


def _assemble(ms: int, rand_a: int, rand_b: int) -> UUID:
    return UUID(int=(ms << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)


def uuid7() -> UUID:
    """Return a new time-ordered UUID."""
    ms, counter = _tick()
    return _assemble(ms, counter, _random.getrandbits(62))


def uuid7_at(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of that instant: a lower bound for range scans by time."""
    return _assemble(int(at.timestamp() * 1000), 0, 0)
