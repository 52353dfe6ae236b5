"""Every half minute, what is due is asked."""

from __future__ import annotations

from uuid import UUID

import structlog

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every
from hearwell.surveys.services import ask_due

log = structlog.get_logger(__name__)


@every(seconds=30.0, name="surveys.ask")
def ask_everywhere() -> int:
    """Ask, in every workspace, what is due; return how many were asked."""
    found = rows.fetch("SELECT workspace_id FROM surveys_due(%s)", [now()])
    return sum(_ask_in(row[0]) for row in found)


def _ask_in(workspace_id: UUID) -> int:
    """Ask in one workspace; one where it fails is logged and stops no other."""
    try:
        with scope(workspace_id):
            return ask_due(workspace_id)
    except Exception:
        log.exception("nobody_asked", workspace_id=str(workspace_id))
        return 0
