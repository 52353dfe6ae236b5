"""Every half minute, what is due is rolled up."""

from __future__ import annotations

from uuid import UUID

import structlog

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every
from hearwell.reports.services import keep_up

log = structlog.get_logger(__name__)


@every(seconds=30.0, name="reports.roll")
def roll_everywhere() -> int:
    """Roll up what is due in every workspace; return how many days that were."""
    found = rows.fetch("SELECT workspace_id FROM reports_due(%s)", [now()])
    return sum(_roll_in(row[0]) for row in found)


def _roll_in(workspace_id: UUID) -> int:
    """Roll up in one workspace; one where it fails is logged and stops no other."""
    try:
        with scope(workspace_id):
            return keep_up(workspace_id)
    except Exception:
        log.exception("nothing_rolled_up", workspace_id=str(workspace_id))
        return 0
