"""Jobs of queue `outbound`: ids in, one call down. None is ever retried by the queue.

A job that dies leaves the row to the sweep, which knows what may be done with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from procrastinate.types import JSONDict

from hearwell.kit.jobs import OUTBOUND, WakeUp, app, wake
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State


@app.task(queue=OUTBOUND, name="outbound.deliver")
def deliver(*, workspace_id: str, delivery_id: str) -> None:
    """Post one delivery, and what is due after it in its lane."""
    from hearwell.outbound import sender  # the web process never loads it

    sender.deliver(UUID(workspace_id), UUID(delivery_id))


@app.task(queue=OUTBOUND, name="outbound.reconcile")
def reconcile(*, workspace_id: str, delivery_id: str) -> None:
    """Find out what became of one delivery; then post what waited behind it."""
    from hearwell.outbound import reader, sender

    workspace, delivery = UUID(workspace_id), UUID(delivery_id)
    state = reader.reconcile(workspace, delivery)
    if state not in (None, State.UNKNOWN, State.PENDING):
        sender.deliver_next(workspace, delivery)


@app.task(queue=OUTBOUND, name="outbound.act")
def carry_out(*, workspace_id: str, moderation_id: str) -> None:
    """Do to a message on its network what a person asked for."""
    from hearwell.outbound import doer  # the web process never loads it

    doer.carry_out(UUID(workspace_id), UUID(moderation_id))


def call_doer(found: Iterable[tuple[UUID, UUID]]) -> None:
    """Wake the doer for each (workspace, moderation), in the caller's transaction."""
    wake(
        carry_out,
        [
            WakeUp(str(id_), {"workspace_id": str(workspace_id), "moderation_id": str(id_)})
            for workspace_id, id_ in found
        ],
    )


def call_sender(rows: Sequence[Delivery], *, are_new: bool = False) -> None:
    """Wake the sender for each row when its time comes, in the caller's transaction."""
    wake(deliver, [_wake_up(row, row.not_before) for row in rows], are_new=are_new)


def call_reader(rows: Sequence[Delivery]) -> None:
    """Wake the reader for each row, in the caller's transaction."""
    wake(reconcile, [_wake_up(row) for row in rows])


def _wake_up(row: Delivery, at: datetime | None = None) -> WakeUp:
    named: JSONDict = {"workspace_id": str(row.workspace_id), "delivery_id": str(row.id)}
    return WakeUp(str(row.id), named, at)
