"""Which question a reply answered, and whether it came from a saved reply: told to knowledge."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from hearwell.events.registry import on
from hearwell.inbox.events import MessageWithdrawn, ReplySent
from hearwell.kit import rows
from hearwell.knowledge import services as knowledge
from hearwell.knowledge.services import Answered
from hearwell.knowledge.stems import share, stems

# Of a saved reply's words so many stand in what was sent, else it was rewritten.
TAKEN_OVER: Final = 0.5
# A reply in own words that is shorter is no answer to be given to a second customer.
SHORTEST: Final = 40
_HELP: Final = re.compile(r"/help/[\w-]+/([\w-]+)")
_REPLIES: Final = """
    SELECT o.id, o.case_id, o.sent_at, o.text, o.author_user_id, coalesce(asked.text, ''),
        used.article_id, coalesce(used.reply, '')
    FROM conversations_message o
    LEFT JOIN LATERAL (
        SELECT max(p.sent_at) AS sent_at, max(p.received_at) AS received_at
        FROM conversations_message p
        WHERE p.workspace_id = o.workspace_id AND p.conversation_id = o.conversation_id
            AND p.direction = 'out' AND NOT p.is_holding AND NOT p.is_automatic
            AND p.sent_at < o.sent_at
    ) before ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(q.text, E'\\n' ORDER BY q.sent_at) AS text FROM (
            SELECT i.text, i.sent_at FROM conversations_message i
            WHERE i.workspace_id = o.workspace_id AND i.conversation_id = o.conversation_id
                AND i.direction = 'in' AND i.deleted_at IS NULL AND i.sent_at <= o.sent_at
                AND i.sent_at > coalesce(before.sent_at, '-infinity')
            ORDER BY i.sent_at DESC LIMIT 3
        ) q
    ) asked ON true
    LEFT JOIN LATERAL (
        SELECT v.article_id, v.reply FROM knowledge_use u
        JOIN knowledge_articleversion v ON v.workspace_id = u.workspace_id AND v.id = u.version_id
        WHERE u.workspace_id = o.workspace_id AND u.case_id = o.case_id
            AND u.at <= o.received_at AND u.at > coalesce(before.received_at, '-infinity')
        ORDER BY u.at DESC LIMIT 1
    ) used ON true
    WHERE o.workspace_id = %s AND o.id = ANY(%s) AND o.deleted_at IS NULL
        AND NOT o.is_holding AND NOT o.is_automatic
"""
_SLUGS: Final = """
    SELECT slug, id FROM knowledge_article WHERE workspace_id = %s AND slug = ANY(%s)
"""


@on(ReplySent)
def remember_answers(events: Sequence[ReplySent]) -> None:
    """Remember what was asked and what answered it; a holding or automatic reply answers nothing.

    Three statements, however many.
    """
    told = [one for one in events if not one.is_holding and not one.is_automatic]
    if told:
        workspace_id = told[0].workspace_id
        found = answered_by(workspace_id, [one.message_id for one in told])
        knowledge.remember(workspace_id, found)


@on(MessageWithdrawn)
def forget_questions(events: Sequence[MessageWithdrawn]) -> None:
    """Forget the questions of cases in which a customer took words back."""
    if events:
        knowledge.forget(events[0].workspace_id, {one.case_id for one in events})


def answered_by(workspace_id: UUID, message_ids: Collection[UUID]) -> list[Answered]:
    """Return which question each of these replies of ours answered, and with what."""
    found = rows.fetch(_REPLIES, [workspace_id, list(message_ids)])
    slugs = {slug for row in found for slug in _HELP.findall(row[3])}
    linked = dict(rows.fetch(_SLUGS, [workspace_id, list(slugs)])) if slugs else {}
    return list(_answers(found, linked))


def _answers(found: Sequence[tuple[Any, ...]], linked: dict[str, UUID]) -> Iterator[Answered]:
    for message_id, case_id, at, text, user_id, question, article_id, reply in found:
        is_taken = article_id is not None and share(stems(reply), stems(text)) >= TAKEN_OVER
        link = next((linked[slug] for slug in _HELP.findall(text) if slug in linked), None)
        source = article_id if is_taken else link
        if source is None and len(text) < SHORTEST:
            continue
        yield Answered(case_id, message_id, question, at, source, user_id)
