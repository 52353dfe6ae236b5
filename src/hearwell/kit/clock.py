"""The one source of wall-clock time, so that it can be frozen, or made to run faster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_sources: list[Callable[[], datetime]] = []


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return _sources[-1]() if _sources else datetime.now(UTC)


@contextmanager
def simulated(source: Callable[[], datetime]) -> Iterator[None]:
    """Let this whole process go by another clock meanwhile, for a day that is only played."""
    _sources.append(source)
    try:
        yield
    finally:
        _sources.remove(source)


def boot_s() -> float:
    """Seconds since boot, sleep included: neither a wrong clock nor a suspend can bend it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
