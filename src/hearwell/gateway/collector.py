"""Group commit: many requests share one INSERT and one fsync; each waits for its own commit.

The event loop hands rows to one writer thread. While a batch is being committed the next one
gathers by itself, so that batches grow with the load and a lone delivery waits for nobody.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import DataError, IntegrityError, connection

from hearwell.channels.services import RawRow, keep, wake
from hearwell.kit.crashpoints import reached

log = structlog.get_logger(__name__)
BATCH_ROWS = 1000
BATCH_BYTES = 16 * 1024 * 1024
PENDING_BYTES = 64 * 1024 * 1024
WAKE_EVERY_S = 0.1


class OverloadedError(Exception):
    """More is waiting for the database than we are ready to hold in memory."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: RawRow
    done: asyncio.Future[None]


class Collector:
    """Stores rows and answers each caller after the commit. Made and used on one event loop."""

    def __init__(
        self,
        *,
        store: Callable[[Sequence[RawRow]], None] = keep,
        wakes: Callable[[Iterable[UUID]], object] = wake,
    ) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._pending_bytes = 0
        self._waker = Waker(wakes)
        self._thread = threading.Thread(target=self._write_forever, name="writer", daemon=True)

    def start(self) -> None:
        """Start the writer and the waker."""
        self._waker.start()
        self._thread.start()

    async def stop(self) -> None:
        """Commit what is waiting, then stop."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join, 10)
        await asyncio.to_thread(self._waker.stop)

    async def keep(self, row: RawRow) -> None:
        """Return once the row is committed. Raises OverloadedError or a database error."""
        size = len(row.body)
        if self._pending_bytes and self._pending_bytes + size > PENDING_BYTES:
            raise OverloadedError
        self._pending_bytes += size
        try:
            waiting = _Waiting(row, self._loop.create_future())
            self._queue.put(waiting)
            await waiting.done
        finally:
            self._pending_bytes -= size

    def wake(self, endpoint_ids: Iterable[UUID]) -> None:
        """Wake the drains of endpoints where somebody else has kept something."""
        self._waker.wake(endpoint_ids)

    def _write_forever(self) -> None:
        is_open = True
        while is_open:
            batch, is_open = self._next_batch()
            if batch:
                self._write(batch)
        connection.close()

    def _next_batch(self) -> tuple[list[_Waiting], bool]:
        """Wait for the first row, then take what else is there, within bounds."""
        first = self._queue.get()
        if first is None:
            return [], False
        batch, size = [first], len(first.row.body)
        while len(batch) < BATCH_ROWS and size < BATCH_BYTES:
            try:
                another = self._queue.get_nowait()
            except queue.Empty:
                break
            if another is None:
                return batch, False
            batch.append(another)
            size += len(another.row.body)
        return batch, True

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            self._store([waiting.row for waiting in batch])
        except (DataError, IntegrityError) as error:
            # One row that cannot be stored must not cost its neighbours theirs.
            if len(batch) > 1:
                for waiting in batch:
                    self._write([waiting])
                return
            self._answer(batch, error)
        except Exception as error:  # noqa: BLE001 -- whatever it was, every caller must hear of it
            log.warning("keep_failed", rows=len(batch), error_type=type(error).__name__)
            connection.close()
            self._answer(batch, error)
        else:
            reached("I1")
            self._answer(batch, None)
            self._waker.wake({waiting.row.endpoint_id for waiting in batch})

    def _answer(self, batch: Sequence[_Waiting], error: Exception | None) -> None:
        """Answer all callers of a batch with one crossing of the thread boundary."""

        def settle() -> None:
            for waiting in batch:
                if waiting.done.done():  # the caller went away
                    continue
                if error is None:
                    waiting.done.set_result(None)
                else:
                    waiting.done.set_exception(error)

        self._loop.call_soon_threadsafe(settle)


class Waker:
    """Wakes drains: at once, and then at most every 100 ms an endpoint; never delays a commit."""

    def __init__(self, wakes: Callable[[Iterable[UUID]], object]) -> None:
        self._wakes = wakes
        self._changed = threading.Condition()
        self._due: set[UUID] = set()
        self._last: dict[UUID, float] = {}
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Wake what is due a last time and stop."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        self._thread.join(5)

    def wake(self, endpoint_ids: Iterable[UUID]) -> None:
        """Note that something new waits at these endpoints."""
        with self._changed:
            self._due.update(endpoint_ids)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                ready = self._wait_for_ready()
            if not ready:
                return
            self._wake(ready)

    def _wait_for_ready(self) -> list[UUID]:
        """Return what may be woken now; nothing only when we are to stop."""
        while True:
            moment = time.monotonic()
            ready = sorted(e for e in self._due if self._is_ready(e, moment))
            self._due.difference_update(ready)
            if ready or self._is_stopping:
                return ready
            waits = [self._last[e] + WAKE_EVERY_S - moment for e in self._due]
            self._changed.wait(min(waits, default=None))

    def _is_ready(self, endpoint_id: UUID, moment: float) -> bool:
        return self._is_stopping or moment - self._last.get(endpoint_id, 0.0) >= WAKE_EVERY_S

    def _wake(self, ready: Sequence[UUID]) -> None:
        self._last.update(dict.fromkeys(ready, time.monotonic()))
        try:
            self._wakes(ready)
        except Exception as error:  # noqa: BLE001 -- a wake-up is a hint; the sweep is the truth
            log.warning("wake_failed", error_type=type(error).__name__)
        finally:
            connection.close()
