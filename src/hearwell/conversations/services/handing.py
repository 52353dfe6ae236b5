"""Many cases to many people and teams at once, each with its reason in its own story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hearwell.conversations.events import CaseAssigned
from hearwell.conversations.models import CaseLog
from hearwell.conversations.services.place import here
from hearwell.events.services import emit
from hearwell.kit import rows

_MOVE = """
    UPDATE conversations_case c SET assignee_id = r.to_id, team_id = coalesce(r.team_id, c.team_id)
    FROM (
        SELECT r.id, r.to_id, r.team_id, r.from_id, c.assignee_id AS before_id, c.status
        FROM json_to_recordset(%s::json) AS r(id uuid, from_id uuid, to_id uuid, team_id uuid)
        JOIN conversations_case c ON c.workspace_id = %s AND c.id = r.id
        ORDER BY c.id FOR UPDATE OF c
    ) r
    WHERE c.workspace_id = %s AND c.id = r.id AND r.status <> 'closed'
        AND r.before_id IS NOT DISTINCT FROM r.from_id
    RETURNING c.id
"""
ROUTED = "routed"


@dataclass(frozen=True, slots=True)
class Handing:
    """A case that goes from somebody (or nobody) to somebody (or nobody), and why.

    `team_id` None: it stays with its team. `why` is written into the case's story as it is; without
    one nothing is written.
    """

    case_id: UUID
    from_id: UUID | None
    to_id: UUID | None
    team_id: UUID | None = None
    why: Mapping[str, Any] = field(default_factory=dict)


def hand(handings: Sequence[Handing]) -> set[UUID]:
    """Hand cases over, in three statements; return those that did.

    One that is closed, or with somebody else than `from_id` by now, is left as it is: whoever was
    faster keeps it.
    """
    if not handings:
        return set()
    workspace_id = here()
    lines = rows.document(
        {"id": one.case_id, "from_id": one.from_id, "to_id": one.to_id, "team_id": one.team_id}
        for one in handings
    )
    moved = {row[0] for row in rows.fetch(_MOVE, [lines, workspace_id, workspace_id])}
    done = [one for one in handings if one.case_id in moved]
    rows.insert([_line(workspace_id, one) for one in done if one.why])
    emit(
        CaseAssigned(workspace_id, one.case_id, None, one.to_id, one.from_id)
        for one in done
        if one.from_id != one.to_id
    )
    return moved


def _line(workspace_id: UUID, handing: Handing) -> CaseLog:
    to = {"to": str(handing.to_id)} if handing.to_id else {}
    return CaseLog(
        workspace_id=workspace_id,
        case_id=handing.case_id,
        verb=ROUTED,
        data={**to, **handing.why},
    )
