"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.tasks import Task
from procrastinate.types import JSONDict
from procrastinate.worker import Worker

from hearwell.kit.clock import now
from hearwell.kit.tracing import span

INBOUND, DEFAULT, OUTBOUND, IMPORTS = "inbound", "default", "outbound", "imports"
MEDIA, WEBHOOKS, MODELS, TOOLS = "media", "webhooks", "models", "tools"
__all__ = [
    "DEFAULT", "IMPORTS", "INBOUND", "MEDIA", "MODELS", "OUTBOUND", "TOOLS", "WEBHOOKS", "WakeUp",
    "app", "defer_once", "job_span", "wake",
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
    due now is no wake-up: the row gets another one. ``are_new``: the caller has just made the
    rows, so nobody has woken anybody for them.
    """
    rows = {f"{task.name}:{one.key}": one for one in wanted}
    if are_new:
        app.job_manager.batch_defer_jobs([_job(task, one, lock) for lock, one in rows.items()])
        return len(rows)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(rows)])
        waiting: dict[str, datetime | None] = dict(cursor.fetchall())
    fresh = [_job(task, rows[lock], lock) for lock in rows.keys() - waiting.keys()]
    late = [
        _job(task, rows[lock], None) for lock, at in waiting.items() if _is_late(at, rows[lock])
    ]
    if fresh or late:
        _defer_all(fresh, late)
    return len(fresh) + len(late)


def _is_late(scheduled_at: datetime | None, wanted: WakeUp) -> bool:
    return scheduled_at is not None and scheduled_at > max(now(), wanted.at or scheduled_at.min)


def _job(task: Task[Any, Any, Any], wanted: WakeUp, lock: str | None) -> Job:
    is_later = wanted.at is not None and wanted.at > now()
    job = task.configure(queueing_lock=lock, schedule_at=wanted.at if is_later else None)
    return job.make_new_job(**wanted.arguments)


def _defer_all(fresh: list[Job], late: list[Job]) -> None:
    """Queue them; a dead worker's job that comes back at this very moment undoes nothing."""
    try:
        with transaction.atomic():
            app.job_manager.batch_defer_jobs([*fresh, *late])
    except AlreadyEnqueued:
        unlocked = [job.evolve(queueing_lock=None) for job in fresh]
        app.job_manager.batch_defer_jobs([*unlocked, *late])


def job_span(call: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    """Make a span of a job, around what does it: a middleware of the queue."""
    job = context.job
    with span(job.task_name, hearwell__task=job.task_name, messaging__destination__name=job.queue):
        return call()
