"""What clocks do when others tell something."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.conversations.events import CaseClosed
from hearwell.conversations.models import Case, Status
from hearwell.events.registry import on
from hearwell.sla.services import cancel


@on(CaseClosed)
def stop_clocks(events: Sequence[CaseClosed]) -> None:
    """A closed case needs no answer any more; one that was reopened meanwhile does."""
    if events:
        workspace_id = events[0].workspace_id
        closed = Case.objects.filter(
            workspace_id=workspace_id,
            id__in={event.case_id for event in events},
            status=Status.CLOSED,
        )
        cancel(workspace_id, list(closed.values_list("id", flat=True)), why="closed")
