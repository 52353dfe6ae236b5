"""One open stream: read into a bounded backlog, kept in batches, opened again when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from hearwell.channels.models import Channel
from hearwell.channels.rules import pause_after
from hearwell.channels.searching import searches_of
from hearwell.channels.services.accounts import opened_account
from hearwell.channels.services.health import report_failure
from hearwell.channels.services.polling import keep_streamed
from hearwell.connect.contract import Streams
from hearwell.connect.failures import Failure
from hearwell.connect.model import Account, Nudge, Raw
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
T = TypeVar("T")
STREAM_BATCH, STREAM_BACKLOG = 500, 2000
# An open stream that lasted so long was a good one, quiet or not: no failure in a row.
GOOD_STREAM_S = 5.0


class Call(Protocol):
    """Runs a synchronous function in a thread."""

    def __call__(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]:
        """Return what it returns."""


@dataclass(frozen=True, slots=True)
class Ears:
    """One channel to listen to, as it was when we began."""

    workspace_id: UUID
    channel_id: UUID
    channel: Channel


@dataclass(frozen=True, slots=True)
class Hearing:
    """A stream with what it needs: ``ring`` wakes the channel's polls, ``trouble`` its health."""

    ears: Ears
    connector: Streams
    call: Call
    ring: Callable[[], None]
    trouble: Callable[[int], None]

    async def run(self, *, after_s: float = 0.0) -> None:
        """Hold the stream open; reconnect with backoff; let the poll look for what was missed."""
        await asyncio.sleep(after_s)
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            began = loop.time()
            failures = await self._once(failures)
            if loop.time() - began > GOOD_STREAM_S:
                failures = 0
            self.ring()  # what it lost, the polls find
            await asyncio.sleep(pause_after(failures).total_seconds())

    async def _once(self, failures: int) -> int:
        """Hear until the stream ends; return the failures in a row."""
        try:
            # One that ends with nothing said has nothing to say just now: come back later.
            return 0 if await self.hear() else failures + 1
        except Failure as failure:
            self.trouble(failures + 1)
            await self._note(failure)
        except DatabaseError as error:
            log.warning("stream_interrupted", error_type=type(error).__name__)
        except Exception:
            log.exception("stream_failed", channel_id=str(self.ears.channel_id))
        return failures + 1

    async def _note(self, failure: Failure) -> None:
        try:
            await self.call(_report, self.ears, failure)
        except DatabaseError as error:
            log.warning("stream_interrupted", error_type=type(error).__name__)

    async def hear(self) -> int:
        """Read the stream into a bounded backlog while what is in it is kept.

        Returns how much it said when the stream ends by itself.
        """
        heard = 0
        backlog: asyncio.Queue[Raw | None] = asyncio.Queue(STREAM_BACKLOG)
        account = await self.call(_account, self.ears)

        async def read() -> None:
            nonlocal heard
            try:
                async for said in self.connector.listen(account):
                    heard += 1
                    if isinstance(said, Nudge):
                        self.ring()
                    else:
                        await backlog.put(said)
            finally:
                await backlog.put(None)

        reading = asyncio.create_task(read())
        try:
            while (batch := await next_batch(backlog)) is not None:
                await self.call(keep_streamed, self.ears.channel, batch)
            await reading
            return heard
        finally:
            reading.cancel()
            while not reading.done():  # it may be waiting for room in the backlog
                while not backlog.empty():
                    backlog.get_nowait()
                await asyncio.sleep(0.01)


async def next_batch(backlog: asyncio.Queue[Raw | None]) -> list[Raw] | None:
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


def _account(ears: Ears) -> Account:
    """Read the account anew: settings or secrets may have changed since we began."""
    with scope(ears.workspace_id):
        ears.channel.refresh_from_db()
        words = tuple(search.words for search in searches_of(ears.channel))
        return replace(opened_account(ears.channel), words=words)


def _report(ears: Ears, failure: Failure) -> None:
    with scope(ears.workspace_id):
        report_failure(ears.channel, failure)
