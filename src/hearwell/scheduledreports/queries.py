"""Reads of scheduled reports. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import READERS, can
from hearwell.kit.clock import now
from hearwell.scheduledreports.models import Letter, LetterState, Order, Stop

BRING_BACK: Final = timedelta(days=30)
TROUBLED: Final = (LetterState.FAILED, LetterState.UNSURE)
MOST_TROUBLES: Final = 50


@dataclass(slots=True)
class OrderRow:
    """An order, who stopped it, when it was last sent, and what could not be sent of late."""

    order: Order
    stopped: set[UUID] = field(default_factory=set)
    sent_at: datetime | None = None
    troubles: list[Letter] = field(default_factory=list)

    @property
    def reader_ids(self) -> list[UUID]:
        """Those it is for."""
        return [UUID(one) for one in self.order.reader_ids]


def may_order_for_all(member: Membership) -> bool:
    """Whether somebody orders for others, and keeps everybody's orders."""
    return can(member.role, "schedule_reports")


def orders_seen(member: Membership) -> QuerySet[Order]:
    """Return the orders a member may know of: all, or their own and those sent to them."""
    found = Order.objects.filter(workspace_id=member.workspace_id)
    if may_order_for_all(member):
        return found
    return found.filter(Q(by_id=member.user_id) | Q(reader_ids__contains=[str(member.user_id)]))


def may_keep(member: Membership, order: Order) -> bool:
    """Whether a member may change an order: leads any, others what is for nobody but them."""
    if may_order_for_all(member):
        return True
    return order.by_id == member.user_id and order.reader_ids == [str(member.user_id)]


def order_rows(member: Membership) -> list[OrderRow]:
    """Return the orders with what became of them, the oldest first; four queries."""
    orders = list(orders_seen(member).filter(is_removed=False).order_by("made_at", "id"))
    rows = {one.id: OrderRow(one) for one in orders}
    about = {"workspace_id": member.workspace_id, "order_id__in": list(rows)}
    for order_id, user_id in Stop.objects.filter(**about).values_list("order_id", "user_id"):
        rows[order_id].stopped.add(user_id)
    sent = Letter.objects.filter(**about, state=LetterState.SENT).values_list("order_id")
    for order_id, at in sent.annotate(Max("moved_at")):
        rows[order_id].sent_at = at
    recent = Letter.objects.filter(
        **about, state__in=TROUBLED, made_at__gt=now() - BRING_BACK
    ).order_by("-made_at")
    for letter in recent[:MOST_TROUBLES]:
        rows[letter.order_id].troubles.append(letter)
    return list(rows.values())


def removed_orders(member: Membership) -> list[Order]:
    """Return what this member can bring back: removed in the last thirty days."""
    found = orders_seen(member).filter(is_removed=True, changed_at__gt=now() - BRING_BACK)
    recent = found.exclude(before={}).order_by("-changed_at")
    return [one for one in recent if may_keep(member, one)]


def readers_of(workspace_id: UUID, user_ids: Sequence[UUID] | None = None) -> list[Membership]:
    """Return the members who may see reports, all or those of these ids, by name; one query."""
    found = Membership.objects.select_related("user", "workspace").filter(
        workspace_id=workspace_id, user__is_active=True, role__in=READERS
    )
    if user_ids is not None:
        found = found.filter(user_id__in=user_ids)
    return sorted(found, key=lambda one: str(one.user).casefold())


def stops_of(workspace_id: UUID, order_ids: Sequence[UUID]) -> Mapping[UUID, set[UUID]]:
    """Return order -> who stopped it."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    stops = Stop.objects.filter(workspace_id=workspace_id, order_id__in=order_ids)
    for order_id, user_id in stops.values_list("order_id", "user_id"):
        found[order_id].add(user_id)
    return found
