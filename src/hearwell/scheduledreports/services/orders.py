"""Orders of reports: made, changed, paused, removed, and the last change taken back. Audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.benchmarks.queries import panel_by_id
from hearwell.kit.clock import now
from hearwell.scheduledreports.kinds import KINDS
from hearwell.scheduledreports.models import Order
from hearwell.scheduledreports.queries import may_keep, may_order_for_all, orders_seen, readers_of
from hearwell.scheduledreports.rules import DAYS_OF, HOURS, Cadence

MOST_ORDERS: Final = 100
MOST_READERS: Final = 50


class BadOrderError(Exception):
    """It cannot be so. `field` names what of, the text says why, for the person."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ChangedSinceError(Exception):
    """Somebody else has changed it since it was looked at; nothing was done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an order is to be. `on_day`: Monday 1 to Sunday 7, or a day of the month; daily 0."""

    kind: str
    cadence: str
    on_day: int
    hour: int
    reader_ids: tuple[UUID, ...]
    has_pdf: bool = True
    has_csv: bool = False
    panel_id: UUID | None = None


@transaction.atomic
def make_order(member: Membership, wish: Wish) -> Order:
    """Order a report; the first is sent at the next such time. Raises BadOrderError."""
    values = _checked(member, wish)
    kept = Order.objects.filter(workspace_id=member.workspace_id, is_removed=False)
    if kept.count() >= MOST_ORDERS:
        message = _("At most %(most)s orders. Remove one first.") % {"most": MOST_ORDERS}
        _refuse("kind", message)
    made = Order(workspace_id=member.workspace_id, by_id=member.user_id, **values)
    _schedule(made, member)
    made.save(force_insert=True)
    _audit(made, "ordered", member, after=_plain(values))
    return made


@transaction.atomic
def change_order(member: Membership, order_id: UUID, wish: Wish, *, seen: int) -> Order:
    """Change an order that was seen at that version.

    Raises Order.DoesNotExist, BadOrderError, ChangedSinceError; then nothing is changed.
    """
    one = _locked(member, order_id, seen)
    values = _checked(member, wish)
    before = {name: getattr(one, name) for name in values}
    if values != before:
        _keep(one, values, before, member)
        _audit(one, "changed", member, before=_plain(before), after=_plain(values))
    return one


@transaction.atomic
def pause_order(member: Membership, order_id: UUID, *, is_paused: bool, seen: int = 0) -> Order:
    """Pause an order or let it go on from its next time. Raises as `change_order`.

    Without `seen` whatever version stands now.
    """
    one = _locked(member, order_id, seen)
    if one.is_paused != is_paused:
        _keep(one, {"is_paused": is_paused}, {"is_paused": one.is_paused}, member)
        _audit(one, "paused" if is_paused else "resumed", member)
    return one


@transaction.atomic
def remove_order(member: Membership, order_id: UUID, *, seen: int = 0) -> Order:
    """Remove an order; it can be brought back. Raises Order.DoesNotExist, ChangedSinceError."""
    one = _locked(member, order_id, seen)
    _keep(one, {"is_removed": True}, {"is_removed": False}, member)
    _audit(one, "removed", member)
    return one


@transaction.atomic
def undo_change(member: Membership, order_id: UUID, *, seen: int) -> Order:
    """Take the last change back, once. Raises Order.DoesNotExist, ChangedSinceError.

    Without anything to take back it is as if it had been changed since.
    """
    one = _locked(member, order_id, seen, is_removed=None)
    if not one.before:
        raise ChangedSinceError
    before: dict[str, Any] = dict(one.before)
    now_so = {name: getattr(one, name) for name in before}
    if before.get("panel_id"):
        before["panel_id"] = UUID(before["panel_id"])
    _keep(one, before, {}, member)
    if not may_keep(member, one):
        raise Order.DoesNotExist
    _audit(one, "undone", member, before=_plain(now_so), after=_plain(before))
    return one


def _locked(
    member: Membership, order_id: UUID, seen: int, *, is_removed: bool | None = False
) -> Order:
    one = orders_seen(member).select_for_update().get(id=order_id)
    if not may_keep(member, one) or (is_removed is not None and one.is_removed != is_removed):
        raise Order.DoesNotExist
    if seen and one.version != seen:
        raise ChangedSinceError
    return one


def _keep(
    one: Order, values: Mapping[str, Any], before: Mapping[str, Any], member: Membership
) -> None:
    for name, value in values.items():
        setattr(one, name, value)
    one.before, one.changed_at = _plain(before), now()
    one.version += 1
    _schedule(one, member)
    one.save()


def _schedule(one: Order, member: Membership) -> None:
    zone = ZoneInfo(member.workspace.time_zone)
    is_off = one.is_paused or one.is_removed
    one.next_at = None if is_off else one.slot.next_after(now(), zone)


def _checked(member: Membership, wish: Wish) -> dict[str, Any]:
    kind = KINDS.get(wish.kind)
    if kind is None:
        _refuse("kind", _("Choose a report."))
    if wish.cadence not in set(Cadence):
        _refuse("cadence", _("Choose how often it is sent."))
    cadence = Cadence(wish.cadence)
    on_day = 0 if cadence == Cadence.DAILY else wish.on_day
    if on_day not in DAYS_OF[cadence]:
        _refuse("on_day", _("Choose a day from the list."))
    if wish.hour not in HOURS:
        _refuse("hour", _("Choose an hour from the list."))
    return {
        "kind": kind.key,
        "panel_id": _panel(member, wish.panel_id) if kind.has_panel else None,
        "cadence": cadence.value,
        "on_day": on_day,
        "hour": wish.hour,
        "reader_ids": _readers(member, wish),
        "has_pdf": wish.has_pdf,
        "has_csv": wish.has_csv,
    }


def _refuse(field: str, message: str) -> NoReturn:
    raise BadOrderError(field, message)


def _panel(member: Membership, panel_id: UUID | None) -> UUID:
    if panel_id is None or panel_by_id(member.workspace_id, panel_id) is None:
        _refuse("panel_id", _("Choose a panel of brands."))
    return panel_id


def _readers(member: Membership, wish: Wish) -> list[str]:
    wanted = list(dict.fromkeys(wish.reader_ids))
    if not wanted:
        _refuse("reader_ids", _("Choose at least one person to send it to."))
    if len(wanted) > MOST_READERS:
        message = _("At most %(most)s people in one order.") % {"most": MOST_READERS}
        _refuse("reader_ids", message)
    if wanted != [member.user_id] and not may_order_for_all(member):
        message = _("You can order reports for yourself; a lead orders them for others.")
        _refuse("reader_ids", message)
    allowed = {one.user_id for one in readers_of(member.workspace_id, wanted)}
    if set(wanted) - allowed:
        message = _("Only colleagues of this workspace who may see its reports can be chosen.")
        _refuse("reader_ids", message)
    return [str(one) for one in wanted]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(one) if isinstance(one, UUID) else one for name, one in values.items()}


def _audit(one: Order, verb: str, member: Membership, **what: Any) -> None:
    entry = AuditEntry(
        f"scheduled_report.{verb}", member.user, "scheduled_report", one.id, one.kind, **what
    )
    record_audit(one.workspace_id, [entry])
