"""What goes along when conversations change their case, and what the cases say afterwards.

A message belongs to the case that its conversation was in when it was said, until somebody moves
them both. Whoever waits, what is being written and the tags follow. Everything here is for cases
that the caller has locked, and set-based: a case of a thousand messages costs what one does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from hearwell.conversations.models import CaseTag, Message
from hearwell.conversations.services.stages import settle_stages
from hearwell.conversations.services.standing import settle
from hearwell.conversations.services.threads import PREVIEW_LENGTH, preview_of, shortened
from hearwell.kit import rows
from hearwell.outbound import services as outbound

_CONVERSATIONS: Final = """
    UPDATE conversations_conversation SET case_id = %(to)s
    WHERE workspace_id = %(workspace)s AND id = ANY(%(conversations)s)
"""
_MESSAGES: Final = """
    UPDATE conversations_message SET case_id = %(to)s
    WHERE workspace_id = %(workspace)s AND case_id = %(from)s AND {which}
"""
_ALL: Final = "true"
_OF_CONVERSATIONS: Final = (
    "(conversation_id = ANY(%(conversations)s) AND id <> ALL(%(kept)s) OR id = ANY(%(strays)s))"
)
# Who waits is where their message is.
_WAITING: Final = """
    UPDATE conversations_waiting w SET case_id = m.case_id FROM conversations_message m
    WHERE w.workspace_id = %(workspace)s AND w.case_id = %(from)s
        AND m.workspace_id = w.workspace_id AND m.id = w.id AND m.case_id <> w.case_id
"""
_DRAFTS_JOINED: Final = """
    UPDATE conversations_draft d SET updated_at = greatest(d.updated_at, o.updated_at),
        has_files = d.has_files OR o.has_files, key = coalesce(d.key, o.key),
        text = CASE WHEN strpos(d.text, o.text) > 0 THEN d.text
            ELSE d.text || E'\\n\\n' || o.text END
    FROM conversations_draft o
    WHERE o.workspace_id = %(workspace)s AND o.case_id = %(from)s AND {which}
        AND d.workspace_id = o.workspace_id AND d.case_id = %(to)s
        AND d.user_id = o.user_id AND d.audience = o.audience
    RETURNING o.id, o.key, d.key
"""
_DRAFTS: Final = """
    UPDATE conversations_draft o SET case_id = %(to)s
    WHERE o.workspace_id = %(workspace)s AND o.case_id = %(from)s AND {which}
    RETURNING o.id
"""
_UNTAG: Final = """
    DELETE FROM conversations_casetag
    WHERE workspace_id = %s AND case_id = %s AND tag_id = ANY(%s)
"""
# What a list shows of a case is what its messages say. Notes are no part of that.
_RECOUNT: Final = """
    UPDATE conversations_case c SET opened_at = coalesce(s.opened_at, c.opened_at),
        last_message_at = coalesce(s.last_at, c.last_message_at),
        last_inbound_at = s.last_in, last_reply_at = s.last_out
    FROM (
        SELECT k.id, min(m.sent_at) AS opened_at, max(m.sent_at) AS last_at,
            max(m.sent_at) FILTER (WHERE m.direction = 'in') AS last_in,
            max(m.sent_at) FILTER (WHERE m.direction = 'out' AND NOT m.is_automatic) AS last_out
        FROM unnest(%(cases)s::uuid[]) AS k(id)
        LEFT JOIN conversations_message m ON m.workspace_id = %(workspace)s AND m.case_id = k.id
            AND m.conversation_id IS NOT NULL
        GROUP BY k.id
    ) s
    WHERE c.workspace_id = %(workspace)s AND c.id = s.id
"""
_NEWEST: Final = """
    SELECT DISTINCT ON (m.case_id) m.case_id, left(m.subject, 300), left(m.text, 600), m.audience,
        m.channel_id, v.network
    FROM conversations_message m
    JOIN conversations_conversation v ON v.workspace_id = m.workspace_id
        AND v.id = m.conversation_id
    WHERE m.workspace_id = %(workspace)s AND m.case_id = ANY(%(cases)s) AND m.direction = 'in'
    ORDER BY m.case_id, m.deleted_at IS NOT NULL, m.sent_at DESC, m.id DESC
"""
_SHOW: Final = """
    UPDATE conversations_case c SET preview = r.preview, audience = r.audience,
        channel_id = r.channel_id, network = r.network
    FROM json_to_recordset(%s::json) AS r(id uuid, preview text, audience text, channel_id uuid,
        network text)
    WHERE c.workspace_id = %s AND c.id = r.id
