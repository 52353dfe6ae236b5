"""Looks for calls whose worker died, and for what is old."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every
from hearwell.secondopinion.services.spending import LOST_AFTER, settle_lost

KEPT_DAYS: Final = 30
_AT_MOST: Final = 5000


@every(seconds=60.0, name="secondopinion.lost")
def look_for_lost() -> int:
    """Count as spent what was held back for calls whose worker died."""
    seconds = LOST_AFTER.total_seconds()
    found = rows.fetch("SELECT workspace_id FROM secondopinion_lost(%s)", [seconds])
    return sum(_settled(workspace_id) for (workspace_id,) in found)


def _settled(workspace_id: UUID) -> int:
    with scope(workspace_id):
        return settle_lost(workspace_id)


@every(seconds=3600.0, name="secondopinion.old")
def forget_old() -> int:
    """Forget calls after thirty days."""
    ((count,),) = rows.fetch("SELECT secondopinion_forget(%s, %s)", [KEPT_DAYS, _AT_MOST])
    return int(count)
