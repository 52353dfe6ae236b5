"""A reader ends an order for themselves: on the page, or by the link of its e-mail. Audited."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core import signing

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.scope import scope
from hearwell.scheduledreports.models import Order, Stop

_SALT: Final = "hearwell.scheduledreports.stop"
_Name = tuple[UUID, UUID, UUID]


def stop_token(workspace_id: UUID, order_id: UUID, user_id: UUID) -> str:
    """Return what ends one order for one reader from its own e-mail, signed."""
    return signing.dumps([str(one) for one in (workspace_id, order_id, user_id)], salt=_SALT)


def _named(token: str) -> _Name | None:
    try:
        workspace_id, order_id, user_id = map(UUID, signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return workspace_id, order_id, user_id


def is_stop_token(token: str) -> bool:
    """Say whether a token is one of ours, without using it."""
    return _named(token) is not None


def stop_by_token(token: str) -> bool:
    """End what a token names. False for a token that is none; twice is no harm."""
    named = _named(token)
    if named is None:
        return False
    workspace_id, order_id, user_id = named
    with scope(workspace_id):
        order = Order.objects.filter(workspace_id=workspace_id, id=order_id).first()
        if order:
            _stop(order, user_id)
    return True


def stop(member: Membership, order_id: UUID) -> None:
    """End an order for this member. Raises Order.DoesNotExist."""
    _stop(_own(member, order_id), member.user_id)


def start_again(member: Membership, order_id: UUID) -> None:
    """Let this member have an order again that they stopped. Raises Order.DoesNotExist."""
    order = _own(member, order_id)
    gone, _kinds = Stop.objects.filter(
        workspace_id=order.workspace_id, order=order, user_id=member.user_id
    ).delete()
    if gone:
        _audit(order, "started_again", member.user_id)


def _own(member: Membership, order_id: UUID) -> Order:
    return Order.objects.get(
        workspace_id=member.workspace_id,
        id=order_id,
        is_removed=False,
        reader_ids__contains=[str(member.user_id)],
    )


def _stop(order: Order, user_id: UUID) -> None:
    _row, is_new = Stop.objects.get_or_create(
        workspace_id=order.workspace_id, order=order, user_id=user_id
    )
    if is_new:
        _audit(order, "stopped", user_id)


def _audit(order: Order, verb: str, user_id: UUID) -> None:
    by = User.objects.filter(id=user_id).first()
    entry = AuditEntry(f"scheduled_report.{verb}", by, "scheduled_report", order.id, order.kind)
    record_audit(order.workspace_id, [entry])
