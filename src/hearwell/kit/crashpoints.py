"""Named places on a message's way where a crash test may end the process.

Product code only ever says that a place is reached. What happens there is installed by code, in
the process itself, and no code of the product does so: no setting, variable or request can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

# I: what comes in; O: what is posted; D: what is done in another system. O3 (request in flight) and
# O4 (applied, not answered) lie with the network, so tests act there; so does I6, the delivery
# that never came.
POINTS: Final[Mapping[str, str]] = {
    "I0": "a delivery has come, nothing of it is kept",
    "I1": "it is kept, and who sent it was not told",
    "I2": "what was kept is read, and nothing of it taken in",
    "I3": "its messages are taken in, but that is not committed",
    "I4": "that is committed, what is left of the batch is not",
    "I5": "the events are numbered, no screen has heard of them",
    "I7": "what could not be read is parked, but that is not committed",
    "O0": "a reply is queued, but that is not committed",
    "O1": "a sender has a delivery to look at",
    "O2": "it is claimed, nothing is sent",
    "O5": "the network has answered, that is not recorded",
    "O6": "it is recorded, nobody was told",
    "O7": "the deadline was looked at, the next thing is the write",
    "D0": "an action is claimed, but that is not committed",
    "D1": "that is committed, the other system is not called",
    "D2": "the other system has answered, that is not noted",
    "D3": "how it ended is noted, but that is not committed",
}
_probes: list[Callable[[str], None]] = []


def install(probe: Callable[[str], None]) -> None:
    """Call `probe` with the name of each place that is reached. Only tests do."""
    _probes.append(probe)


def remove(probe: Callable[[str], None]) -> None:
    """Call it no more."""
    _probes.remove(probe)


def reached(name: str) -> None:
    """Say that a place is reached: nothing happens unless a test listens."""
    for probe in _probes:
        probe(name)
