"""Reads of webhooks and their deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from hearwell.integrations.models import HookDelivery, HookState, OffReason, Subscription


@dataclass(frozen=True)
class WebhookRow:
    """A webhook with how its notices stand."""

    webhook: Subscription
    waiting: int
    failed: int
    delivered: int
    delivered_at: datetime | None


def webhook_rows(workspace_id: UUID) -> list[WebhookRow]:
    """Return the webhooks, oldest first, with their figures; two statements."""
    found = Subscription.objects.filter(workspace_id=workspace_id).order_by("created_at", "id")
    return _with_figures(workspace_id, list(found))


def webhook_row(workspace_id: UUID, webhook_id: UUID) -> WebhookRow | None:
    """Return one webhook with its figures, None if there is none."""
    found = Subscription.objects.filter(workspace_id=workspace_id, id=webhook_id)
    rows = _with_figures(workspace_id, list(found))
    return rows[0] if rows else None


def _with_figures(workspace_id: UUID, webhooks: Sequence[Subscription]) -> list[WebhookRow]:
    is_state = {state: Q(state=state) for state in HookState.values}
    counted: dict[UUID, Any] = {
        row["subscription_id"]: row
        for row in HookDelivery.objects.filter(
            workspace_id=workspace_id, subscription_id__in=[one.id for one in webhooks]
        )
        .values("subscription_id")
        .annotate(
            waiting=Count("id", filter=is_state[HookState.WAITING]),
            failed=Count("id", filter=is_state[HookState.FAILED]),
            delivered=Count("id", filter=is_state[HookState.DELIVERED]),
            delivered_at=Max("tried_at", filter=is_state[HookState.DELIVERED]),
        )
    }
    return [_figured(one, counted.get(one.id, {})) for one in webhooks]


def _figured(webhook: Subscription, counted: Mapping[str, Any]) -> WebhookRow:
    return WebhookRow(
        webhook,
        counted.get("waiting", 0),
        counted.get("failed", 0),
        counted.get("delivered", 0),
        counted.get("delivered_at"),
    )


def webhook_by_id(workspace_id: UUID, webhook_id: UUID) -> Subscription | None:
    """Return a webhook, None if there is none."""
    return Subscription.objects.filter(workspace_id=workspace_id, id=webhook_id).first()


@dataclass(frozen=True)
class DeliveryPage:
    """A page of notices, newest first; `next_cursor` is empty on the last."""

    rows: list[HookDelivery]
    next_cursor: str


def deliveries(
    workspace_id: UUID, webhook_id: UUID, *, state: str = "", cursor: str = "", limit: int = 50
) -> DeliveryPage:
    """Return a page of a webhook's notices. A cursor that makes no sense is the beginning."""
    found = HookDelivery.objects.filter(workspace_id=workspace_id, subscription_id=webhook_id)
    if state:
        found = found.filter(state=state)
    place = _place(cursor)
    if place:
        at, row_id = place
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=row_id))
    rows = list(found.order_by("-created_at", "-id")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    following = f"{last.created_at.isoformat()}~{last.id}" if last else ""
    return DeliveryPage(rows[:limit], following)


def _place(cursor: str) -> tuple[datetime, UUID] | None:
    moment, _, row_id = cursor.partition("~")
    try:
        read = datetime.fromisoformat(moment)
        return (read.astimezone(UTC), UUID(row_id)) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def delivery_by_id(workspace_id: UUID, webhook_id: UUID, delivery_id: UUID) -> HookDelivery | None:
    """Return one notice, None if there is none."""
    return HookDelivery.objects.filter(
        workspace_id=workspace_id, subscription_id=webhook_id, id=delivery_id
    ).first()


def switched_off_by_itself(workspace_id: UUID) -> list[Subscription]:
    """Return the webhooks that somebody should look at: off, and not by anybody's hand."""
    found = Subscription.objects.filter(workspace_id=workspace_id, is_on=False)
    return list(found.exclude(off_reason=OffReason.BY_HAND).order_by("off_at"))
