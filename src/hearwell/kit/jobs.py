"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.tasks import Task
from procrastinate.types import JSONDict
from procrastinate.worker import Worker

from hearwell.kit.clock import now
from hearwell.kit.tracing import span

INBOUND, DEFAULT, OUTBOUND, IMPORTS = "inbound", "default", "outbound", "imports"
MEDIA, WEBHOOKS, MODELS, TOOLS = "media", "webhooks", "models", "tools"
__all__ = [
    "DEFAULT", "IMPORTS", "INBOUND", "MEDIA", "MODELS", "OUTBOUND", "TOOLS", "WEBHOOKS",
    "Persistently", "WakeUp", "app", "defer_once", "job_span", "on_a_live_connection", "wake",
]  # fmt: skip


def defer_once(
    task: Task[Any, Any, Any], key: str, *, lock: str | None = None, **arguments: Any
) -> bool:
    """Queue a job unless one with this key waits already; say whether it was queued.

    lock: jobs that share it run one after the other. In a block of its own: the refusal of a
    second job must not undo the caller's work. What this misses, the sweeps find.
    """
    job = task.configure(queueing_lock=key, lock=lock)
    try:
        with transaction.atomic():
            job.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


@dataclass(frozen=True, slots=True)
class WakeUp:
    """A hint that a row is due: `key` names the row, `at` is when (None: now)."""

    key: str
    arguments: JSONDict
    at: datetime | None = None


_WAITING = """
SELECT queueing_lock, scheduled_at FROM procrastinate_jobs
WHERE status = 'todo' AND queueing_lock = ANY (%s)
"""


def wake(task: Task[Any, Any, Any], wanted: Iterable[WakeUp], *, are_new: bool = False) -> int:
    """Queue a job for each row that has none waiting which comes in time; return how many.

    However often a sweep finds a row while all workers are busy, one wake-up of it waits. In the
    caller's transaction, which holds the rows' locks. A job that waits for later than the row is
    due now is no wake-up: the row gets one for this time beside it. ``are_new``: the caller has
    just made the rows, so nobody has woken anybody for them.
    """
    rows = {f"{task.name}:{one.key}": one for one in wanted}
    if are_new:
        app.job_manager.batch_defer_jobs([_job(task, one, lock) for lock, one in rows.items()])
        return len(rows)
    waiting = _waiting(rows)
    locks = {lock: _free(lock, one, waiting) for lock, one in rows.items()}
    jobs = [_job(task, rows[lock], free) for lock, free in locks.items() if free]
    if jobs:
        _defer_all(jobs)
    return len(jobs)


def _waiting(rows: Mapping[str, WakeUp]) -> dict[str, datetime | None]:
    """The locks that jobs hold which wait, and until when."""
    asked = [*rows, *(_for_its_time(lock, one) for lock, one in rows.items())]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [asked])
        return dict(cursor.fetchall())


def _free(lock: str, wanted: WakeUp, waiting: Mapping[str, datetime | None]) -> str | None:
    """The lock of another job for a row; None where one comes in time."""
    if lock not in waiting:
        return lock
    sooner = _for_its_time(lock, wanted)
    return sooner if _is_late(waiting[lock], wanted) and sooner not in waiting else None


def _for_its_time(lock: str, wanted: WakeUp) -> str:
    return f"{lock}@{wanted.at.isoformat() if wanted.at else 'once'}"


def _is_late(scheduled_at: datetime | None, wanted: WakeUp) -> bool:
    return scheduled_at is not None and scheduled_at > max(now(), wanted.at or scheduled_at.min)


def _job(task: Task[Any, Any, Any], wanted: WakeUp, lock: str) -> Job:
    is_later = wanted.at is not None and wanted.at > now()
    job = task.configure(queueing_lock=lock, schedule_at=wanted.at if is_later else None)
    return job.make_new_job(**wanted.arguments)


def _defer_all(jobs: list[Job]) -> None:
    """Queue them; a dead worker's job that comes back at this very moment undoes nothing."""
    try:
        with transaction.atomic():
            app.job_manager.batch_defer_jobs(jobs)
    except AlreadyEnqueued:
        app.job_manager.batch_defer_jobs([job.evolve(queueing_lock=None) for job in jobs])


class Persistently(BaseRetryStrategy):
    """For a job that no sweep would find again: tried anew, ever more seldom.

    A job is given up after `most` tries; not while the database is away or busy, which is no fault
    of the job: then after `most_away`, more than a day.
    """

    def __init__(self, most: int = 5, most_away: int = 1_500) -> None:
        self.most, self.most_away = most, most_away

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """See procrastinate. Waits 1, 2, 4, 8 … seconds, at most a minute."""
        is_away = isinstance(exception, OperationalError | InterfaceError)
        if job.attempts >= (self.most_away if is_away else self.most):
            return None
        return RetryDecision(retry_in={"seconds": min(60, 2 ** min(job.attempts, 6))})


def on_a_live_connection(call: Callable[[], Any], _context: JobContext, _worker: Worker) -> Any:
    """Begin a job without the connection that died under the one before: a middleware.

    Else all that is done in this thread after a restart of the database fails.
    """
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


def job_span(call: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    """Make a span of a job, around what does it: a middleware of the queue."""
    job = context.job
    with span(job.task_name, hearwell__task=job.task_name, messaging__destination__name=job.queue):
        return call()
