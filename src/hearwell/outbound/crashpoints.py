"""Named places in a delivery's way where a crash test may end the process.

O1 queued · O2 claimed, nothing sent · O5 answer read, not recorded · O6 recorded, nobody told.
O3 (request in flight) and O4 (applied, no answer) lie with the network, so tests make them there.
"""

from __future__ import annotations

from collections.abc import Callable

_probes: list[Callable[[str], None]] = []


def install(probe: Callable[[str], None]) -> None:
    """Call `probe` with the name of each place that is reached. Only tests do."""
    _probes.append(probe)


def reached(name: str) -> None:
    """Say that a place is reached: nothing happens unless a test listens."""
    for probe in _probes:
        probe(name)
