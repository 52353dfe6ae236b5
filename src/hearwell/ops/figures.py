"""How the whole house fares: numbers and ages across all workspaces, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from hearwell.ops.sweeps import STALLED_AFTER_S

_SECONDS: Final = "extract(epoch FROM now() - {})::float8"
_JOBS: Final = f"""
    SELECT 'jobs_waiting', queue_name, count(*)::float8 FROM procrastinate_jobs
    WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now() GROUP BY queue_name
    UNION ALL
    SELECT 'jobs_running', queue_name, count(*)::float8 FROM procrastinate_jobs
    WHERE status = 'doing' GROUP BY queue_name
    UNION ALL
    SELECT 'jobs_failed', queue_name, count(*)::float8 FROM procrastinate_jobs
    WHERE status = 'failed' GROUP BY queue_name
    UNION ALL
    SELECT 'jobs_oldest_seconds', job.queue_name, {_SECONDS.format("min(event.at)")}
    FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
    WHERE job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now()
      AND event.type IN ('deferred', 'scheduled') GROUP BY job.queue_name
    UNION ALL
    SELECT 'queues_beating', '', count(*)::float8 FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => {STALLED_AFTER_S})
    UNION ALL
    SELECT 'listeners_beating', '', count(*)::float8 FROM channels_listeners()
    WHERE seen_at > now() - make_interval(secs => {STALLED_AFTER_S})
"""  # noqa: S608 -- of our own words
_ALL: Final = f"SELECT * FROM ops_figures() UNION ALL {_JOBS}"  # noqa: S608 -- the same


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted: (name, label) -> number; ages are in seconds. An age of nothing is absent.

    A label is a state, a network or a queue, or empty.
    """

    values: Mapping[tuple[str, str], float]

    def of(self, name: str, label: str = "") -> float:
        """Return one number, 0 for what was not counted."""
        return self.values.get((name, label), 0.0)

    def most(self, name: str) -> float:
        """Return the largest of a name, over its labels."""
        return max((value for _, value in self.by_label(name)), default=0.0)

    def total(self, name: str) -> float:
        """Return the sum of a name, over its labels."""
        return sum(value for _, value in self.by_label(name))

    def by_label(self, name: str) -> Iterator[tuple[str, float]]:
        """Yield (label, number) of a name."""
        return ((label, value) for (found, label), value in self.values.items() if found == name)


def count(connection: psycopg.Connection[Any]) -> Figures:
    """Count now, on a connection of hearwell_worker."""
    rows = connection.execute(_ALL).fetchall()
    return Figures({(name, label): float(value) for name, label, value in rows})
