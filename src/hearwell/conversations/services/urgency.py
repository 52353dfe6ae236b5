"""How urgent cases are by somebody's word, whatever was read from their messages."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from hearwell.conversations.events import UrgencySet
from hearwell.conversations.services.place import here
from hearwell.conversations.services.work import log
from hearwell.events.services import emit
from hearwell.kit import rows

# What waits in a case carries its urgency, so it is said of both.
_WAITING = """
    UPDATE conversations_waiting w SET urgency = r.urgency
    FROM json_to_recordset(%s::json) AS r(id uuid, urgency smallint)
    WHERE w.workspace_id = %s AND w.case_id = r.id
"""
_CASES = """
    UPDATE conversations_case c SET urgency = r.urgency
    FROM (
        SELECT r.id, r.urgency, c.urgency AS before
        FROM json_to_recordset(%s::json) AS r(id uuid, urgency smallint)
        JOIN conversations_case c ON c.workspace_id = %s AND c.id = r.id
        WHERE c.urgency <> r.urgency ORDER BY c.id FOR UPDATE OF c
    ) r
    WHERE c.workspace_id = %s AND c.id = r.id
    RETURNING c.id, r.urgency, r.before
"""


@transaction.atomic
def set_urgency(wanted: Mapping[UUID, int], actor_id: UUID | None = None) -> dict[UUID, int]:
    """Say how urgent cases are, from 0 to 4; return case -> what it was, of those that changed.

    It holds for what waits now; what the customer writes later is read anew. Clocks that run go on
    as they were promised.
    """
    workspace_id = here()
    lines = rows.document({"id": key, "urgency": value} for key, value in wanted.items())
    changed = rows.fetch(_CASES, [lines, workspace_id, workspace_id])
    rows.fetch(_WAITING, [lines, workspace_id], is_read=False)
    for value in {urgency for _, urgency, _ in changed}:
        ids = [case_id for case_id, urgency, _ in changed if urgency == value]
        log(ids, "urgency", actor_id=actor_id, data={"urgency": value})
    emit(UrgencySet(workspace_id, key, actor_id, value, before) for key, value, before in changed)
    return {case_id: before for case_id, _, before in changed}
