"""Read the event log and write down what is to be sent, to whom.

The log is read by its numbers: in the order of the commits, without a gap, and what is written and
how far was read are one commit. Nothing is lost, nothing comes twice, and who has no webhooks pays
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Count, F

from hearwell.events.models import Event
from hearwell.events.queries import events_since
from hearwell.events.services import emit
from hearwell.integrations.events import WebhookSwitchedOff
from hearwell.integrations.kinds import is_told, kinds_of, message_id
from hearwell.integrations.models import (
    HookDelivery,
    HookState,
    OffReason,
    Reading,
    Subscription,
)
from hearwell.integrations.services.subscriptions import switch_off
from hearwell.integrations.shapes import body, known_of, restored
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.rows import Maker, insert
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
BATCH: Final = 500
ROUNDS: Final = 4
WORKSPACES: Final = 200
# So much may come to wait for one webhook since it was switched on; then it is switched off.
MOST_WAITING: Final = 20_000


def collect() -> int:
    """Read on for every workspace that has webhooks and news; return how much was written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM integrations_unread(%s)", [WORKSPACES])
        found = [row[0] for row in cursor.fetchall()]
    return sum(_collected(workspace_id) for workspace_id in found)


def _collected(workspace_id: UUID) -> int:
    """Read on in one workspace; one that cannot be read is logged and stops no other."""
    try:
        with scope(workspace_id):
            return collect_for(workspace_id)
    except Exception:
        log.exception("webhooks_not_collected", workspace_id=str(workspace_id))
        return 0


def collect_for(workspace_id: UUID) -> int:
    """Read on in one workspace, in scope; at most 2,000 events at a time."""
    rows = Subscription.objects.filter(workspace_id=workspace_id, is_on=True)
    webhooks = list(rows.select_for_update().order_by("id"))
    if not webhooks:
        return 0
    reading = _reading(workspace_id)
    seq = max(reading.seq, min(webhook.from_seq for webhook in webhooks))
    written = 0
    for _round in range(ROUNDS):
        news = events_since(workspace_id, seq, limit=BATCH)
        if not news:
            break
        written += _write(workspace_id, news, webhooks)
        seq = news[-1].seq or seq
        if len(news) < BATCH:
            break
    if seq != reading.seq:
        Reading.objects.filter(workspace_id=workspace_id, id=reading.id).update(seq=seq)
    _leave_the_crowded(workspace_id, webhooks)
    return written


def _reading(workspace_id: UUID) -> Reading:
    Reading.objects.bulk_create(
        [Reading(id=uuid7(), workspace_id=workspace_id, seq=0)], ignore_conflicts=True
    )
    return Reading.objects.select_for_update().get(workspace_id=workspace_id)


def _write(workspace_id: UUID, news: Sequence[Event], webhooks: Sequence[Subscription]) -> int:
    wanted = {kind for webhook in webhooks for kind in webhook.kinds}
    told = [
        (row, kind)
        for row in news
        if is_told(row.name)
        for kind in kinds_of(restored(row))
        if kind in wanted
    ]
    if not told:
        return 0
    known = known_of(workspace_id, [restored(row) for row, _kind in told])
    make, at = Maker(HookDelivery), now()
    written = []
    for row, kind in told:
        told_to = [one for one in webhooks if kind in one.kinds and (row.seq or 0) > one.from_seq]
        id_ = message_id(row.id, kind)
        bodies = {
            with_words: body(id_, kind, row, known, with_words=with_words)
            for with_words in {one.with_words for one in told_to}
        }
        written += [
            make(
                workspace_id=workspace_id,
                subscription_id=one.id,
                message_id=id_,
                seq=row.seq,
                kind=kind,
                body=bodies[one.with_words],
                occurred_at=row.recorded_at,
                since_at=at,
                due_at=at,
                created_at=at,
            )
            for one in told_to
        ]
    insert(written, conflict="(workspace_id, subscription_id, message_id) DO NOTHING")
    return len(written)


def _leave_the_crowded(workspace_id: UUID, webhooks: Sequence[Subscription]) -> None:
    # What waited before it was switched on does not count: it would go off again before it is sent.
    waiting = HookDelivery.objects.filter(
        workspace_id=workspace_id, state=HookState.WAITING, seq__gt=F("subscription__from_seq")
    )
    counted = waiting.values("subscription_id").annotate(n=Count("id"))
    crowded = {row["subscription_id"] for row in counted if row["n"] >= MOST_WAITING}
    for webhook in webhooks:
        if webhook.id in crowded:
            leave(webhook, OffReason.CROWDED)


def leave(webhook: Subscription, reason: OffReason) -> None:
    """Switch a webhook off and tell the house, in the caller's transaction."""
    switch_off(webhook, reason)
    emit([WebhookSwitchedOff(webhook.workspace_id, webhook.id, reason)])
