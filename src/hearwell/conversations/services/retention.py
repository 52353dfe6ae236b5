"""Let go of what a network does not let us keep any longer: words and files, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
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
        WHERE workspace_id = %(place)s AND channel_id = ANY(%(channels)s)
            AND (direction = 'in' OR %(both)s) AND sent_at <= %(until)s
            AND received_at <= %(until)s AND NOT is_purged
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


# What hangs on a case or message goes with it. Cases that somebody moved something else into stay.
_DROP: Final = """
    WITH old AS MATERIALIZED (
        SELECT id, conversation_id, case_id FROM conversations_message
        WHERE workspace_id = %(place)s AND channel_id = %(channel)s AND is_historic
            AND sent_at < %(until)s
        ORDER BY sent_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM conversations_message m USING old
    WHERE m.workspace_id = %(place)s AND m.id = old.id
    RETURNING m.conversation_id, m.case_id, m.author_identity_id
"""
_SILENT: Final = """
    SELECT i.id FROM unnest(%(authors)s::uuid[]) AS i(id) WHERE NOT EXISTS (
        SELECT FROM conversations_message m
        WHERE m.workspace_id = %(place)s AND m.author_identity_id = i.id)
"""
_EMPTY: Final = """
    DELETE FROM conversations_conversation v
    WHERE v.workspace_id = %(place)s AND v.id = ANY(%(conversations)s) AND NOT EXISTS (
        SELECT FROM conversations_message m
        WHERE m.workspace_id = %(place)s AND m.conversation_id = v.id)
"""
_BARE: Final = """
    DELETE FROM conversations_case c
    WHERE c.workspace_id = %(place)s AND c.id = ANY(%(cases)s) AND c.is_historic
        AND NOT EXISTS (SELECT FROM conversations_message m
            WHERE m.workspace_id = %(place)s AND m.case_id = c.id)
        AND NOT EXISTS (SELECT FROM conversations_conversation v
            WHERE v.workspace_id = %(place)s AND v.case_id = c.id)
"""


def drop_record(
    workspace_id: UUID, channel_id: UUID, until: datetime, limit: int = BATCH
) -> tuple[int, list[UUID]]:
    """Remove messages of the past that a channel holds from before `until`, both sides.

    Conversations and cases of the past that are empty then go, too. Returns how many messages went
    and the identities that have written nothing else. Call it again until that is 0.
    """
    named: dict[str, Any] = {
        "place": workspace_id, "channel": channel_id, "until": until, "limit": limit,
    }  # fmt: skip
    gone = rows.fetch(_DROP, named)
    if gone:
        named["conversations"] = list({row[0] for row in gone if row[0]})
        named["cases"] = list({row[1] for row in gone if row[1]})
        rows.fetch(_EMPTY, named, is_read=False)
        rows.fetch(_BARE, named, is_read=False)
        named["authors"] = list({row[2] for row in gone if row[2]})
        return len(gone), [row[0] for row in rows.fetch(_SILENT, named)]
    return 0, []


def let_go_of_words(
    workspace_id: UUID,
    channel_ids: Sequence[UUID],
    until: datetime,
    limit: int = BATCH,
    *,
    both: bool = False,
) -> list[UUID]:
    """Purge what customers wrote that we have had since `until` or longer; return which.

    `both`: what the accounts themselves wrote, too, where they are not ours.

    Words, earlier wordings and files go; that somebody wrote, and when, stays, and so do our own
    answers. An open case is no exception: it stays open, its clocks go on, it can be answered.
    """
    ids = _done(_WORDS, workspace_id, channel_ids, until, limit, both=both)
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
    statement: str,
    workspace_id: UUID,
    channel_ids: Sequence[UUID],
    until: datetime,
    limit: int,
    *,
    both: bool = False,
) -> list[UUID]:
    values = {
        "both": both,
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
