"""Which cases ask for an answer that nobody has given: the ones no silence may close."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from hearwell.kit import rows

# Somebody waits there, nobody of us has ever said anything, and nothing is on its way.
_NEVER: Final = """
    SELECT c.id FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s) AND NOT c.is_historic
        AND c.status <> 'closed' AND c.turn = 'ours' AND c.duty = 'answer'
        AND c.last_reply_at IS NULL
        AND NOT EXISTS (
            SELECT FROM conversations_conversation v
            JOIN outbound_delivery d ON d.workspace_id = v.workspace_id AND d.lane_id = v.id
            WHERE v.workspace_id = c.workspace_id AND v.case_id = c.id
                AND d.state NOT IN ('cancelled', 'failed'))
"""


def never_answered(workspace_id: UUID, case_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the cases that wait for an answer and have never had one."""
    found = rows.fetch(_NEVER, {"workspace": workspace_id, "ids": list(case_ids)})
    return {row[0] for row in found}
