"""Tick what was done, and untick it; write what is to be changed after an incident."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.escalation.models import IncidentState, IncidentTask, Review
from hearwell.escalation.services.log import audit, locked, note
from hearwell.kit.clock import now

LONGEST: Final = 5000


@transaction.atomic
def tick(task_id: UUID, by: Membership, *, is_done: bool) -> IncidentTask:
    """Say that a task is done, or not; the log keeps both. Raises IncidentTask.DoesNotExist."""
    known = IncidentTask.objects.get(workspace_id=by.workspace_id, id=task_id)
    incident = locked(by.workspace_id, known.incident_id, IncidentState.LIVE, IncidentState.ENDED)
    task = IncidentTask.objects.get(workspace_id=by.workspace_id, id=task_id)
    if is_done is (task.done_at is not None):
        return task
    task.done_at, task.done_by_id = (now(), by.user_id) if is_done else (None, None)
    task.save(update_fields=["done_at", "done_by_id"])
    note(incident, "ticked" if is_done else "unticked", by, text=task.text)
    return task


@transaction.atomic
def write_review(
    incident_id: UUID, by: Membership, *, went_well: str, went_badly: str, to_change: str,
    is_held: bool,
) -> Review:  # fmt: skip
    """Keep what was learned; held is said once and stays. Raises Review.DoesNotExist."""
    incident = locked(by.workspace_id, incident_id, IncidentState.ENDED)
    review = Review.objects.select_for_update().get(
        workspace_id=by.workspace_id, incident_id=incident.id
    )
    review.went_well = went_well.strip()[:LONGEST]
    review.went_badly = went_badly.strip()[:LONGEST]
    review.to_change = to_change.strip()[:LONGEST]
    review.changed_at = now()
    if is_held and review.held_at is None:
        review.held_at, review.held_by_id = now(), by.user_id
        note(incident, "reviewed", by)
        audit(incident, "incident.reviewed", by)
    review.save()
    return review
