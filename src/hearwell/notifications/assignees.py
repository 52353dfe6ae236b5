"""Who has a case; one query for many."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hearwell.conversations.models import Case


def assignees_of(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return case -> who has it, of open cases that somebody has."""
    found = Case.objects.filter(
        workspace_id=workspace_id, id__in=case_ids, status="open", is_historic=False
    )
    return {
        case_id: user_id for case_id, user_id in found.values_list("id", "assignee_id") if user_id
    }
