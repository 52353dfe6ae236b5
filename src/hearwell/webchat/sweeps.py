"""Removes visitors who opened the chat and never wrote, and files that were never sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every
from hearwell.webchat import queries, services

STALE_AFTER: Final = timedelta(days=2)


@every(seconds=3600.0, name="webchat.stale")
def sweep_stale() -> int:
    """Sweep every workspace that has something to sweep."""
    before, swept = now() - STALE_AFTER, 0
    for workspace_id in queries.stale_places(before):
        with scope(workspace_id):
            swept += services.sweep(workspace_id, before)
    return swept
