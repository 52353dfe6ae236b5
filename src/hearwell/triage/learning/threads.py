"""What a thread says of the messages in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from hearwell.kit import rows

_FIRST_REPLY: Final = """
    SELECT conversation_id, min(sent_at) FROM conversations_message
    WHERE workspace_id = %s AND conversation_id = ANY(%s) AND direction = 'out'
    GROUP BY conversation_id
"""


def first_replies(
    workspace_id: UUID, conversation_ids: Collection[UUID | None]
) -> dict[UUID | None, datetime]:
    """Return conversation -> when we first said something in it; one statement."""
    return dict(rows.fetch(_FIRST_REPLY, [workspace_id, list(conversation_ids)]))
