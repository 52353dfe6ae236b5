"""Who still waits, as conversations knows it: what clocks are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hearwell.conversations.models import Direction, Message, Waiting
from hearwell.sla.rules import Asked, Replied


def waiting_in(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[Asked]]:
    """Return the messages that wait for an answer, oldest first, by case; one query."""
    rows = Waiting.objects.filter(workspace_id=workspace_id, case_id__in=list(case_ids))
    found: dict[UUID, list[Asked]] = defaultdict(list)
    narrow = rows.order_by("since", "id").values_list("case_id", "since", "id", "urgency")
    for case_id, since, message_id, urgency in narrow:
        found[case_id].append(Asked(since, message_id, urgency))
    return found


def replies_in(
    workspace_id: UUID, case_ids: Collection[UUID], since: datetime | None = None
) -> dict[UUID, list[Replied]]:
    """Return people's replies, oldest first, by case; one query. A machine's do not count."""
    rows = Message.objects.filter(
        workspace_id=workspace_id,
        case_id__in=list(case_ids),
        direction=Direction.OUT,
        is_automatic=False,
        conversation__isnull=False,
    ).exclude(kind="note")
    if since is not None:
        rows = rows.filter(sent_at__gte=since)
    found: dict[UUID, list[Replied]] = defaultdict(list)
    narrow = rows.order_by("sent_at", "id").values_list("case_id", "sent_at", "id", "is_holding")
    for case_id, sent_at, message_id, is_holding in narrow:
        found[case_id].append(Replied(sent_at, message_id, is_holding))
    return found
