"""Jobs of queue `outbound`: ids in, one call down. None is ever retried by the queue.

A job that dies leaves the row to the sweep, which knows what may be done with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import close_old_connections
from procrastinate.types import JSONValue

from hearwell.kit.clock import now
from hearwell.kit.jobs import OUTBOUND, app
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State


@app.task(queue=OUTBOUND, name="outbound.deliver")
def deliver(*, workspace_id: str, delivery_id: str) -> None:
    """Post one delivery, and what is due after it in its lane."""
    from hearwell.outbound import sender  # the web process never loads it

    close_old_connections()
    sender.deliver(UUID(workspace_id), UUID(delivery_id))


@app.task(queue=OUTBOUND, name="outbound.reconcile")
def reconcile(*, workspace_id: str, delivery_id: str) -> None:
    """Find out what became of one delivery; then post what waited behind it."""
    from hearwell.outbound import reader, sender

    close_old_connections()
    workspace, delivery = UUID(workspace_id), UUID(delivery_id)
    state = reader.reconcile(workspace, delivery)
    if state not in (None, State.UNKNOWN, State.PENDING):
        sender.deliver_next(workspace, delivery)


@app.task(queue=OUTBOUND, name="outbound.act")
def carry_out(*, workspace_id: str, moderation_id: str) -> None:
    """Do to a message on its network what a person asked for."""
    from hearwell.outbound import doer  # the web process never loads it

    close_old_connections()
    doer.carry_out(UUID(workspace_id), UUID(moderation_id))


def call_doer(found: Iterable[tuple[UUID, UUID]]) -> None:
    """Wake the doer for each (workspace, moderation), in the caller's transaction."""
    named: list[dict[str, JSONValue]] = [
        {"workspace_id": str(workspace_id), "moderation_id": str(moderation_id)}
        for workspace_id, moderation_id in found
    ]
    carry_out.batch_defer(*named)


def call_sender(rows: Sequence[Delivery]) -> None:
    """Wake the sender for each row when its time comes, in the caller's transaction."""
    at = now()
    deliver.batch_defer(*(_names(row) for row in rows if row.not_before <= at))
    for row in rows:
        if row.not_before > at:
            deliver.configure(schedule_at=row.not_before).defer(**_names(row))


def call_reader(rows: Sequence[Delivery]) -> None:
    """Wake the reader for each row, in the caller's transaction."""
    reconcile.batch_defer(*map(_names, rows))


def _names(row: Delivery) -> dict[str, JSONValue]:
    return {"workspace_id": str(row.workspace_id), "delivery_id": str(row.id)}
