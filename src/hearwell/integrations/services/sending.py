"""Send what is due: one sender a webhook, a batch at a time, in the order of the events.

A batch is read in one transaction and its outcomes are written in one statement; no transaction
is open while somebody else's server is waited for. A sender that dies in between leaves its lease
to run out, and what it had sent is sent again under the same id.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from hearwell.integrations.calling import open_client, post
from hearwell.integrations.models import HookDelivery, HookState, OffReason, Subscription
from hearwell.integrations.rules import (
    AWAY_AFTER,
    GIVE_UP_AFTER,
    MOST_ATTEMPTS,
    OFF_AFTER,
    Outcome,
    waits,
)
from hearwell.integrations.sealing import opened
from hearwell.integrations.services.collecting import leave
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

BATCH: Final = 50
# After so long no further one is begun: others want to be called, too.
BATCH_S: Final = 15.0
LEASE: Final = timedelta(seconds=120)
AT_ONCE: Final = 200
_CHANGED: Final = (
    "state", "due_at", "attempts", "tried_at", "status", "error", "answer", "took_ms",
)  # fmt: skip


@dataclass(slots=True)
class _Batch:
    webhook: Subscription
    keys: list[str]
    due: list[HookDelivery]


class Claim(NamedTuple):
    """The right to send for one webhook until `lease`."""

    workspace_id: UUID
    webhook_id: UUID
    lease: datetime


def claim_due() -> list[Claim]:
    """Take the lease of every webhook that has something due and nobody at it."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace_id, id FROM integrations_claim(%s, %s, %s)", [at, at + LEASE, AT_ONCE]
        )
        return [Claim(row[0], row[1], at + LEASE) for row in cursor.fetchall()]


def send_batch(claim: Claim) -> int:
    """Send what is due for one webhook; return how many were tried, 0 if the lease is gone.

    What is left is claimed anew, so that a slow address never keeps a place for long.
    """
    with scope(claim.workspace_id):
        batch = _read(claim)
    if batch is None:
        return 0
    tried = _post_all(batch)
    with scope(claim.workspace_id):
        _settle(batch.webhook, tried)
    return len(tried)


def _read(claim: Claim) -> _Batch | None:
    """Renew the lease and read what is due; None where somebody else has taken it over."""
    webhook = (
        Subscription.objects.select_for_update()
        .filter(
            workspace_id=claim.workspace_id,
            id=claim.webhook_id,
            is_on=True,
            lease_until=claim.lease,
        )
        .first()
    )
    if webhook is None:
        return None
    webhook.lease_until = now() + LEASE
    webhook.save(update_fields=["lease_until"])
    due = HookDelivery.objects.filter(
        workspace_id=claim.workspace_id,
        subscription_id=claim.webhook_id,
        state=HookState.WAITING,
        due_at__lte=now(),
    )
    found = list(due.order_by("seq", "id")[:BATCH])
    return _Batch(webhook, opened(webhook, now()), found)


def _post_all(batch: _Batch) -> list[tuple[HookDelivery, Outcome]]:
    """Post one after the other until one fails or the time is over."""
    tried: list[tuple[HookDelivery, Outcome]] = []
    ends_at = time.monotonic() + BATCH_S
    with open_client() as client:
        for row in batch.due:
            id_ = str(row.message_id)
            outcome = post(client, batch.webhook.url, batch.keys, id_, row.body)
            tried.append((row, outcome))
            if not outcome.is_delivered or time.monotonic() > ends_at:
                break
    return tried


def _settle(known: Subscription, tried: Sequence[tuple[HookDelivery, Outcome]]) -> None:
    rows_ = Subscription.objects.select_for_update()
    webhook = rows_.filter(workspace_id=known.workspace_id, id=known.id).first()
    if webhook is None:  # removed meanwhile, with all that waited
        return
    was_away = _is_back(webhook, tried)
    for row, outcome in tried:
        _note(webhook, row, outcome)
    _write([row for row, _outcome in tried])
    if was_away:
        _bring_forward(webhook)
    _judge(webhook, tried)
    if webhook.lease_until == known.lease_until:
        webhook.lease_until = None
    webhook.save(update_fields=["resume_at", "failures", "failing_since", "lease_until"])


def _is_back(webhook: Subscription, tried: Sequence[tuple[HookDelivery, Outcome]]) -> bool:
    return bool(
        tried
        and tried[0][1].is_delivered
        and webhook.failing_since
        and webhook.failing_since <= now() - AWAY_AFTER
    )


def _note(webhook: Subscription, row: HookDelivery, outcome: Outcome) -> None:
    """Write the outcome into a row and its webhook, not yet into the database."""
    at = now()
    row.attempts += 1
    row.tried_at, row.took_ms = at, outcome.took_ms
    row.status, row.error, row.answer = outcome.status, outcome.error, outcome.answer
    if outcome.is_delivered:
        row.state = HookState.DELIVERED
        webhook.failures, webhook.failing_since, webhook.resume_at = 0, None, at
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or at
    pauses = waits(outcome, row.attempts, webhook.failures, random.random())  # noqa: S311 -- jitter
    webhook.resume_at = at + timedelta(seconds=pauses.address_s)
    row.due_at = at + timedelta(seconds=pauses.notice_s)
    if row.attempts >= MOST_ATTEMPTS or at - row.since_at > GIVE_UP_AFTER or row.is_test:
        row.state = HookState.FAILED


def _write(changed: Sequence[HookDelivery]) -> None:
    """Write the outcomes, unless somebody replayed or removed the row meanwhile."""
    if not changed:
        return
    columns = ", ".join(f"{name} = new.{name}" for name in _CHANGED)
    names = ("id", "replays", *_CHANGED)
    lines = [{name: getattr(row, name) for name in names} for row in changed]
    rows.fetch(
        f"UPDATE integrations_hookdelivery AS old SET {columns}"  # noqa: S608  our own names
        " FROM json_populate_recordset(NULL::integrations_hookdelivery, %s::json) AS new"
        " WHERE old.workspace_id = %s AND old.id = new.id AND old.replays = new.replays",
        [rows.document(lines), changed[0].workspace_id],
        is_read=False,
    )


def _bring_forward(webhook: Subscription) -> None:
    """An address that was away is back: what waited for it goes at once, the oldest first."""
    HookDelivery.objects.filter(
        workspace_id=webhook.workspace_id,
        subscription_id=webhook.id,
        state=HookState.WAITING,
        due_at__gt=now(),
    ).update(due_at=now())


def _judge(webhook: Subscription, tried: Sequence[tuple[HookDelivery, Outcome]]) -> None:
    """Switch a webhook off whose receiver is gone, or was not there for a week."""
    if not webhook.is_on:
        return
    if any(outcome.is_gone for _row, outcome in tried):
        leave(webhook, OffReason.GONE)
    elif (
        webhook.failures >= MOST_ATTEMPTS  # a test last week and one today are no week
        and webhook.failing_since
        and webhook.failing_since <= now() - OFF_AFTER
    ):
        leave(webhook, OffReason.FAILING)
