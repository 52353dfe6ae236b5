"""Looks after the job queue itself: what a killed worker left behind, and what is long done.

Jobs may run twice: everything they do is idempotent, and a reply's job is only a wake-up
(its state machine decides what may still be sent).
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, connection, transaction

from hearwell.kit.jobs import IMPORTS
from hearwell.kit.sweep import every

# Three missed heartbeats.
STALLED_AFTER_S = 30
KEEP_FAILED_DAYS = 14
# No job lasts as long, but an import, which looks after itself. A worker that could not say how one
# ended, because the database was away just then, has forgotten it and lives on.
FORGOTTEN_AFTER_S = 6 * 3600

_STALLED = """
    SELECT job.id, job.queueing_lock FROM procrastinate_jobs AS job
    LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND (
        worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(age)s)
        OR job.queue_name <> %(imports)s AND now() - make_interval(secs => %(forgotten)s) > (
            SELECT max(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id))
"""
# One job of a kind may wait at a time: a left one gives way to its waiting twin.
_GIVE_WAY = f"""
    WITH stalled AS ({_STALLED}), ranked AS (
        SELECT id, queueing_lock,
               row_number() OVER (PARTITION BY queueing_lock ORDER BY id) AS place FROM stalled
    )
    DELETE FROM procrastinate_jobs USING ranked
    WHERE procrastinate_jobs.id = ranked.id AND ranked.queueing_lock IS NOT NULL
      AND (ranked.place > 1 OR EXISTS (
        SELECT FROM procrastinate_jobs AS twin
        WHERE twin.status = 'todo' AND twin.queueing_lock = ranked.queueing_lock))
"""  # noqa: S608 -- of our own words
_WHEN: Final[dict[str, int | str]] = {
    "age": STALLED_AFTER_S,
    "forgotten": FORGOTTEN_AFTER_S,
    "imports": IMPORTS,
}
_START_AGAIN = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
_FORGET = """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT job.id FROM procrastinate_jobs AS job
        JOIN procrastinate_events AS event ON event.job_id = job.id
        WHERE job.status NOT IN ('todo', 'doing')
        GROUP BY job.id HAVING max(event.at) < now() - make_interval(days => %(days)s))
"""


@every(seconds=10, name="stalled-jobs")
def restart_stalled_jobs() -> int:
    """Let jobs that no worker knows of any more run again; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_WAY, _WHEN)
        cursor.execute(_STALLED, _WHEN)
        return sum(_starts_again(job_id) for job_id, _lock in cursor.fetchall())


def _starts_again(job_id: int) -> bool:
    """Put one back into the queue, unless its twin was queued just now: that one does the work.

    Each on its own: one that has to wait until the next look keeps no other waiting.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_START_AGAIN, [job_id])
    except IntegrityError:
        return False
    return True


@every(seconds=3600, name="old-jobs")
def forget_old_jobs() -> int:
    """Remove jobs that failed long ago; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"days": KEEP_FAILED_DAYS})
        return int(cursor.rowcount)
