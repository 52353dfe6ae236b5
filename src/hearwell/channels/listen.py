"""The listening process: everything that is polled or streamed, none of it twice.

The second of the two asynchronous islands. Each account is held by one process at a time, by a
lease that a heartbeat keeps (`listening.keeper`); several processes share the accounts evenly and
take over from one that dies. What is due stands on one agenda; database and network calls of the
synchronous kind run in a few threads, at most half of them for one network.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.db import connection
from django.db.backends.signals import connection_created

from hearwell.channels.listening.agenda import Agenda, Errand, What
from hearwell.channels.listening.hearing import Ears, Hearing
from hearwell.channels.listening.keeper import Keeper
from hearwell.channels.listening.planning import Plan, plans_of
from hearwell.channels.rules import pause_after
from hearwell.channels.services.leases import Held, LeaseLostError, leave, let_go
from hearwell.channels.services.polling import check_health, poll_once, reconcile
from hearwell.channels.services.searching import search_next
from hearwell.connect.contract import Streams
from hearwell.connect.failures import Failure
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7

log = structlog.get_logger(__name__)
T = TypeVar("T")
THREADS = 12
# Of one network, so that one that answers slowly leaves threads for the others.
PLACES = THREADS // 2
TURN_S = 0.5
RECONCILE_EVERY_S = 6 * 3600.0
HEALTH_EVERY_S = 24 * 3600.0
HEALTH_AFTER_FAILURES = 3
# An account is let go when what is under way for it has ended, but not later than this.
LEAVE_WITHIN_S = 20.0
# So many streams are opened a second, lest all of them knock at once.
OPEN_STREAMS_PER_S = 100
BEGIN_AT_ONCE = 100
THREAD_NAME = "listen"
_NO_LONG_REST = "SET idle_in_transaction_session_timeout = '10s'"


@dataclass
class Account:
    """One account that this listener holds, with all that is under way for it."""

    held: Held
    failures: Counter[Errand] = field(default_factory=Counter)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    stream: asyncio.Task[None] | None = None
    is_over: bool = False


def run(stop: threading.Event) -> None:
    """Listen until `stop` is set; a lost database is waited for."""
    with _restless():
        asyncio.run(_run(stop))


@contextmanager
def _restless() -> Iterator[None]:
    """Have the server end transactions of ours in which nothing happens.

    None ever waits for a network. One that rests belongs to a machine that is frozen or gone, and
    its locks would keep an account from those who take over.
    """

    def settle(connection: Any, **_: Any) -> None:
        if threading.current_thread().name.startswith(THREAD_NAME):
            with connection.cursor() as cursor:
                cursor.execute(_NO_LONG_REST)

    connection_created.connect(settle)
    try:
        yield
    finally:
        connection_created.disconnect(settle)


async def _run(stop: threading.Event) -> None:
    with ThreadPoolExecutor(THREADS, thread_name_prefix=THREAD_NAME) as pool:
        listener = Listener(pool)
        try:
            await listener.listen(stop)
        finally:
            await listener.end()
            _close_connections(pool)


def _close_connections(pool: ThreadPoolExecutor) -> None:
    """Close the database connection of every thread of the pool: each waits for the others."""
    together = threading.Barrier(THREADS, timeout=10)

    def close() -> None:
        connection.close()
        together.wait()

    for closing in [pool.submit(close) for _ in range(THREADS)]:
        closing.result()


class Listener:
    """Holds accounts, does their errands when they are due and keeps their streams open."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.me = uuid7()
        self._pool = pool
        self._accounts: dict[UUID, Account] = {}
        self._agenda = Agenda()
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PLACES))
        self._loop = asyncio.get_running_loop()
        self._keeper = Keeper(self.me, self._told)
        self._news: Sequence[Held] | None = None
        self._turn = asyncio.Event()
        self._aside: set[asyncio.Task[None]] = set()
        self._doing: dict[What, Callable[[Account, Errand], Awaitable[float | None]]] = {
            What.POLL: self._poll,
            What.RECONCILE: self._reconcile,
            What.HEALTH: self._check,
            What.SEARCH: self._search,
        }

    async def listen(self, stop: threading.Event) -> None:
        """Turn until `stop` is set: take what is held, start what is due, sleep until the next."""
        self._keeper.start()
        while not stop.is_set():
            self._keeper.turned()
            if self._keeper.is_fenced:
                await self._drop(list(self._accounts))
            elif self._news is not None:
                news, self._news = self._news, None
                await self._balance(news)
            for errand in self._agenda.take_due(self._loop.time()):
                self._start(errand)
            await self._sleep()

    async def end(self) -> None:
        """Stop hearing and give every account back at once."""
        self._keeper.stop()
        for task in self._aside:
            task.cancel()
        await self._drop(list(self._accounts))
        with suppress(DatabaseError):
            await self._call(leave, self.me)

    async def _sleep(self) -> None:
        next_at = self._agenda.next_at()
        left = TURN_S if next_at is None else min(TURN_S, next_at - self._loop.time())
        if left > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._turn.wait(), left)
        self._turn.clear()

    # --- whose accounts these are ----------------------------------------------------------------

    def _told(self, held: Sequence[Held]) -> None:
        """Take the keeper's word, in the keeper's thread."""

        def take() -> None:
            self._news = held
            self._turn.set()

        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(take)

    async def _balance(self, held: Sequence[Held]) -> None:
        """Begin what is new, let go of what is to leave, drop what is ours no longer."""
        ours = {one.channel_id for one in held}
        await self._drop([i for i in self._accounts if i not in ours])
        fresh: dict[UUID, list[Account]] = defaultdict(list)
        for one in held:
            account = self._accounts.get(one.channel_id)
            if one.is_leaving:
                self._let_leave(account, one)
            elif account is None or account.held.connected_at != one.connected_at:
                account = self._accounts.setdefault(one.channel_id, Account(one))
                account.held = one
                fresh[one.workspace_id].append(account)
        for workspace_id, accounts in fresh.items():
            for start in range(0, len(accounts), BEGIN_AT_ONCE):
                self._beside(self._begin(workspace_id, accounts[start : start + BEGIN_AT_ONCE]))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that belongs to no single account beside the turning of the loop."""
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._aside.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("listening_ended", exc_info=task.exception())

    async def _drop(self, channel_ids: Collection[UUID]) -> None:
        """Stop hearing accounts at once; whatever comes in for them is not stored as a cursor."""
        gone = [account for i in channel_ids if (account := self._accounts.pop(i, None))]
        for account in gone:
            self._agenda.forget(account.held.channel_id)
            account.is_over = True
            for task in self._all_of(account):
                task.cancel()
        tasks = [task for account in gone for task in self._all_of(account)]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _all_of(self, account: Account) -> list[asyncio.Task[None]]:
        return [*account.tasks, *([account.stream] if account.stream else [])]

    def _let_leave(self, account: Account | None, held: Held) -> None:
        """Let an account go, once: what is under way ends first, so that nothing is asked twice."""
        if account is not None and account.is_over:
            return
        account = account or self._accounts.setdefault(held.channel_id, Account(held))
        account.is_over = True
        self._agenda.forget(held.channel_id)
        self._beside(self._see_off(account))

    async def _see_off(self, account: Account) -> None:
        if account.stream is not None:
            account.stream.cancel()
            await asyncio.gather(account.stream, return_exceptions=True)
        if account.tasks:
            await asyncio.wait(account.tasks, timeout=LEAVE_WITHIN_S)
        channel_id = account.held.channel_id
        try:
            await self._call(let_go, self.me, [channel_id])
        except DatabaseError as error:
            log.warning("let_go_put_off", error_type=type(error).__name__)
        if self._accounts.get(channel_id) is account:
            await self._drop([channel_id])

    # --- what is due -----------------------------------------------------------------------------

    def _start(self, errand: Errand) -> None:
        account = self._accounts.get(errand.channel_id)
        if account is None or account.is_over:
            return
        task = asyncio.create_task(self._do(account, errand))
        account.tasks.add(task)
        task.add_done_callback(account.tasks.discard)

    async def _do(self, account: Account, errand: Errand) -> None:
        """Do an errand when a place for its network is free, and plan the next time."""
        async with self._places[account.held.network]:
            pause = None if account.is_over else await self._tried(account, errand)
        at = self._loop.time()
        self._agenda.done(errand, None if pause is None else at + pause, at)
        self._turn.set()

    async def _tried(self, account: Account, errand: Errand) -> float | None:
        """Do an errand; return the seconds until it is due again, None for never."""
        try:
            pause = await self._doing[errand.what](account, errand)
        except LeaseLostError:
            return None  # the keeper's next word says whose it is
        except Failure as failure:
            account.failures[errand] += 1
            self._look_after(account, account.failures[errand])
            return wait_for(failure, account.failures[errand])
        except DatabaseError as error:
            log.warning("errand_put_off", what=errand.what, error_type=type(error).__name__)
        except Exception:
            log.exception("errand_failed", what=errand.what, channel_id=str(errand.channel_id))
        else:
            account.failures.pop(errand, None)
            return pause
        account.failures[errand] += 1
        return pause_after(account.failures[errand]).total_seconds()

    def _look_after(self, account: Account, failures: int) -> None:
        """After some failures in a row, see what is the matter with the account."""
        if failures and failures % HEALTH_AFTER_FAILURES == 0:
            self._agenda.hurry(account.held.channel_id, What.HEALTH, self._loop.time())
            self._turn.set()

    async def _begin(self, workspace_id: UUID, accounts: Sequence[Account]) -> None:
        """Read what accounts need, all at once; plan their errands and open their streams."""
        failures = 0
        while left := [a for a in accounts if not a.is_over]:
            ids = [account.held.channel_id for account in left]
            try:
                plans = await self._call(plans_of, workspace_id, ids)
            except DatabaseError as error:
                failures += 1
                log.warning("begin_put_off", error_type=type(error).__name__)
                await asyncio.sleep(pause_after(failures).total_seconds())
                continue
            by_id = {plan.channel.id: plan for plan in plans}
            for account in left:
                plan = by_id.get(account.held.channel_id)
                if plan is not None and not account.is_over:
                    self._follow(account, plan, len(left))
            self._turn.set()
            return

    def _follow(self, account: Account, plan: Plan, beside: int) -> None:
        """Plan the errands of an account, the polls at once, and open its stream."""
        at, channel_id = self._loop.time(), account.held.channel_id
        for stream in plan.streams:
            self._agenda.plan(Errand(channel_id, What.POLL, stream), at)
        if plan.can_search:
            self._agenda.plan(Errand(channel_id, What.SEARCH), at)
        later = plan.later(RECONCILE_EVERY_S, HEALTH_EVERY_S, at=now(), beside=beside)
        for what, stream, due_s in later:
            self._agenda.plan(Errand(channel_id, what, stream), at + due_s)
        self._open_stream(account, plan, after_s=random.uniform(0, beside / OPEN_STREAMS_PER_S))  # noqa: S311 -- no secret

    def _open_stream(self, account: Account, plan: Plan, *, after_s: float) -> None:
        if account.stream is not None:  # it was connected anew: the old line has the old secrets
            account.stream.cancel()
        connector = connector_for(account.held.network)
        if not isinstance(connector, Streams):
            return
        channel_id = account.held.channel_id
        hearing = Hearing(
            ears=Ears(account.held.workspace_id, channel_id, plan.channel),
            connector=connector,
            call=self._call,
            ring=partial(self._ring, channel_id),
            trouble=partial(self._look_after, account),
        )
        account.stream = asyncio.create_task(hearing.run(after_s=after_s))

    def _ring(self, channel_id: UUID) -> None:
        """Have the polls of a channel ask at once: something is new, or may have been lost."""
        self._agenda.hurry(channel_id, What.POLL, self._loop.time())
        self._turn.set()

    async def _poll(self, account: Account, errand: Errand) -> float:
        held = account.held
        return await self._call(
            poll_once, held.workspace_id, held.channel_id, errand.stream, self.me
        )

    async def _search(self, account: Account, errand: Errand) -> float:
        """Look for the words that are due longest."""
        del errand
        held = account.held
        return await self._call(search_next, held.workspace_id, held.channel_id, self.me)

    async def _reconcile(self, account: Account, errand: Errand) -> float:
        """Read the last two days again."""
        held = account.held
        await self._call(reconcile, held.workspace_id, held.channel_id, errand.stream)
        return RECONCILE_EVERY_S

    async def _check(self, account: Account, errand: Errand) -> float:
        held = account.held
        await self._call(check_health, held.workspace_id, held.channel_id)
        del errand
        return HEALTH_EVERY_S

    async def _call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a synchronous call in the pool; its connection does not survive an error."""
        return await self._loop.run_in_executor(self._pool, partial(_guarded, function, *arguments))


def _guarded(function: Callable[..., T], *arguments: Any) -> T:
    try:
        return function(*arguments)
    except (Failure, LeaseLostError):
        raise
    except BaseException:
        connection.close()
        raise


def wait_for(failure: Failure, failures: int) -> float:
    """Return how long to wait: what the network asked for, else our own growing pause."""
    if failure.retry_at is not None:
        return max(0.5, (failure.retry_at - now()) / timedelta(seconds=1))
    return pause_after(failures).total_seconds()
