"""The listening process: one task for everything that is polled or streamed, none of it twice.

The second of the two asynchronous islands. Database and network calls of the synchronous kind
run in a few threads; each channel is held by one process at a time, by a session advisory lock
on one connection of this process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import structlog
from django.db import connection

from hearwell.channels.models import Channel
from hearwell.channels.rules import pause_after
from hearwell.channels.services.accounts import opened_account
from hearwell.channels.services.health import report_failure
from hearwell.channels.services.polling import (
    check_health,
    keep_streamed,
    poll_once,
    reconcile,
)
from hearwell.connect.contract import Polls, Streams
from hearwell.connect.failures import Failure
from hearwell.connect.model import Account, Nudge, Raw
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.clock import now
from hearwell.kit.direct import open_direct
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
T = TypeVar("T")
THREADS = 8
LOOK_EVERY_S = 5.0
RECONCILE_EVERY_S = 6 * 3600.0
HEALTH_EVERY_S = 24 * 3600.0
HEALTH_AFTER_FAILURES = 3
STREAM_BATCH, STREAM_BACKLOG = 500, 2000
# An open stream that lasted so long was a good one, quiet or not: no failure in a row.
GOOD_STREAM_S = 5.0
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('channels.listen:' || %s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('channels.listen:' || %s, 0))"


@dataclass(frozen=True, slots=True)
class Ears:
    """One channel to listen to, as it was when we began."""

    workspace_id: UUID
    channel_id: UUID
    channel: Channel
    account: Account


class Bell:
    """Wakes the polls of one channel. One that is just asking will ask again."""

    def __init__(self) -> None:
        self._polls: list[asyncio.Event] = []

    def hung_up(self) -> asyncio.Event:
        """A poll's own: set when it rings, cleared by the poll before it asks."""
        self._polls.append(asyncio.Event())
        return self._polls[-1]

    def ring(self) -> None:
        """Something is new, or may have been lost."""
        for poll in self._polls:
            poll.set()


def run(stop: threading.Event) -> None:
    """Listen until `stop` is set; a lost database is waited for."""
    asyncio.run(_run(stop))


async def _run(stop: threading.Event) -> None:
    with ThreadPoolExecutor(THREADS, thread_name_prefix="listen") as pool:
        listener = Listener(pool)
        while not stop.is_set():
            try:
                await listener.hold(stop)
            except psycopg.OperationalError as error:
                log.warning("listen_interrupted", error_type=type(error).__name__)
                await _sleep(stop, 1.0)
            finally:
                await listener.drop_all()
        _close_connections(pool)


def _close_connections(pool: ThreadPoolExecutor) -> None:
    """Close the database connection of every thread of the pool: each waits for the others."""
    together = threading.Barrier(THREADS, timeout=10)

    def close() -> None:
        connection.close()
        together.wait()

    for closing in [pool.submit(close) for _ in range(THREADS)]:
        closing.result()


async def _sleep(stop: threading.Event, seconds: float) -> None:
    """Sleep, yet notice within half a second that we are to stop."""
    left = seconds
    while left > 0 and not stop.is_set():
        await asyncio.sleep(min(0.5, left))
        left -= 0.5


