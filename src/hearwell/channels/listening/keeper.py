"""A thread that keeps this listener's leases alive and says which accounts it holds.

Apart from the event loop, so that a heartbeat never waits for other work; yet it beats only while
the loop turns, since a process that hears nothing must not keep its accounts.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import structlog

from hearwell.channels.services.connecting import LISTEN_CHANNEL
from hearwell.channels.services.leases import PATIENCE, Held, hold
from hearwell.kit.direct import open_direct

log = structlog.get_logger(__name__)
LOOK_EVERY_S, AFTER_ERROR_S = 1.5, 1.0
# So long the loop may be busy before the heart stops.
BUSY_S = 5.0
# A listener that could not say for so long that it lives lets go by itself, before others take.
FENCE_S = PATIENCE.total_seconds() - 1.0
Tell = Callable[[Sequence[Held]], None]


class Keeper:
    """``tell`` is called from its thread, with all that is held, after every beat."""

    def __init__(self, me: UUID, tell: Tell) -> None:
        self._me, self._tell = me, tell
        self._label = f"{socket.gethostname()}:{os.getpid()}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listen-keeper", daemon=True)
        self._beat_at = self._turned_at = time.monotonic()

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; returns when the thread has ended, or is stuck in a dead connection."""
        self._stop.set()
        self._thread.join(LOOK_EVERY_S + 1.0)

    def turned(self) -> None:
        """Note that the event loop is alive."""
        self._turned_at = time.monotonic()

    @property
    def is_fenced(self) -> bool:
        """Whether others may believe by now that this listener is dead."""
        return time.monotonic() - self._beat_at > FENCE_S

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with open_direct() as session:
                    session.execute(f"LISTEN {LISTEN_CHANNEL}")
                    self._beat_on(session)
            except psycopg.Error as error:
                log.warning("listen_interrupted", error_type=type(error).__name__)
                self._stop.wait(AFTER_ERROR_S)

    def _beat_on(self, session: psycopg.Connection[Any]) -> None:
        while not self._stop.is_set():
            if time.monotonic() - self._turned_at < BUSY_S:
                begun = time.monotonic()
                held = hold(session, self._me, self._label)
                self._beat_at = begun
                self._tell(held)
            for _ in session.notifies(timeout=LOOK_EVERY_S, stop_after=1):
                pass
