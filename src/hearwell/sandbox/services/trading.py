"""The shop and the airline: opened, sold in, undone, and misbehaving as told."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.sandbox.models import TradeAct, TradeHouse, TradeThing
from hearwell.sandbox.trade.deeds import Deed, Does, NotDoneError
from hearwell.sandbox.trade.stock import STOCK

MOST_FAULTS: Final = 50
UNDO: Final = "undo"


class TradeFault(StrEnum):
    """What happens to a call that acts."""

    HANG_AFTER = "hang_after"
    FAIL_AFTER = "fail_after"
    FAIL_BEFORE = "fail_before"
    SLOW_DOWN = "slow_down"
    SAY_TWICE = "say_twice"


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def open_house(workspace_id: UUID, house: str) -> str:
    """Open a house with its stock, if it is not; return a new secret for who calls it."""
    secret = secrets.token_urlsafe(24)
    TradeHouse.objects.update_or_create(
        workspace_id=workspace_id, house=house, defaults={"digest": digest(secret)}
    )
    TradeThing.objects.bulk_create(
        [
            TradeThing(
                workspace_id=workspace_id, house=house, kind=one["kind"], number=one["number"],
                body=dict(one),
            )
            for one in STOCK[house]
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return secret


def set_faults(house: str, faults: Sequence[str]) -> None:
    """Let the next calls that act go wrong so, in this order."""
    known = [TradeFault(one).value for one in faults[:MOST_FAULTS]]
    TradeHouse.objects.filter(house=house).update(faults=known)


def take_fault(house: TradeHouse) -> TradeFault | None:
    """The fault that is next, one less of them left."""
    row = TradeHouse.objects.select_for_update().get(id=house.id)
    if not row.faults:
        return None
    first, *row.faults = row.faults
    row.save(update_fields=["faults"])
    return TradeFault(first)


@transaction.atomic
def do(
    house: TradeHouse, key: str, does: Does, thing: TradeThing | None, asked: Mapping[str, Any]
) -> tuple[TradeAct, bool]:
    """Do something once for its key; return it, and whether it was done now. NotDoneError."""
    TradeHouse.objects.select_for_update().get(id=house.id)
    known = TradeAct.objects.filter(house=house.house, key=key).first()
    if known is not None:
        return known, False
    if thing is not None:
        thing = TradeThing.objects.select_for_update().get(id=thing.id)
    before = dict(thing.body) if thing else {}
    deed = does(before, asked)
    act = TradeAct(
        id=uuid7(), workspace_id=house.workspace_id, house=house.house, key=key,
        verb=does.__name__, thing=thing, before=before, asked=dict(asked),
    )  # fmt: skip
    made = _made(house, deed)
    if thing is not None:
        thing.body = deed.thing
        thing.save(update_fields=["body"])
    act.result = _told(act, deed, thing, made)
    act.save(force_insert=True)
    return act, True


def _made(house: TradeHouse, deed: Deed) -> TradeThing | None:
    if deed.made is None:
        return None
    body = dict(deed.made)
    due = body.get("due")
    return TradeThing.objects.create(
        workspace_id=house.workspace_id, house=house.house, kind=body["kind"],
        number=body["number"], body=body,
        pay_code="" if due is None else secrets.token_urlsafe(12),
    )  # fmt: skip


def _told(
    act: TradeAct, deed: Deed, thing: TradeThing | None, made: TradeThing | None
) -> dict[str, Any]:
    about = made or thing
    return {
        "id": str(act.id),
        "verb": act.verb,
        "status": "done",
        "title": deed.title,
        "state": deed.state,
        "amount": deed.amount,
        "currency": "EUR",
        "day": deed.day,
        "number": about.number if about else "",
        "pay_code": made.pay_code if made else "",
        "has_invoice": deed.has_invoice,
        "details": deed.details,
    }


@transaction.atomic
def undo(house: TradeHouse, key: str, undone_key: str) -> TradeAct:
    """Take back what was done under a key, once. Raises NotDoneError, TradeAct.DoesNotExist."""
    TradeHouse.objects.select_for_update().get(id=house.id)
    known = TradeAct.objects.filter(house=house.house, key=key).first()
    if known is not None:
        return known
    act = TradeAct.objects.select_related("thing").get(house=house.house, key=undone_key)
    if act.undone_at is not None or act.verb == UNDO:
        message = "This was taken back already."
        raise NotDoneError(message)
    if act.thing is not None:
        act.thing.body = act.before
        act.thing.save(update_fields=["body"])
    number = act.result.get("number", "")
    made = TradeThing.objects.filter(house=house.house, number=number)
    made.exclude(id__in=[act.thing_id] if act.thing_id else []).delete()
    act.undone_at = now()
    act.save(update_fields=["undone_at"])
    told = {**act.result, "state": "taken back", "pay_code": ""}
    back = TradeAct(
        id=uuid7(), workspace_id=house.workspace_id, house=house.house, key=key, verb=UNDO,
        thing=act.thing, undoes_id=act.id,
    )  # fmt: skip
    back.result = {**told, "id": str(back.id), "verb": UNDO}
    back.save(force_insert=True)
    return back


def pay(thing: TradeThing) -> None:
    """Take the customer's payment: here it is only said."""
    due = thing.body.get("due") or 0
    thing.body = {
        **thing.body, "state": "paid", "paid": thing.body["paid"] + due, "left": due, "due": 0,
    }  # fmt: skip
    thing.save(update_fields=["body"])


def close_houses() -> None:
    """Forget both houses and all that was done there."""
    TradeAct.objects.all().delete()
    TradeThing.objects.all().delete()
    TradeHouse.objects.all().delete()
