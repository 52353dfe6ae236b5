"""Send again, and send a test."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.integrations.kinds import TEST
from hearwell.integrations.models import HookDelivery, HookState, Subscription
from hearwell.integrations.services.subscriptions import BadWebhookError
from hearwell.integrations.shapes import written
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7


def _ready(workspace_id: UUID, webhook_id: UUID) -> Subscription:
    """Return the webhook, locked. Raises BadWebhookError where it is off."""
    rows = Subscription.objects.select_for_update()
    row = rows.get(workspace_id=workspace_id, id=webhook_id)
    if not row.is_on:
        raise BadWebhookError(_("The webhook is off. Switch it on first."), at="is_on")
    return row


def _again(rows: QuerySet[HookDelivery]) -> int:
    at = now()
    return rows.update(
        state=HookState.WAITING, attempts=0, replays=F("replays") + 1, since_at=at, due_at=at
    )


@transaction.atomic
def replay(workspace_id: UUID, webhook_id: UUID, delivery_id: UUID, *, by: User) -> HookDelivery:
    """Send one notice again, under the same id and with the same body.

    One that waits is tried at once. Raises BadWebhookError, HookDelivery.DoesNotExist,
    Subscription.DoesNotExist.
    """
    webhook = _ready(workspace_id, webhook_id)
    rows = HookDelivery.objects.filter(
        workspace_id=workspace_id, subscription_id=webhook_id, id=delivery_id
    )
    found = rows.get()
    _again(rows)
    _open_the_way(webhook)
    _audit(webhook, by, {"delivery": str(found.message_id), "kind": found.kind})
    return rows.get()


@transaction.atomic
def replay_failed(workspace_id: UUID, webhook_id: UUID, since: datetime, *, by: User) -> int:
    """Send everything again that was given up and happened since; return how many.

    Raises BadWebhookError, Subscription.DoesNotExist.
    """
    try:
        moment = since.astimezone(UTC)
    except OverflowError as error:
        raise BadWebhookError(_("Say since when, with date and time."), at="since") from error
    webhook = _ready(workspace_id, webhook_id)
    count = _again(
        HookDelivery.objects.filter(
            workspace_id=workspace_id,
            subscription_id=webhook_id,
            state=HookState.FAILED,
            occurred_at__gte=moment,
            is_test=False,
        )
    )
    if count:
        _open_the_way(webhook)
        _audit(webhook, by, {"since": moment.isoformat(), "count": count})
    return count


def _open_the_way(webhook: Subscription) -> None:
    """Somebody is looking: call the address now, whatever its pause."""
    webhook.resume_at = now()
    webhook.save(update_fields=["resume_at"])


def _audit(webhook: Subscription, by: User, after: dict[str, object]) -> None:
    entry = AuditEntry("webhook.replayed", by, "webhook", webhook.id, webhook.url, None, after)
    record_audit(webhook.workspace_id, [entry])


@transaction.atomic
def send_test(workspace_id: UUID, webhook_id: UUID, *, by: User) -> HookDelivery:
    """Send a notice that means nothing, once; return its row. Raises BadWebhookError."""
    webhook = _ready(workspace_id, webhook_id)
    at, message_id = now(), uuid7()
    data = {"by": {"id": by.id, "name": str(by)}}
    workspace = Workspace.objects.get(id=workspace_id)
    row = HookDelivery.objects.create(
        workspace_id=workspace_id,
        subscription_id=webhook.id,
        message_id=message_id,
        kind=TEST,
        body=written(message_id, TEST, at, workspace, data),
        is_test=True,
        occurred_at=at,
    )
    _open_the_way(webhook)
    return row
