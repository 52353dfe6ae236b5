"""What waits for somebody to decide or to mend: for badges and digests. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hearwell.kit.rows import fetch
from hearwell.powers.queries import READERS

# A reply came back unless it was handed in again since; those ever above somebody's powers are few.
_WAITING: Final = """
    WITH waiting AS (
        SELECT r.author_id FROM powers_review r JOIN outbound_delivery d
            ON d.workspace_id = r.workspace_id AND d.id = r.delivery_id
        WHERE r.workspace_id = %(place)s AND r.state = 'waiting' AND d.state = 'approval'
    ), back AS (
        SELECT r.author_id, count(*) AS n FROM powers_review r
        WHERE r.workspace_id = %(place)s AND r.author_id = ANY(%(users)s) AND r.state = 'returned'
            AND NOT EXISTS (SELECT FROM powers_review l WHERE l.workspace_id = r.workspace_id
                AND l.author_id = r.author_id AND l.case_id = r.case_id
                AND (l.submitted_at, l.id) > (r.submitted_at, r.id))
        GROUP BY r.author_id
    )
    SELECT m.user_id,
        CASE WHEN EXISTS (SELECT FROM waiting) OR b.n > 0
                OR EXISTS (SELECT FROM powers_reviewrule WHERE workspace_id = %(place)s)
            THEN (SELECT count(*) FROM waiting w
                WHERE (w.author_id <> m.user_id) = (m.role = ANY(%(readers)s))) END,
        coalesce(b.n, 0),
        CASE WHEN m.role = ANY(%(readers)s) AND EXISTS (
                SELECT FROM powers_grant WHERE workspace_id = %(place)s AND is_above)
            THEN (SELECT count(*) FROM powers_grant g WHERE g.workspace_id = %(place)s
                AND g.is_above AND g.state = 'waiting' AND g.giver_id <> m.user_id) END
    FROM accounts_membership m LEFT JOIN back b ON b.author_id = m.user_id
    WHERE m.workspace_id = %(place)s AND m.user_id = ANY(%(users)s)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person.

    `replies`: colleagues' for who may approve, for others their own; None where none ever wait.
    `returned`: their own, that they are asked to change. `grants`: colleagues', for who may
    approve; None for others, and where nobody ever asked.
    """

    replies: int | None
    returned: int
    grants: int | None

    @property
    def counts(self) -> dict[str, int]:
        """By the queue that they stand in; without those that there are not."""
        found: dict[str, int] = {}
        if self.replies is not None:
            found["approval"] = self.replies + self.returned
        if self.grants is not None:
            found["grants"] = self.grants
        return found


def waiting_for(workspace_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, Waiting]:
    """What waits for each of these members. One query."""
    rows = fetch(_WAITING, {"place": workspace_id, "readers": READERS, "users": list(user_ids)})
    return {user_id: Waiting(*counts) for user_id, *counts in rows}
