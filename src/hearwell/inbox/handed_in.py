"""Replies that were handed in, as they stand now: from which account, in which case, how late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hearwell.kit.rows import fetch
from hearwell.powers.models import Review

_STAND = """
    SELECT d.id, c.id, c.case_id, coalesce(a.handle, d.account), coalesce(t.version, l.version)
    FROM outbound_delivery d
    JOIN outbound_lane l ON l.workspace_id = d.workspace_id AND l.id = d.lane_id
    LEFT JOIN outbound_lane t ON t.workspace_id = l.workspace_id AND t.id = l.follows_id
    LEFT JOIN channels_channel a ON a.workspace_id = d.workspace_id AND a.id = d.channel_id
    LEFT JOIN conversations_conversation c
        ON c.workspace_id = d.workspace_id AND c.id = (d.context ->> 'conversation_id')::uuid
    WHERE d.workspace_id = %s AND d.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A reply and what became of its surroundings since.

    `thread_id` is what it answers, None where that is gone, and `case_id` the case that this is in
    now; `account` the handle it leaves from; `lane_version` how far the thread has moved, by
    whichever account it is answered.
    """

    review: Review
    thread_id: UUID | None
    case_id: UUID
    account: str
    lane_version: int

    @property
    def has_moved(self) -> bool:
        """Whether the customer wrote after it was handed in."""
        return self.lane_version > (self.review.delivery.lane_version or 0)


def as_they_stand(workspace_id: UUID, reviews: Sequence[Review]) -> list[HandedIn]:
    """Return these replies, in their order. One query."""
    ids = [review.delivery_id for review in reviews]
    found = {row[0]: row[1:] for row in fetch(_STAND, [workspace_id, ids])} if ids else {}
    pairs = ((review, found[review.delivery_id]) for review in reviews)
    return [
        HandedIn(review, thread_id, case_id or review.case_id, account, moved)
        for review, (thread_id, case_id, account, moved) in pairs
    ]
