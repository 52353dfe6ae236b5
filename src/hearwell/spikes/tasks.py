"""Jobs of spikes."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit.jobs import DEFAULT, app
from hearwell.kit.scope import scope
from hearwell.spikes.services import look


@app.task(queue=DEFAULT, name="spikes.look_at")
def look_at(*, workspace_id: str) -> None:
    """Look at the last hour of a workspace."""
    place = UUID(workspace_id)
    with scope(place):
        look(place)