"""


def pour_all(workspace_id: UUID, source: UUID, target: UUID, homes: Sequence[UUID]) -> list[UUID]:
    """Move everything in a case into another: its conversations `homes`, messages, notes, drafts.

    Returns the tags that the target did not have.
    """
    place = _place(workspace_id, source, target, conversations=list(homes))
    _pour(place, _ALL)
    return _add_tags(workspace_id, source, target)


def _add_tags(workspace_id: UUID, source: UUID, target: UUID) -> list[UUID]:
    """Give a case the tags of another one as well; return those that are new to it."""
    theirs = CaseTag.objects.filter(workspace_id=workspace_id, case_id=source)
    added = [
        CaseTag(workspace_id=workspace_id, case_id=target, tag_id=tag_id, tagged_by_id=by_id)
        for tag_id, by_id in theirs.values_list("tag_id", "tagged_by_id")
    ]
    conflict = "(workspace_id, case_id, tag_id) DO NOTHING"
    return [row[0] for row in rows.insert(added, conflict=conflict, returning=("tag_id",))]


def pour_some(
    workspace_id: UUID,
    source: UUID,
    target: UUID,
    homes: Sequence[UUID],
    *,
    kept: Sequence[UUID] = (),
    strays: Sequence[UUID] = (),
) -> None:
    """Move conversations with what was said in them (except `kept`), and `strays` beside them."""
    place = _place(
        workspace_id,
        source,
        target,
        conversations=list(homes),
        kept=list(kept),
        strays=list(strays),
    )
    _pour(place, _OF_CONVERSATIONS)


def _place(workspace_id: UUID, source: UUID, target: UUID, **more: Any) -> dict[str, Any]:
    return {"workspace": workspace_id, "from": source, "to": target, **more}


def _pour(place: dict[str, Any], which: str) -> None:
    rows.fetch(_CONVERSATIONS, place, is_read=False)
    rows.fetch(_MESSAGES.format(which=which), place, is_read=False)
    rows.fetch(_WAITING, place, is_read=False)


def pour_drafts(
    workspace_id: UUID, source: UUID, target: UUID, ids: Sequence[UUID] | None = None
) -> list[UUID]:
    """Move what people are writing, all or these; return what now stands in the target by itself.

    Whoever writes in both for the same readers finds both texts, and all files, in one composer.
    """
    which = "true" if ids is None else "o.id = ANY(%(ids)s)"
    place = _place(workspace_id, source, target, ids=list(ids or ()))
    joined = rows.fetch(_DRAFTS_JOINED.format(which=which), place)
    for _id, key, into in joined:
        if key and key != into:
            outbound.move_files(workspace_id, key, into)
    rows.fetch(
        "DELETE FROM conversations_draft WHERE workspace_id = %s AND id = ANY(%s)",
        [workspace_id, [row[0] for row in joined]],
        is_read=False,
    )
    return [row[0] for row in rows.fetch(_DRAFTS.format(which=which), place)]


def take_tags_off(workspace_id: UUID, case_id: UUID, tag_ids: Sequence[UUID]) -> None:
    """Take off the tags that came with what has gone again."""
    rows.fetch(_UNTAG, [workspace_id, case_id, list(tag_ids)], is_read=False)


def recount(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Let cases say what their messages say: times, what is shown, stage, whose turn it is."""
    place = {"workspace": workspace_id, "cases": list(case_ids)}
    rows.fetch(_RECOUNT, place, is_read=False)
    shown = [
        {
            "id": case_id,
            "preview": shortened(preview_of(subject, text), PREVIEW_LENGTH),
            "audience": audience,
            "channel_id": channel_id,
            "network": network,
        }
        for case_id, subject, text, audience, channel_id, network in rows.fetch(_NEWEST, place)
    ]
    rows.fetch(_SHOW, [rows.document(shown), workspace_id], is_read=False)
    settle_stages(workspace_id, case_ids)
    settle(workspace_id, case_ids)


def kept_in(workspace_id: UUID, case_id: UUID, homes: Sequence[UUID]) -> list[UUID]:
    """Return messages of these conversations that a case holds already."""
    found = Message.objects.filter(
        workspace_id=workspace_id, case_id=case_id, conversation_id__in=homes
    )
    return list(found.values_list("id", flat=True))


def strays_in(workspace_id: UUID, case_id: UUID, homes: Sequence[UUID]) -> list[UUID]:
    """Return what was said in a case beside these conversations: notes, what went on elsewhere."""
    statement = """
        SELECT id FROM conversations_message WHERE workspace_id = %s AND case_id = %s
            AND (conversation_id IS NULL OR conversation_id <> ALL(%s))
    """
    return [row[0] for row in rows.fetch(statement, [workspace_id, case_id, list(homes)])]
