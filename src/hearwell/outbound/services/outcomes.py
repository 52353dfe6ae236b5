"""What an answer of the network does to a delivery."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from hearwell.connect.model import Sent
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import ALLOWED, DONE, State, Verdict
from hearwell.outbound.services.moves import locked, move

log = structlog.get_logger(__name__)
_SKEW = timedelta(minutes=10)  # between our clock and the network's


def record(row: Delivery, verdict: Verdict) -> State:
    """Write a verdict down; commits before it returns. Returns where the delivery stands now.

    `row` is the delivery as it was when the network was asked: if it has moved meanwhile (its
    echo was faster, or a sweep gave the sender up), only proof that it was posted still counts.
    """
    with transaction.atomic(durable=True), scope(row.workspace_id):
        (current,) = locked(row.workspace_id, [row.id])
        if (current.state, current.attempts) == (row.state, row.attempts):
            _apply(current, verdict)
        elif verdict.sent is not None:
            _apply_late(current, verdict.sent)
        return State(current.state)


def _apply(row: Delivery, verdict: Verdict) -> None:
    if verdict.to == row.state:
        postpone(row, verdict)
        return
    sent = verdict.sent
    if sent is not None and is_linked(row, sent.external_id):
        # A network that replaces in place (one reply per review) gives the same id again.
        log.warning("remote_id_linked_already", delivery_id=str(row.id))
        sent = Sent("", sent.permalink, sent.at)
    move([row], verdict.to, reason=verdict.code, **columns(row, verdict, sent, now()))


def columns(row: Delivery, verdict: Verdict, sent: Sent | None, at: datetime) -> dict[str, Any]:
    """The columns that a verdict changes beside the state."""
    trouble = {
        "failure_code": verdict.code,
        "failure_message": verdict.message,
        "alternatives": list(verdict.alternatives),
    }
    match verdict.to:
        case State.SENT if sent is not None:
            return {**trouble, **sent_columns(sent)}
        case State.QUEUED:
            return {**trouble, "not_before": verdict.not_before or at}
        case State.UNKNOWN:
            since = row.unknown_since or at
            return {**trouble, "read_back_after": verdict.read_back_after, "unknown_since": since}
        case State.PENDING:
            token = verdict.token or row.pending_token
            return {"read_back_after": verdict.read_back_after, "pending_token": token}
        case _:
            return trouble


def sent_columns(sent: Sent) -> dict[str, Any]:
    """The columns that say that the network has it."""
    return {
        "remote_id": sent.external_id,
        "permalink": sent.permalink,
        "sent_at": sent.at,
        "unknown_since": None,
        "failure_code": "",
        "failure_message": "",
    }


def postpone(row: Delivery, verdict: Verdict) -> None:
    """Ask the network again later; the state stays as it is."""
    row.read_back_after = row.wake_at = verdict.read_back_after
    row.pending_token = verdict.token or row.pending_token
    _save(row, "read_back_after", "wake_at", "pending_token")


def _save(row: Delivery, *columns: str) -> None:
    Delivery.objects.filter(workspace_id=row.workspace_id, id=row.id).update(
        **{column: getattr(row, column) for column in columns}
    )


def is_linked(row: Delivery, remote_id: str) -> bool:
    """Whether this id on the network belongs to another delivery of ours already."""
    return bool(remote_id) and (
        Delivery.objects.filter(
            workspace_id=row.workspace_id, channel_id=row.channel_id, remote_id=remote_id
        )
        .exclude(id=row.id)
        .exists()
    )


def _apply_late(row: Delivery, sent: Sent) -> None:
    """The network's answer came after somebody else had moved the delivery."""
    state = State(row.state)
    if state in DONE:
        _complete(row, sent)
    elif is_linked(row, sent.external_id):
        log.error("late_answer_linked_already", delivery_id=str(row.id))
    elif state is State.QUEUED:
        # Given up and queued again, and now this answer: it must not go out a second time.
        move([row], State.SENDING, reason="late answer", lease_until=now())
        move([row], State.SENT, reason="late answer", **sent_columns(sent))
    elif State.SENT in ALLOWED[state]:
        move([row], State.SENT, reason="late answer", **sent_columns(sent))
    else:
        log.error("posted_though_settled", delivery_id=str(row.id), state=row.state)


def _complete(row: Delivery, sent: Sent) -> None:
    """Its echo was faster than the answer: add what only the answer knows."""
    if row.remote_id and row.remote_id != sent.external_id:
        log.error(
            "two_posts_of_one_delivery",
            delivery_id=str(row.id),
            ids=[row.remote_id, sent.external_id],
        )
        return
    row.remote_id, row.permalink = sent.external_id, sent.permalink or row.permalink
    _save(row, "remote_id", "permalink")


def linked_ids(workspace_id: UUID, row: Delivery) -> frozenset[str]:
    """Ids on the network that belong to other deliveries of this channel since this one began."""
    others = Delivery.objects.filter(
        workspace_id=workspace_id,
        channel_id=row.channel_id,
        sent_at__gte=row.queued_at - _SKEW,
    ).exclude(remote_id="")
    return frozenset(others.exclude(id=row.id).values_list("remote_id", flat=True))
