"""Who waits in a case that somebody took back to work by hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hearwell.conversations.services.place import here
from hearwell.conversations.services.standing import settle
from hearwell.kit import rows

_WAIT = """
    INSERT INTO conversations_waiting
        (id, workspace_id, case_id, conversation_id, identity_id, since, kind, urgency, certainty)
    SELECT m.id, m.workspace_id, m.case_id, m.conversation_id, m.author_identity_id, %(at)s,
        c.kind, c.urgency, c.certainty
    FROM conversations_message m
    JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    WHERE m.workspace_id = %(workspace)s AND m.case_id = %(case)s AND m.direction = 'in'
        AND m.deleted_at IS NULL AND m.conversation_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM conversations_waiting w
            WHERE w.workspace_id = m.workspace_id AND w.case_id = m.case_id)
    ORDER BY m.sent_at DESC, m.id DESC LIMIT 1
"""


def wait_again(case_id: UUID, at: datetime) -> None:
    """Let whoever wrote last in a case wait for an answer, from `at` on; it is our turn.

    Where somebody waits anyway, or nobody ever wrote, nothing changes. A reply that was given
    before `at` and comes to light later answers nobody.
    """
    workspace_id = here()
    rows.fetch(_WAIT, {"workspace": workspace_id, "case": case_id, "at": at}, is_read=False)
    settle(workspace_id, [case_id])
