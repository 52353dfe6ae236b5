"""The one place where a delivery changes its state: row, history and news in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hearwell.events.model import DomainEvent
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.outbound import events
from hearwell.outbound.models import Delivery, Transition
from hearwell.outbound.rules import State, check_move
from hearwell.outbound.services.paying import is_paid_now, pay

# Columns that say when a sweep shall look at a row in that state; elsewhere it need not look.
_WAKES = {
    State.QUEUED: "not_before",
    State.SENDING: "lease_until",
    State.UNKNOWN: "read_back_after",
    State.PENDING: "read_back_after",
}


def locked(
    workspace_id: UUID, ids: Iterable[UUID], states: Collection[State] | None = None
) -> list[Delivery]:
    """The named deliveries that are in one of the states, locked until the transaction ends."""
    rows = Delivery.objects.select_for_update(no_key=True).filter(
        workspace_id=workspace_id, id__in=list(ids)
    )
    if states is not None:
        rows = rows.filter(state__in=sorted(states))
    return list(rows.order_by("id"))


def move(
    rows: Sequence[Delivery],
    to: State,
    *,
    reason: str = "",
    by_id: UUID | None = None,
    each: Callable[[Delivery], Mapping[str, object]] | None = None,
    **changes: object,
) -> Sequence[Delivery]:
    """Take locked deliveries to a state: with the same `changes` for all, and with `each` row's.

    Raises ForbiddenMoveError if any may not go there: nothing is written then. A batch is three
    statements however large it is.
    """
    if not rows:
        return rows
    for row in rows:
        check_move(State(row.state), to)
    at = now()
    trail = [_line(row, to, at, reason, by_id) for row in rows]
    written: set[str] = set()
    for row, line in zip(rows, trail, strict=True):
        written |= _change(row, to, at, {**changes, **(each(row) if each else {})})
        line.attempts, line.remote_id = row.attempts, row.remote_id
    here = Delivery.objects.filter(workspace_id=rows[0].workspace_id)
    here.bulk_update(rows, sorted(written))
    Transition.objects.bulk_create(trail)
    pay(row for row, line in zip(rows, trail, strict=True) if is_paid_now(row, line.before, to))
    tell(rows, to)
    return rows


def tell(rows: Iterable[Delivery], state: State) -> None:
    """Emit the event of that state for each row, if there is one."""
    make = _EVENTS.get(state)
    if make is not None:
        emit(make(row) for row in rows)


def begin(row: Delivery, *, by_id: UUID | None) -> None:
    """Write the first line of a new delivery's history and tell of it."""
    Transition.objects.create(
        workspace_id=row.workspace_id,
        delivery=row,
        after=row.state,
        at=row.state_since,
        by_id=by_id,
    )
    tell([row], State(row.state))


def _change(row: Delivery, to: State, at: datetime, changes: dict[str, object]) -> set[str]:
    """Set the columns on the row; returns which they are."""
    columns = {**changes, "state": to.value, "state_since": at}
    for name, value in columns.items():
        setattr(row, name, value)
    row.wake_at = getattr(row, _WAKES[to]) if to in _WAKES else None
    return {*columns, "wake_at"}


def _line(row: Delivery, to: State, at: datetime, reason: str, by_id: UUID | None) -> Transition:
    return Transition(
        workspace_id=row.workspace_id,
        delivery_id=row.id,
        before=row.state,
        after=to.value,
        at=at,
        by_id=by_id,
        reason=reason,
    )


def _common(row: Delivery) -> dict[str, Any]:
    return {
        "workspace_id": row.workspace_id,
        "delivery_id": row.id,
        "lane_id": row.lane_id,
        "channel_id": row.channel_id,
        "author_id": row.author_id,
        "context": row.context,
    }


def _queued(row: Delivery) -> DomainEvent:
    return events.DeliveryQueued(**_common(row), not_before=row.not_before)


def _sent(row: Delivery) -> DomainEvent:
    return events.DeliverySent(
        **_common(row),
        remote_id=row.remote_id,
        permalink=row.permalink,
        sent_at=row.sent_at or now(),
        draft=row.draft,
    )


def _cancelled(row: Delivery) -> DomainEvent:
    return events.DeliveryCancelled(**_common(row))


def _trouble(kind: type[events.DeliveryTrouble]) -> Callable[[Delivery], DomainEvent]:
    def make(row: Delivery) -> DomainEvent:
        return kind(
            **_common(row),
            code=row.failure_code,
            message=row.failure_message,
            alternatives=list(row.alternatives),
        )

    return make


_EVENTS: dict[State, Callable[[Delivery], DomainEvent]] = {
    State.QUEUED: _queued,
    State.SENT: _sent,
    State.CANCELLED: _cancelled,
    State.FAILED: _trouble(events.DeliveryFailed),
    State.HELD: _trouble(events.DeliveryHeld),
    State.STALE: _trouble(events.DeliveryStale),
    State.UNKNOWN: _trouble(events.DeliveryUnknown),
    State.NEEDS_HUMAN: _trouble(events.DeliveryNeedsHuman),
}
