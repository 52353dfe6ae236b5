"""What can be done to a thing, as pure changes to it: either it may be, or it is said why not."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hearwell.sandbox.trade.stock import AIR, CATALOGUE, SHOP

_SIZES: Final = ("XS", "S", "M", "L", "XL")
_SEATS: Final = frozenset(f"{row}{letter}" for row in range(1, 31) for letter in "ABCDEF")
Thing = dict[str, Any]


class NotDoneError(ValueError):
    """The house says no, in words for the customer's side."""


@dataclass(frozen=True)
class Deed:
    """What came of it: the thing as it is now, and what is said of it.

    `made` is a new thing beside it; `pay` says that it is to be paid for.
    """

    thing: Thing
    title: str
    state: str
    amount: int | None = None
    day: str = ""
    made: Thing | None = None
    has_invoice: bool = False
    details: dict[str, str] = field(default_factory=dict)


def refund(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Give back up to what is left."""
    cents = asked.get("amount")
    if not isinstance(cents, int) or cents <= 0:
        message = "amount: whole cents, more than none"
        raise NotDoneError(message)
    if cents > thing["left"]:
        message = f"Only {thing['left'] / 100:.2f} {thing['currency']} can be given back."
        raise NotDoneError(message)
    left = thing["left"] - cents
    state = thing["state"] if left else "refunded"
    after = {**thing, "left": left, "state": state}
    return Deed(after, f"Refund for {thing['number']}", "on its way", cents, "2026-11-28")


def send_again(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Send what is missing once more, at no charge."""
    what = str(asked.get("what") or "")[:80]
    if not what:
        message = "what: say what is missing"
        raise NotDoneError(message)
    after = {**thing, "state": "sent again"}
    return Deed(after, f"{what} sent again", "packed today", day="2026-11-29")


def exchange(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Another size: the old one comes back, the new one is an order of its own, paid by it."""
    size = str(asked.get("size") or "").upper()
    if size not in _SIZES or not thing.get("size"):
        message = f"size: one of {', '.join(_SIZES)}, for what has a size"
        raise NotDoneError(message)
    if size == thing["size"]:
        message = f"It has size {size} already."
        raise NotDoneError(message)
    made = {**thing, "number": _number(), "size": size, "state": "reserved", "note": ""}
    after = {**thing, "state": "comes back", "left": 0}
    title = f"{thing['title']}, size {size}"
    return Deed(after, title, "reserved", 0, "2026-11-30", {**made, "due": 0})


def order(_thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """A new order, paid for by its link."""
    name = str(asked.get("item") or "")
    if name not in CATALOGUE:
        message = f"item: one of {', '.join(CATALOGUE)}"
        raise NotDoneError(message)
    title, cents = CATALOGUE[name]
    made = {
        "kind": "order", "number": _number(), "title": title, "state": "to be paid", "paid": 0,
        "left": 0, "currency": "EUR", "day": "2026-11-26", "size": "", "track": "", "note": "",
        "email": "", "due": cents,
    }  # fmt: skip
    return Deed({}, title, "to be paid", cents, "2026-11-26", made)


def invoice(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """A copy of the invoice, with a VAT number if one is said."""
    vat = str(asked.get("vat") or "")[:20]
    details = {"vat": vat} if vat else {}
    title = f"Invoice for {thing['number']}"
    return Deed(thing, title, "ready", thing["paid"], thing["day"], None, True, details)


def rebook(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Another flight on the same route."""
    flight = str(asked.get("flight") or "").upper()
    if not flight.startswith("NW") or not flight[2:].isdigit():
        message = "flight: as in NW832"
        raise NotDoneError(message)
    if thing["state"] in ("flown", "refunded"):
        message = f"This booking is {thing['state']}."
        raise NotDoneError(message)
    after = {**thing, "flight": flight, "state": "confirmed"}
    return Deed(after, f"{thing['title']} on {flight}", "confirmed", day=thing["day"])


def seat(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Another seat."""
    wanted = str(asked.get("seat") or "").upper()
    if wanted not in _SEATS:
        message = "seat: a row from 1 to 30 and a letter from A to F"
        raise NotDoneError(message)
    after = {**thing, "seat": wanted}
    return Deed(after, f"Seat {wanted} on {thing['flight']}", "confirmed", day=thing["day"])


def trace(thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Look for a bag and have it brought."""
    where = str(asked.get("deliver_to") or "")[:120]
    if not where:
        message = "deliver_to: say where it is to be brought"
        raise NotDoneError(message)
    after = {**thing, "state": "found, on its way", "note": f"Goes to {where}"}
    return Deed(after, thing["title"], after["state"], day="2026-11-27")


def call_back(_thing: Thing, asked: Mapping[str, Any]) -> Deed:
    """Have somebody call."""
    phone = str(asked.get("phone") or "")[:30]
    if not phone:
        message = "phone: the number to call"
        raise NotDoneError(message)
    made: Thing = {
        "kind": "call", "number": f"C-{secrets.randbelow(90_000) + 10_000}", "phone": phone,
        "title": str(asked.get("about") or "A call")[:80], "state": "planned", "paid": 0,
        "left": 0, "currency": "EUR", "day": "2026-11-27", "note": "", "email": "",
    }  # fmt: skip
    return Deed({}, made["title"], "planned", day=made["day"], made=made)


def _number() -> str:
    return f"NS-{secrets.randbelow(80_000) + 20_000}"


Does = Callable[[Thing, Mapping[str, Any]], Deed]
# House, what stands in the address after the thing, the kind of thing (empty: none), what it does.
DEEDS: Final[tuple[tuple[str, str, str, Does], ...]] = (
    (SHOP, "refunds", "order", refund),
    (SHOP, "parcels", "order", send_again),
    (SHOP, "exchanges", "order", exchange),
    (SHOP, "invoices", "order", invoice),
    (SHOP, "orders", "", order),
    (AIR, "refunds", "booking", refund),
    (AIR, "flights", "booking", rebook),
    (AIR, "seats", "booking", seat),
    (AIR, "invoices", "booking", invoice),
    (AIR, "traces", "bag", trace),
    (AIR, "callbacks", "", call_back),
)


def deed_for(house: str, name: str, kind: str) -> Does | None:
    """Return what an address does, or None."""
    return next((one for h, n, k, one in DEEDS if (h, n, k) == (house, name, kind)), None)
