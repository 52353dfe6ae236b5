"""What clocks do when others tell something."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.conversations.events import CaseClosed
from hearwell.events.registry import on
from hearwell.sla.services import cancel


@on(CaseClosed)
def stop_clocks(events: Sequence[CaseClosed]) -> None:
    """A closed case needs no answer any more."""
    if events:
        cancel(events[0].workspace_id, {event.case_id for event in events}, why="closed")
