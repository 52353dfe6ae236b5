"""How messages concern us that nobody addressed to us; one that is addressed settles it for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from hearwell.conversations.models import Message
from hearwell.conversations.services.opening import opened
from hearwell.conversations.services.threads import ChannelRef
from hearwell.kit import rows

# The stage of a case is that of the message which concerns us most.
_SETTLE: Final = """
    UPDATE conversations_case c SET stage = s.stage
    FROM (
        SELECT m.case_id, CASE WHEN bool_or(m.stage = '') THEN ''
            WHEN bool_or(m.stage = 'named') THEN 'named' ELSE min(m.stage) END AS stage
        FROM conversations_message m
        WHERE m.workspace_id = %(workspace)s AND m.case_id = ANY(%(cases)s) AND m.direction = 'in'
        GROUP BY m.case_id
    ) s
    WHERE c.workspace_id = %(workspace)s AND c.id = s.case_id AND c.stage <> s.stage
"""
_ADDRESSED: Final = """
    WITH told AS (
        UPDATE conversations_message m SET stage = ''
        WHERE m.workspace_id = %(workspace)s AND m.channel_id = %(channel)s
            AND m.remote_id = ANY(%(ids)s) AND m.stage <> ''
        RETURNING m.id, m.case_id
    ), cases AS (
        UPDATE conversations_case c SET stage = '', version = c.version + 1
        WHERE c.workspace_id = %(workspace)s AND c.stage <> '' AND c.id IN (
            SELECT case_id FROM told
            UNION SELECT m.case_id FROM conversations_message m
            WHERE m.workspace_id = %(workspace)s AND m.channel_id = %(channel)s
                AND m.remote_id = ANY(%(ids)s))
    )
    SELECT id FROM told
"""


def stage_cases(workspace_id: UUID, fresh: Sequence[Message]) -> None:
    """Give the cases of messages that nobody addressed to us their stage."""
    held = opened({message.case_id for message in fresh})
    for message in fresh:
        if message.case_id in held:
            case = held[message.case_id]
            case.stage = message.stage if case.stage != "named" else case.stage
    written = {message.case_id for message in fresh} - set(held)
    if written:
        settle_stages(workspace_id, written)


def settle_stages(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Give written cases the stage that follows from what is in them."""
    rows.fetch(_SETTLE, {"workspace": workspace_id, "cases": list(case_ids)}, is_read=False)


def addressed(channel: ChannelRef, remote_ids: Collection[str]) -> list[Message]:
    """Note that these messages were addressed to us, whatever was thought; return the surprises.

    The cases that they are in are addressed to us, too. One statement; one more if any was news.
    """
    place = {"workspace": channel.workspace_id, "channel": channel.id, "ids": list(remote_ids)}
    told = [row[0] for row in rows.fetch(_ADDRESSED, place)] if remote_ids else []
    if not told:
        return []
    found = Message.objects.filter(workspace_id=channel.workspace_id, id__in=told)
    return list(found.defer("search"))
