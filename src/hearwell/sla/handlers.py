"""What clocks do when others tell something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from hearwell.conversations.events import CaseClosed
from hearwell.conversations.models import Case, Status
from hearwell.events.registry import on
from hearwell.sla.services import end


@on(CaseClosed)
def stop_clocks(events: Sequence[CaseClosed]) -> None:
    """A closed case needs no answer any more; one that was reopened meanwhile does."""
    if not events:
        return
    workspace_id = events[0].workspace_id
    reasons = {event.case_id: event.reason for event in events}
    closed = Case.objects.filter(
        workspace_id=workspace_id, id__in=list(reasons), status=Status.CLOSED
    ).values_list("id", flat=True)
    by_reason: dict[str, list[UUID]] = defaultdict(list)
    for case_id in closed:
        by_reason[reasons[case_id]].append(case_id)
    for reason, case_ids in by_reason.items():
        end(workspace_id, case_ids, reason)
