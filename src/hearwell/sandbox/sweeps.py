"""Finds what no wake-up reached: webhooks to be sent (again), lines of the demo that are due."""

from __future__ import annotations

from django.db import connection

from hearwell.kit.clock import now
from hearwell.kit.sweep import every
from hearwell.sandbox.tasks import wake, wake_play


@every(seconds=1.0, name="sandbox.due")
def wake_due() -> int:
    """Wake the workspaces that have something due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, what FROM sandbox_due(%s)", [now()])
        due = cursor.fetchall()
    for workspace_id, what in due:
        (wake_play if what == "play" else wake)(workspace_id)
    return len(due)
