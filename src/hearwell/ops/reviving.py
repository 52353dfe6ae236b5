"""Starts the database again when it was killed, and does not give up at the first refusal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from hearwell.ops.cluster import ClusterError
from hearwell.ops.supervisor import pause_s

MOST_TRIES: Final = 12  # in a row, with pauses: about five minutes


class Server(Protocol):
    """What is kept alive."""

    def has_ended(self) -> bool:
        """Say whether it was started and runs no more."""

    def start(self) -> None:
        """Start it, and wait until it answers. Raises ClusterError."""


@dataclass
class Reviver:
    """Looks after a database server.

    Whoever kills the postmaster leaves its other processes behind: while one of them is busy, a new
    postmaster refuses to start on the same data. So one refusal is no reason to end the house.
    """

    server: Server
    report: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    again_at: float = 0.0

    def __call__(self) -> None:
        """Start it again where it has ended. Raises ClusterError after too many tries in a row."""
        if not self.server.has_ended() or self.clock() < self.again_at:
            return
        self.report("The database ended; starting it again.")
        try:
            self.server.start()
        except ClusterError as error:
            self._note_failure(error)
        else:
            self.failures = 0

    def _note_failure(self, error: ClusterError) -> None:
        self.failures += 1
        if self.failures >= MOST_TRIES:
            raise error
        pause = max(1.0, pause_s(self.failures))
        self.again_at = self.clock() + pause
        self.report(f"{error} Trying again in {pause:.0f} s.")
