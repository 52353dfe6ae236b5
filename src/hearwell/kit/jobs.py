"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

INBOUND, DEFAULT, OUTBOUND, IMPORTS = "inbound", "default", "outbound", "imports"
MEDIA, WEBHOOKS, MODELS, TOOLS = "media", "webhooks", "models", "tools"
__all__ = [
    "DEFAULT", "IMPORTS", "INBOUND", "MEDIA", "MODELS", "OUTBOUND", "TOOLS", "WEBHOOKS", "app",
    "defer_once",
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
