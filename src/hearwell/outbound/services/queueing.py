"""Into the queue and, as long as nothing has left, out of it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hearwell.channels.models import Channel
from hearwell.connect.model import Draft
from hearwell.kit import rows as kit_rows
from hearwell.kit.clock import now
from hearwell.kit.crashpoints import reached
from hearwell.outbound.drafts import digest as digest_of
from hearwell.outbound.drafts import dumped
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import RECALLABLE, Origin, State, undo_seconds
from hearwell.outbound.services.files import bind
from hearwell.outbound.services.lanes import LaneMove, lane_beside, lane_for
from hearwell.outbound.services.moves import begin, locked, move


class KeyReusedError(Exception):
    """The same client token came with another draft: a bug of the client, nothing is queued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What shall be posted.

    ``draft`` is final (render.final) and names the account it was written for. ``key`` is the
    client token: the same key again gives the same delivery. ``lane_version`` is how far the lane
    had moved when the writer last looked; None posts whatever has come since. ``context`` comes
    back unread with every event. ``origin``: who sends, which decides what a crisis holds back.
    ``thread`` is the thread's own lane, where another account of
    ours speaks in it by a lane beside that.
    """

    workspace_id: UUID
    lane_id: UUID
    channel: Channel
    draft: Draft
    key: UUID
    author_id: UUID | None = None
    lane_version: int | None = None
    undo_s: int | None = None
    needs_approval: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    origin: Origin = Origin.PERSON
    thread: LaneMove | None = None


def queue(submission: Submission) -> Delivery:
    """Queue a draft, once however often it is submitted.

    Raises KeyReusedError, WrongLaneError. The delivery is due when its undo time is over.
    """
    row = _row(submission)
    known = delivery_by_key(row.workspace_id, row.key)
    if known is None:
        move_in = LaneMove(row.lane_id, row.channel_id, row.account)
        if submission.thread is None:
            lane_for(row.workspace_id, move_in)
        else:
            lane_beside(row.workspace_id, submission.thread, move_in)
        conflict = "(workspace_id, key) DO NOTHING"
        if kit_rows.insert([row], conflict=conflict, returning=("id",)):
            bind(row)
            begin(row, by_id=row.author_id)
            _call_sender([row], are_new=True)
            reached("O0")
            return row
        known = delivery_by_key(row.workspace_id, row.key)
    if known is None or known.digest != row.digest:
        raise KeyReusedError(row.key)
    return known


def delivery_by_key(workspace_id: UUID, key: UUID) -> Delivery | None:
    """The delivery that a client token made, if it was submitted before."""
    return Delivery.objects.filter(workspace_id=workspace_id, key=key).first()


def _row(submission: Submission) -> Delivery:
    at = now()
    not_before = at + timedelta(seconds=undo_seconds(submission.undo_s))
    state = State.APPROVAL if submission.needs_approval else State.QUEUED
    stored = dumped(submission.draft)
    return Delivery(
        workspace_id=submission.workspace_id,
        lane_id=submission.lane_id,
        channel_id=submission.channel.id,
        account=submission.draft.account,
        network=submission.channel.network,
        state=state.value,
        state_since=at,
        key=submission.key,
        draft=stored,
        digest=digest_of(stored),
        context=submission.context,
        author_id=submission.author_id,
        origin=submission.origin.value,
        lane_version=submission.lane_version,
        queued_at=at,
        not_before=not_before,
        wake_at=not_before if state is State.QUEUED else None,
    )


def _call_sender(rows: list[Delivery], *, are_new: bool = False) -> None:
    from hearwell.outbound.tasks import call_sender

    queued = [row for row in rows if row.state == State.QUEUED]
    if queued:
        call_sender(queued, are_new=are_new)


def cancel(workspace_id: UUID, delivery_id: UUID, *, by_id: UUID | None = None) -> bool:
    """Take a delivery back. False if it has left already: it wins or loses cleanly."""
    rows = locked(workspace_id, [delivery_id], RECALLABLE)
    return bool(move(rows, State.CANCELLED, reason="taken back", by_id=by_id))


def withdraw(workspace_id: UUID, keys: Collection[UUID], *, reason: str) -> list[Delivery]:
    """Take back what these client tokens made, as far as it has not left; nobody pressed a key."""
    found = Delivery.objects.filter(workspace_id=workspace_id, key__in=list(keys))
    ids = list(found.values_list("id", flat=True))
    rows = locked(workspace_id, ids, RECALLABLE) if ids else []
    move(rows, State.CANCELLED, reason=reason)
    return rows


def approve(
    workspace_id: UUID, delivery_id: UUID, *, by_id: UUID, digest: str, lane_version: int | None
) -> bool:
    """Let a delivery that waits for approval go out.

    `digest` is that of what was read. False if it waits no longer, or says something else by now.
    """
    rows = locked(workspace_id, [delivery_id], {State.APPROVAL})
    rows = [row for row in rows if digest == row.digest == digest_of(row.draft)]
    _queue_again(rows, reason="approved", by_id=by_id, lane_version=lane_version)
    return bool(rows)


def _queue_again(rows: list[Delivery], *, reason: str, by_id: UUID, **changes: object) -> None:
    """Put rows back into the queue by a person's decision, due at once."""
    at = now()
    fresh = {"failure_code": "", "failure_message": "", "alternatives": []}
    columns = {**fresh, "not_before": at, "queued_at": at, **changes}
    move(rows, State.QUEUED, reason=reason, by_id=by_id, each=lambda _: columns)
    _call_sender(rows)


def send_anyway(workspace_id: UUID, delivery_id: UUID, *, by_id: UUID, lane_version: int) -> bool:
    """Send a stale delivery after its author has read what came since."""
    rows = locked(workspace_id, [delivery_id], {State.STALE})
    _queue_again(rows, reason="sent anyway", by_id=by_id, lane_version=lane_version)
    return bool(rows)


def send_again(workspace_id: UUID, delivery_id: UUID, *, by_id: UUID) -> bool:
    """Post once more after a person has looked and found nothing on the network."""
    rows = locked(workspace_id, [delivery_id], {State.NEEDS_HUMAN})
    _queue_again(
        rows,
        reason="a person found nothing on the network",
        by_id=by_id,
        lane_version=None,
        unknown_since=None,
        first_claimed_at=None,
        attempts=0,
    )
    return bool(rows)


def mark_as_posted(
    workspace_id: UUID, delivery_id: UUID, *, by_id: UUID, permalink: str, remote_id: str = ""
) -> bool:
    """Settle a doubtful delivery: a person has seen it on the network."""
    rows = locked(workspace_id, [delivery_id], {State.NEEDS_HUMAN})
    moved = move(
        rows,
        State.SENT,
        reason="a person found it on the network",
        by_id=by_id,
        permalink=permalink,
        remote_id=remote_id,
        each=lambda row: {"sent_at": row.claimed_at or now()},
    )
    return bool(moved)


def give_up(workspace_id: UUID, delivery_id: UUID, *, by_id: UUID) -> bool:
    """Settle a doubtful delivery: it was not posted and shall not be."""
    rows = locked(workspace_id, [delivery_id], {State.NEEDS_HUMAN, State.HELD, State.STALE})
    return bool(move(rows, State.CANCELLED, reason="given up", by_id=by_id))


def release(workspace_id: UUID, delivery_ids: list[UUID], *, by_id: UUID) -> list[Delivery]:
    """Let reviewed deliveries go that were held. A switch still on will hold them again."""
    rows = locked(workspace_id, delivery_ids, {State.HELD})
    _queue_again(rows, reason="released after review", by_id=by_id)
    return rows
