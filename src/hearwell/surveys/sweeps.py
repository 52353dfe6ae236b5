"""Every half minute, what is due is asked."""

from __future__ import annotations

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every
from hearwell.surveys.services import ask_due


@every(seconds=30.0, name="surveys.ask")
def ask_everywhere() -> int:
    """Ask, in every workspace, what is due; return how many were asked."""
    asked = 0
    for (workspace_id,) in rows.fetch("SELECT workspace_id FROM surveys_due(%s)", [now()]):
        with scope(workspace_id):
            asked += ask_due(workspace_id)
    return asked
