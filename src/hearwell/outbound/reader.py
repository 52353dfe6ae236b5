"""The reader: asks a network what became of a delivery. It never posts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hearwell.connect import failures
from hearwell.connect.manifest import ReadBack
from hearwell.connect.model import Pending, Sent
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import rules
from hearwell.outbound.models import Delivery
from hearwell.outbound.rowlock import lock_session, row_lock
from hearwell.outbound.rules import State, Verdict
from hearwell.outbound.sender import Post, attempt_of, find_sent, post_for
from hearwell.outbound.services.outcomes import linked_ids, record


def reconcile(workspace_id: UUID, delivery_id: UUID) -> State | None:
    """Find out about one delivery whose outcome is open; None if there is nothing to find out."""
    with lock_session() as session, row_lock(session, delivery_id) as is_ours:
        if not is_ours:
            return None
        found = _open(workspace_id, delivery_id)
        if found is None:
            return None
        row, post = found
        return record(row, _verdict(row, post))


def _open(workspace_id: UUID, delivery_id: UUID) -> tuple[Delivery, Post] | None:
    with scope(workspace_id):
        row = Delivery.objects.filter(
            workspace_id=workspace_id,
            id=delivery_id,
            state__in=[State.UNKNOWN, State.PENDING],
            read_back_after__lte=now(),
        ).first()
        if row is None:
            return None
        return row, replace(post_for(row), linked=linked_ids(workspace_id, row))


def _verdict(row: Delivery, post: Post) -> Verdict:
    attempt = attempt_of(row, post)
    if row.state == State.PENDING:
        return rules.verdict_on_settle(_settled(row, post), attempt)
    if post.connector.manifest.read_back is ReadBack.NONE:
        return rules.verdict_on_read_back(None, attempt)
    return rules.verdict_on_read_back(_found(row, post), attempt)


def _settled(row: Delivery, post: Post) -> Sent | Pending | Exception:
    pending = Pending(row.pending_token, row.read_back_after or now())
    try:
        return post.replies.settle(post.account, pending)
    except failures.Failure as failure:
        return failure


def _found(row: Delivery, post: Post) -> Sent | Exception | None:
    try:
        return find_sent(row, post)
    except failures.Failure as failure:
        return failure
