"""Who was told that it is solved and says no: first in every queue until somebody answers that."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from hearwell.conversations.events import CaseUnsolved
from hearwell.conversations.services.place import here
from hearwell.events.services import emit
from hearwell.kit import rows

_MARK = """
    UPDATE conversations_case SET unsolved_at = %s
    WHERE workspace_id = %s AND id = %s AND unsolved_at IS DISTINCT FROM %s RETURNING id
"""


@transaction.atomic
def stand_first(case_id: UUID, at: datetime) -> None:
    """Let a case stand first because its customer said at a time that it is not solved.

    An answer given after that ends it (services.standing). Whether somebody waits is not changed.
    """
    _mark(case_id, at, None)


@transaction.atomic
def stand_in_line(case_id: UUID, actor_id: UUID | None = None) -> None:
    """Let a case stand where its clock puts it: the customer did not say so, or takes it back."""
    _mark(case_id, None, actor_id)


def _mark(case_id: UUID, at: datetime | None, actor_id: UUID | None) -> None:
    workspace_id = here()
    changed = rows.fetch(_MARK, [at, workspace_id, case_id, at])
    emit(CaseUnsolved(workspace_id, key, actor_id, at is not None) for (key,) in changed)
