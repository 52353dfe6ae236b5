"""Note what was used."""

from __future__ import annotations

from uuid import UUID

from hearwell.knowledge.models import Use


def note_use(workspace_id: UUID, version_id: UUID, case_id: UUID, user_id: UUID) -> None:
    """Note that a saved reply was taken into a composer."""
    Use.objects.create(
        workspace_id=workspace_id, version_id=version_id, case_id=case_id, user_id=user_id
    )
