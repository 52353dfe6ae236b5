"""Park what cannot be taken in, replay it after a fix, or dismiss it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import F, Q, QuerySet

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.events import DeliveriesParked
from hearwell.channels.models import WHOLE_DELIVERY, Channel, ParkedDelivery, ParkedState
from hearwell.channels.services.applying import Poisoned
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.text import clean

_LONGEST_REASON = 500
_UNSETTLED = (ParkedState.OPEN, ParkedState.REPLAYING)


def park(channel: Channel, poisoned: Sequence[Poisoned]) -> None:
    """Park items of a channel in the caller's scope; one parked before is open again."""
    _store(
        channel,
        [
            ParkedDelivery(
                raw_id=one.entry.raw_id,
                item_index=one.entry.index,
                dedup_key=clean(one.entry.item.dedup_key)[0],
                thread_key=clean(one.entry.item.thread_key or "")[0],
                code=one.code,
                reason=one.reason,
                is_follower=one.is_follower,
            )
            for one in poisoned
        ],
    )


def park_whole(channel: Channel, faults: Sequence[tuple[UUID, str, str]]) -> None:
    """Park whole deliveries, (raw id, code, reason) each, which could not even be read."""
    _store(
        channel,
        [
            ParkedDelivery(raw_id=raw_id, item_index=WHOLE_DELIVERY, code=code, reason=reason)
            for raw_id, code, reason in faults
        ],
    )


def _store(channel: Channel, rows: Sequence[ParkedDelivery]) -> None:
    if not rows or channel.endpoint_id is None:
        return
    for row in rows:
        row.workspace_id, row.channel = channel.workspace_id, channel
        row.endpoint_id = channel.endpoint_id
        row.reason = clean(row.reason)[0][:_LONGEST_REASON]
    stored = ParkedDelivery.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace_id", "channel", "raw_id", "item_index"],
        update_fields=["code", "reason", "is_follower", "state"],
    )
    reason = next((row.reason for row in rows if not row.is_follower), rows[0].reason)
    emit([DeliveriesParked(channel.workspace_id, channel.id, [row.id for row in stored], reason)])


def replay(workspace_id: UUID, parked_ids: Collection[UUID], *, actor: User | None = None) -> int:
    """Queue parked rows, and those that wait behind them, to be taken in again from their bytes.

    Returns how many. Run it in scope; the work is done by a worker, since web cannot read bytes.
    """
    chosen = list(_unsettled(workspace_id).filter(id__in=parked_ids))
    lanes = Q(id__in=[row.id for row in chosen])
    for row in chosen:
        if row.thread_key:
            lanes |= Q(channel_id=row.channel_id, thread_key=row.thread_key, is_follower=True)
    rows = _unsettled(workspace_id).filter(lanes)
    endpoints = set(rows.values_list("endpoint_id", flat=True))
    changed = rows.update(state=ParkedState.REPLAYING, attempts=F("attempts") + 1)
    _audit(workspace_id, "delivery.replayed", chosen, actor)
    _queue_replays(workspace_id, endpoints)
    return changed


def _queue_replays(workspace_id: UUID, endpoint_ids: Collection[UUID]) -> None:
    from hearwell.channels.tasks import replay_parked

    for endpoint_id in endpoint_ids:
        replay_parked.defer(workspace_id=str(workspace_id), endpoint_id=str(endpoint_id))


def dismiss(workspace_id: UUID, parked_ids: Collection[UUID], *, actor: User | None = None) -> int:
    """Settle parked rows without taking them in; their bytes stay until they expire. Audited."""
    rows = list(_unsettled(workspace_id).filter(id__in=parked_ids))
    settle([row.id for row in rows], workspace_id, ParkedState.DISMISSED)
    _audit(workspace_id, "delivery.dismissed", rows, actor)
    return len(rows)


def settle(parked_ids: Collection[UUID], workspace_id: UUID, state: ParkedState) -> None:
    """Write down how parked rows ended."""
    ParkedDelivery.objects.filter(workspace_id=workspace_id, id__in=parked_ids).update(
        state=state, settled_at=now()
    )


def reopen(parked_ids: Collection[UUID], workspace_id: UUID, code: str, reason: str) -> None:
    """Put rows whose replay failed back to the people."""
    ParkedDelivery.objects.filter(workspace_id=workspace_id, id__in=parked_ids).update(
        state=ParkedState.OPEN, code=code, reason=reason[:_LONGEST_REASON]
    )


def _unsettled(workspace_id: UUID) -> QuerySet[ParkedDelivery]:
    return ParkedDelivery.objects.filter(workspace_id=workspace_id, state__in=_UNSETTLED)


def _audit(
    workspace_id: UUID, action: str, rows: Sequence[ParkedDelivery], actor: User | None
) -> None:
    record_audit(
        workspace_id,
        [
            AuditEntry(action, actor, "parked_delivery", row.id, after={"reason": row.reason})
            for row in rows
        ],
    )
