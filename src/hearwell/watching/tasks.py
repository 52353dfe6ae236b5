"""Jobs of watching: one account is looked up, or read on."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit.jobs import TOOLS, app, defer_once
from hearwell.watching.services.looking import look_up
from hearwell.watching.services.reading import read_some


# Never retried: the sweep finds what is left.
@app.task(queue=TOOLS, name="watching.read")
def read(*, workspace_id: str, watch_id: str) -> None:
    """Look an account up, if that is still to be done; read some pages; come back for more."""
    place, watch = UUID(workspace_id), UUID(watch_id)
    look_up(place, watch)
    if read_some(place, watch):
        key = f"watching:{watch}"
        defer_once(read, key, lock=key, workspace_id=workspace_id, watch_id=watch_id)
