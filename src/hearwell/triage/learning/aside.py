"""Messages that triage did not quiet and that yet nobody is shown as waiting. Reads.

History, what was said on our side outside of Hearwell, what its author took back, and what would
need an answer had anybody addressed us. Each is counted once; none of them is in `unshown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.ids import uuid7_at
from hearwell.triage.learning.unshown import DayCount

ARCHIVED, OURS, WITHDRAWN, UNADDRESSED = "archived", "ours", "withdrawn", "unaddressed"
REASONS: Final = (UNADDRESSED, WITHDRAWN, OURS, ARCHIVED)
# The first that fits counts. Ids tell when a message reached us: that is what is read by.
_TOLD: Final = f"""
    SELECT m.id, m.case_id, m.author_name, m.text, m.language, m.sent_at, m.received_at,
        CASE WHEN m.direction = 'out' THEN '{OURS}'
            WHEN m.is_historic THEN '{ARCHIVED}'
            WHEN m.deleted_at IS NOT NULL THEN '{WITHDRAWN}'
            ELSE '{UNADDRESSED}' END AS reason
    FROM conversations_message m
    LEFT JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
        AND c.stage <> ''
    LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
        AND m.stage <> ''
    WHERE m.workspace_id = %(workspace)s AND m.id >= %(first)s AND m.id < %(last)s
        AND CASE WHEN m.direction = 'out' THEN m.sent_outside
            WHEN m.is_historic OR m.deleted_at IS NOT NULL THEN true
            ELSE c.id IS NOT NULL AND v.duty = 'answer' AND c.turn <> 'ours'
                AND c.last_reply_at IS NULL AND c.status <> 'closed' END
"""  # noqa: S608  only our own fragments
_COUNTED: Final = f"""
    SELECT (received_at AT TIME ZONE %(zone)s)::date, reason, count(*) FROM ({_TOLD}) told
    GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608  only our own fragments
_SHOWN: Final = f"""
    SELECT case_id, author_name, text, language, sent_at FROM ({_TOLD}) told
    WHERE reason = %(reason)s ORDER BY id DESC LIMIT %(most)s
"""  # noqa: S608  only our own fragments


@dataclass(frozen=True, slots=True)
class Aside:
    """A message to look at; `why` names what set it aside, where that has a name."""

    case_id: UUID
    author: str
    text: str
    language: str
    sent_at: datetime
    why: str = ""


def aside_counts(workspace_id: UUID, since: datetime, until: datetime, zone: str) -> list[DayCount]:
    """Return the counts by the day on which messages reached us, and reason; one statement."""
    found = rows.fetch(_COUNTED, _values(workspace_id, since, until, zone))
    return [DayCount(*row) for row in found]


def aside_messages(
    workspace_id: UUID, reason: str, since: datetime, until: datetime, most: int
) -> list[Aside]:
    """Return the newest of one reason; one statement."""
    values = _values(workspace_id, since, until) | {"reason": reason, "most": most}
    found: Sequence[tuple[Any, ...]] = rows.fetch(_SHOWN, values)
    return [Aside(*row) for row in found]


def _values(workspace_id: UUID, since: datetime, until: datetime, zone: str = "") -> dict[str, Any]:
    return {
        "workspace": workspace_id, "first": uuid7_at(since), "last": uuid7_at(until), "zone": zone,
    }  # fmt: skip
