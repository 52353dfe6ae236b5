"""Token buckets, in the memory of each web process.

They keep one caller from crowding out the others. Several web processes each allow this much.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

# What one line at home or one machine in a data centre is given.
_PREFIX: Final = 64


@dataclass
class Buckets:
    """A bucket for each key: `burst` at once, then `per_s`. The least recent keys are forgotten."""

    burst: int
    per_s: float
    at_most: int = 10_000
    clock: Callable[[], float] = time.monotonic
    _filled: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str) -> int:
        """Take one; return 0, or the whole seconds after which there is one again."""
        moment = self.clock()
        with self._lock:
            level, since = self._filled.pop(key, (float(self.burst), moment))
            level = min(float(self.burst), level + (moment - since) * self.per_s)
            is_allowed = level >= 1
            self._filled[key] = (level - 1 if is_allowed else level, moment)
            while len(self._filled) > self.at_most:
                self._filled.popitem(last=False)
        return 0 if is_allowed else max(1, ceil((1 - level) / self.per_s))

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._filled.clear()


def caller_of(address: str) -> str:
    """Return whom to count an address to: of IPv6 its network, which one caller has for itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), _PREFIX), strict=False))
