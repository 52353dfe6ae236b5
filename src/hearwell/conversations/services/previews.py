"""What the list shows of a case after its messages were edited or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hearwell.conversations.models import Message
from hearwell.conversations.services.threads import PREVIEW_LENGTH, preview_of, shortened
from hearwell.kit import rows

_REWORD = """
    UPDATE conversations_case c SET version = c.version + 1,
        preview = CASE WHEN r.is_shown OR r.sent_at = c.last_inbound_at THEN r.preview
            ELSE c.preview END,
        title = CASE WHEN r.is_purged THEN r.preview ELSE c.title END
    FROM (
        SELECT r.* FROM (
            SELECT DISTINCT ON (case_id) * FROM json_to_recordset(%s::json) AS r(case_id uuid,
                sent_at timestamptz, preview text, is_shown boolean, is_purged boolean)
            ORDER BY case_id, sent_at DESC) r
        JOIN conversations_case c ON c.workspace_id = %s AND c.id = r.case_id
        ORDER BY c.id FOR UPDATE OF c
    ) r
    WHERE c.workspace_id = %s AND c.id = r.case_id
"""
_REMAINING = """
    SELECT DISTINCT ON (case_id) case_id,
        left(concat_ws(' · ', nullif(subject, ''), nullif(text, '')), 600)
    FROM conversations_message
    WHERE workspace_id = %s AND case_id = ANY(%s) AND direction = 'in' AND deleted_at IS NULL
    ORDER BY case_id, sent_at DESC, id DESC
"""


def reword_cases(workspace_id: UUID, messages: Sequence[Message]) -> None:
    """Let the list show the new wording, and repliers know that something changed."""
    _reword(
        workspace_id,
        [
            {
                "case_id": message.case_id,
                "sent_at": message.sent_at,
                "preview": preview_of(message.subject, message.text),
            }
            for message in messages
        ],
    )


def reword_bereft(workspace_id: UUID, messages: Sequence[Message]) -> None:
    """Let the list show the latest that is left of each case; nothing, if nothing is."""
    purged = {message.case_id for message in messages if message.is_purged}
    cases = dict.fromkeys(message.case_id for message in messages)
    left = dict(rows.fetch(_REMAINING, [workspace_id, list(cases)]))
    _reword(
        workspace_id,
        [
            {
                "case_id": case_id,
                "preview": shortened(left.get(case_id, ""), PREVIEW_LENGTH),
                "is_shown": True,
                "is_purged": case_id in purged,
            }
            for case_id in cases
        ],
    )


def _reword(workspace_id: UUID, lines: Sequence[dict[str, Any]]) -> None:
    if lines:
        parameters = [rows.document(lines), workspace_id, workspace_id]
        rows.fetch(_REWORD, parameters, is_read=False)
