"""Whose a case is, when two people turn out to be one, or two after all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from hearwell.kit import rows

# Theirs are the conversations in which one of these identities wrote.
_THREADS: Final = """
    UPDATE conversations_conversation v SET contact_id = %(to)s
    FROM conversations_case c
    WHERE v.workspace_id = %(workspace)s AND c.workspace_id = v.workspace_id
        AND c.id = v.case_id AND c.contact_id = %(from)s AND v.contact_id = %(from)s
        AND EXISTS (SELECT FROM conversations_message m WHERE m.workspace_id = v.workspace_id
            AND m.case_id = v.case_id AND m.conversation_id = v.id
            AND m.author_identity_id = ANY(%(identities)s))
"""
# A case is whoever's who wrote first in it.
_CASES: Final = """
    UPDATE conversations_case c SET contact_id = %(to)s
    WHERE c.workspace_id = %(workspace)s AND c.contact_id = %(from)s AND (
        SELECT m.author_identity_id FROM conversations_message m
        WHERE m.workspace_id = c.workspace_id AND m.case_id = c.id AND m.direction = 'in'
        ORDER BY m.sent_at, m.id LIMIT 1) = ANY(%(identities)s)
"""


def hand_over(workspace_id: UUID, source: UUID, target: UUID, identities: Sequence[UUID]) -> None:
    """Let what these identities began be another person's. Two statements."""
    place = {
        "workspace": workspace_id,
        "from": source,
        "to": target,
        "identities": list(identities),
    }
    for statement in (_THREADS, _CASES):
        rows.fetch(statement, place, is_read=False)