class Listener:
    """Holds channels and the tasks that listen to them."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    async def hold(self, stop: threading.Event) -> None:
        """Take channels that are free, let go of those no longer active, every few seconds."""
        locks = await self._call(open_direct)
        try:
            while not stop.is_set():
                await self._balance(locks)
                await _sleep(stop, LOOK_EVERY_S)
        finally:
            # Closing the connection frees every channel for the other processes.
            with suppress(psycopg.Error):
                await self._call(locks.close)

    async def drop_all(self) -> None:
        """Stop listening to everything."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _balance(self, locks: psycopg.Connection[Any]) -> None:
        active = await self._call(_active, locks)
        for channel_id in [c for c in self._tasks if c not in active]:
            task = self._tasks.pop(channel_id)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._call(locks.execute, _UNLOCK, [str(channel_id)])
        for channel_id, workspace_id in active.items():
            if not await self._may_begin(locks, channel_id):
                continue
            self._tasks[channel_id] = asyncio.create_task(self._tend(workspace_id, channel_id))

    async def _may_begin(self, locks: psycopg.Connection[Any], channel_id: UUID) -> bool:
        """Say whether the channel is ours and nothing listens to it: new, or its task ended."""
        task = self._tasks.get(channel_id)
        if task is None:
            return await self._call(_is_locked, locks, channel_id)
        if task.done() and not task.cancelled() and task.exception() is not None:
            log.error("listening_ended", channel_id=str(channel_id), exc_info=task.exception())
        return task.done()

    async def _tend(self, workspace_id: UUID, channel_id: UUID) -> None:
        """Run all the loops of one channel until one of them ends or we are cancelled."""
        ears = await self._call(_ears, workspace_id, channel_id)
        if ears is None:
            return
        connector = connector_for(ears.channel.network)
        loops: list[Awaitable[None]] = [self._watch_health(ears)]
        bell = Bell()
        if isinstance(connector, Polls):
            for stream in connector.streams(ears.account):
                loops.append(self._poll(ears, stream, bell.hung_up()))
                if not connector.manifest.is_poll_exact:
                    loops.append(self._reconcile(ears, stream))
        if isinstance(connector, Streams):
            loops.append(self._stream(ears, connector, bell))
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop)  # type: ignore[arg-type]

    async def _poll(self, ears: Ears, stream: str, news: asyncio.Event) -> None:
        failures = 0
        while True:
            news.clear()  # before asking: what is new from now on may not be in the answer
            try:
                pause = await self._call(poll_once, ears.workspace_id, ears.channel_id, stream)
                failures = 0
            except Failure as failure:
                failures += 1
                pause = _wait_for(failure, failures)
                await self._check_after(ears, failures)
            except Exception:
                failures += 1
                pause = pause_after(failures).total_seconds()
                log.exception("poll_failed", channel_id=str(ears.channel_id))
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), pause)

    async def _reconcile(self, ears: Ears, stream: str) -> None:
        """Read the last two days again, at the start and every six hours."""
        while True:
            try:
                await self._call(reconcile, ears.workspace_id, ears.channel_id, stream)
            except Failure as failure:
                log.info("reconcile_put_off", code=failure.code)
            except Exception:
                log.exception("reconcile_failed", channel_id=str(ears.channel_id))
            await asyncio.sleep(RECONCILE_EVERY_S)

    async def _stream(self, ears: Ears, connector: Streams, bell: Bell) -> None:
        """Hold the stream open; reconnect with backoff; let the poll look for what was missed."""
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                # One that ends with nothing said has nothing to say just now: come back later.
                failures = 0 if await self._hear(ears, connector, bell) else failures + 1
            except Failure as failure:
                await self._call(_note, ears, failure)
                failures += 1
                await self._check_after(ears, failures)
            except Exception:
                failures += 1
                log.exception("stream_failed", channel_id=str(ears.channel_id))
            if loop.time() - began > GOOD_STREAM_S:
                failures = 0
            bell.ring()  # what it lost, the polls find
            await asyncio.sleep(pause_after(failures).total_seconds())

    async def _hear(self, ears: Ears, connector: Streams, bell: Bell) -> int:
        """Read the stream into a bounded backlog while another task keeps what is in it.

        Returns how much it said when the stream ends by itself.
        """
        heard = 0
        backlog: asyncio.Queue[Raw | None] = asyncio.Queue(STREAM_BACKLOG)
        account = await self._call(_account, ears)

        async def read() -> None:
            nonlocal heard
            try:
                async for said in connector.listen(account):
                    heard += 1
                    if isinstance(said, Nudge):
                        bell.ring()
                    else:
                        await backlog.put(said)
            finally:
                await backlog.put(None)

        reading = asyncio.create_task(read())
        try:
            while (batch := await _next_batch(backlog)) is not None:
                await self._call(_keep, ears, batch)
            await reading
            return heard
        finally:
            reading.cancel()
            while not reading.done():  # it may be waiting for room in the backlog
                while not backlog.empty():
                    backlog.get_nowait()
                await asyncio.sleep(0.01)

    async def _watch_health(self, ears: Ears) -> None:
        while True:
            await self._check(ears)
            await asyncio.sleep(HEALTH_EVERY_S)

    async def _check_after(self, ears: Ears, failures: int) -> None:
        if failures and failures % HEALTH_AFTER_FAILURES == 0:
            await self._check(ears)

    async def _check(self, ears: Ears) -> None:
        try:
            await self._call(check_health, ears.workspace_id, ears.channel_id)
        except Exception:
            log.exception("health_failed", channel_id=str(ears.channel_id))

    async def _call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a synchronous call in the pool; its connection does not survive an error."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(_guarded, function, *arguments))


def _guarded(function: Callable[..., T], *arguments: Any) -> T:
    try:
        return function(*arguments)
    except Failure:
        raise
    except BaseException:
        connection.close()
        raise


async def _next_batch(backlog: asyncio.Queue[Raw | None]) -> list[Raw] | None:
    """Wait for one raw, then take what else is there; None when the stream has ended."""
    first = await backlog.get()
    if first is None:
        return None
    batch = [first]
    while len(batch) < STREAM_BATCH and not backlog.empty():
        raw = backlog.get_nowait()
        if raw is None:
            backlog.put_nowait(None)
            break
        batch.append(raw)
    return batch


def _active(locks: psycopg.Connection[Any]) -> dict[UUID, UUID]:
    rows = locks.execute("SELECT channel_id, workspace_id FROM channels_active()")
    return {row[0]: row[1] for row in rows}


def _is_locked(locks: psycopg.Connection[Any], channel_id: UUID) -> bool:
    row = locks.execute(_LOCK, [str(channel_id)]).fetchone()
    return bool(row and row[0])


def _ears(workspace_id: UUID, channel_id: UUID) -> Ears | None:
    with scope(workspace_id):
        channel = Channel.objects.filter(workspace_id=workspace_id, id=channel_id).first()
        if channel is None:
            return None
        try:
            connector_for(channel.network)
        except UnknownNetworkError:
            return None
        return Ears(workspace_id, channel_id, channel, opened_account(channel))


def _account(ears: Ears) -> Account:
    """Read the account anew: settings or secrets may have changed since we began."""
    with scope(ears.workspace_id):
        ears.channel.refresh_from_db()
        return opened_account(ears.channel)


def _keep(ears: Ears, raws: list[Raw]) -> None:
    keep_streamed(ears.channel, raws)


def _note(ears: Ears, failure: Failure) -> None:
    with scope(ears.workspace_id):
        report_failure(ears.channel, failure)


def _wait_for(failure: Failure, failures: int) -> float:
    """Return how long to wait: what the network asked for, else our own growing pause."""
    if failure.retry_at is not None:
        return max(0.5, (failure.retry_at - now()).total_seconds())
    return pause_after(failures).total_seconds()
