"""What a delivery costs is counted where the network has it: once, in the transaction that says so.

What is in doubt is counted when it is found, and not at all if the network never had it. Until then
it takes up room below the cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog
from django.db import transaction
from django.db.models import Q

from hearwell.channels.models import Channel
from hearwell.channels.services.metering import charge, said
from hearwell.connect.registry import UnknownNetworkError
from hearwell.connect.terms import Charge
from hearwell.outbound.drafts import loaded
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State

log = structlog.get_logger(__name__)


def is_paid_now(row: Delivery, before: str | None, to: State) -> bool:
    """Say whether this move is the one by which the network has it."""
    if to is State.PENDING:
        return True
    was_accepted = before == State.PENDING or (before != State.SENDING and row.pending_token)
    return to is State.SENT and not was_accepted


def pay(rows: Iterable[Delivery]) -> None:
    """Count what these cost. Trouble with the meter keeps nothing from being known as sent."""
    for row in rows:
        try:
            with transaction.atomic():
                _pay(row)
        except Exception:
            log.exception("not_metered", delivery_id=str(row.id), network=row.network)


def under_way(row: Delivery) -> Sequence[Charge]:
    """Return what those cost that were claimed before and of which nobody knows yet.

    In the scope of the workspace.
    """
    before = Q(claimed_at__lt=row.claimed_at) | Q(claimed_at=row.claimed_at, id__lt=row.id)
    others = Delivery.objects.filter(
        before,
        workspace_id=row.workspace_id,
        network=row.network,
        state__in=[State.SENDING, State.UNKNOWN],
    )
    return [one for other in others for one in said(row.network, loaded(other.draft))]


def _pay(row: Delivery) -> None:
    try:
        costs = said(row.network, loaded(row.draft))
    except UnknownNetworkError:
        return
    if costs:
        charge(Channel.objects.get(workspace_id=row.workspace_id, id=row.channel_id), costs)
