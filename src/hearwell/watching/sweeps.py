"""What is due to be read is read; what may not be kept any longer goes."""

from __future__ import annotations

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.jobs import defer_once
from hearwell.kit.sweep import every
from hearwell.watching import services

AT_ONCE = 100


@every(seconds=30.0, name="watching.read")
def read_due() -> int:
    """Have a worker read each account whose time has come; return how many."""
    from hearwell.watching.tasks import read

    found = rows.fetch("SELECT workspace_id, id FROM watching_due(%s, %s)", [now(), AT_ONCE])
    for workspace_id, watch_id in found:
        key = f"watching:{watch_id}"
        defer_once(read, key, lock=key, workspace_id=str(workspace_id), watch_id=str(watch_id))
    return len(found)


@every(seconds=3600.0, name="watching.keep")
def keep_to_limits() -> int:
    """Let go of what is older than may be kept, of every workspace."""
    return services.keep_to_limits()
