"""Conversations that a network lets go on under another name, in the cases that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hearwell.connect.model import ThreadsMoved
from hearwell.conversations.services.threads import ChannelRef, hold_channel
from hearwell.kit import rows
from hearwell.kit.text import clean

# Where somebody was heard under the new name already, or two move to one, there stay two, which
# people may merge.
_RENAMED: Final = """
    UPDATE conversations_conversation t SET thread_key = n.key
    FROM (SELECT DISTINCT ON (key) c.id, k.key
        FROM conversations_conversation c
        JOIN json_to_recordset(%(moves)s::json) AS m(before text, after text)
            ON starts_with(c.thread_key, m.before)
        CROSS JOIN LATERAL (
            SELECT m.after || substr(c.thread_key, length(m.before) + 1) AS key) k
        WHERE c.workspace_id = %(workspace)s AND c.channel_id = %(channel)s
        ORDER BY key, c.id) n
    WHERE t.workspace_id = %(workspace)s AND t.id = n.id
        AND NOT EXISTS (SELECT FROM conversations_conversation o
            WHERE o.workspace_id = %(workspace)s AND o.channel_id = %(channel)s
            AND o.thread_key = n.key)
    RETURNING t.id
"""


def rename_threads(channel: ChannelRef, items: Sequence[ThreadsMoved]) -> int:
    """Give conversations their new keys; told twice, nothing happens. Returns how many moved."""
    hold_channel(channel)
    moves = [{"before": clean(one.before)[0], "after": clean(one.after)[0]} for one in items]
    known = {
        "moves": rows.document(one for one in moves if one["before"]),
        "workspace": channel.workspace_id,
        "channel": channel.id,
    }
    return len(rows.fetch(_RENAMED, known))
