"""Let go of what a network does not let us keep any longer: words and files, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hearwell.conversations.models import Message, MessageVersion
from hearwell.conversations.services.previews import reword_bereft
from hearwell.kit import rows

BATCH: Final = 500
# What we keep is counted from when we got it; nothing came before it was sent, which is indexed.
# A CTE of its own, for a subquery with a limit may be asked more than once.
_WORDS = """
    WITH old AS MATERIALIZED (
        SELECT id FROM conversations_message
        WHERE workspace_id = %(place)s AND channel_id = ANY(%(channels)s) AND direction = 'in'
            AND sent_at <= %(until)s AND received_at <= %(until)s AND NOT is_purged
        ORDER BY sent_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE conversations_message m SET text = '', subject = '', full_text = '', search = NULL,
        entities = '[]'::jsonb, media = '[]'::jsonb, is_purged = true
    FROM old WHERE m.workspace_id = %(place)s AND m.id = old.id RETURNING m.id
"""
_FILES = """
    WITH old AS MATERIALIZED (
        SELECT id FROM conversations_message
        WHERE workspace_id = %(place)s AND channel_id = ANY(%(channels)s) AND direction = 'in'
            AND sent_at <= %(until)s AND received_at <= %(until)s AND media <> '[]'::jsonb
        ORDER BY sent_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE conversations_message m SET media = '[]'::jsonb
    FROM old WHERE m.workspace_id = %(place)s AND m.id = old.id RETURNING m.id
"""


def let_go_of_words(
    workspace_id: UUID, channel_ids: Sequence[UUID], until: datetime, limit: int = BATCH
) -> list[UUID]:
    """Purge what customers wrote that we have had since `until` or longer; return which.

    Words, earlier wordings and files go; that somebody wrote, and when, stays, and so do our own
    answers. An open case is no exception: it stays open, its clocks go on, it can be answered.
    """
    ids = _done(_WORDS, workspace_id, channel_ids, until, limit)
    if ids:
        MessageVersion.objects.filter(workspace_id=workspace_id, message_id__in=ids).delete()
        gone = Message.objects.filter(workspace_id=workspace_id, id__in=ids).defer("search")
        reword_bereft(workspace_id, list(gone))
    return ids


def let_go_of_files(
    workspace_id: UUID, channel_ids: Sequence[UUID], until: datetime, limit: int = BATCH
) -> list[UUID]:
    """Forget the files of such messages, and nothing else; return whose."""
    return _done(_FILES, workspace_id, channel_ids, until, limit)


def _done(
    statement: str, workspace_id: UUID, channel_ids: Sequence[UUID], until: datetime, limit: int
) -> list[UUID]:
    values = {
        "place": workspace_id,
        "channels": list(channel_ids),
        "until": until,
        "limit": limit,
    }
    return [found[0] for found in rows.fetch(statement, values)]


def forget_names(
    workspace_id: UUID, message_ids: Sequence[UUID], remote_ids: Sequence[str]
) -> None:
    """Mark an erased person's messages as purged; take their names out of what stands below them.

    The id of a post may hold that of its author. What the messages say is not touched here.
    """
    mine = Message.objects.filter(workspace_id=workspace_id)
    mine.filter(id__in=message_ids).update(is_purged=True)
    for column in ("parent_remote_id", "root_remote_id"):
        mine.filter(**{f"{column}__in": remote_ids}).update(**{column: ""})
