"""The tools of the two houses, declared as an admin would declare them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.conf import settings

from hearwell.accounts.models import User, Workspace
from hearwell.commerce.cards import Reading
from hearwell.commerce.definition import Definition, Field
from hearwell.commerce.models import Service
from hearwell.commerce.queries import services_of
from hearwell.commerce.services import (
    ServiceFacts,
    adopt_tool,
    remove_service,
    save_service,
)
from hearwell.sandbox.models import Page
from hearwell.sandbox.services import trading
from hearwell.sandbox.trade.stock import AIR, CATALOGUE, NAMES, SHOP

_THING: Final = Reading(
    title="/title", ref="/number", state="/state", amount="/left", currency="/currency",
    date="/day", link="/track", is_minor=True,
    details=(("Note", "/note"), ("Size", "/size"), ("Flight", "/flight"), ("Seat", "/seat")),
)  # fmt: skip
_ORDER: Final = replace(_THING, kind="order", root="/order")
_BOOKING: Final = replace(_THING, kind="booking", root="/booking")
_BAG: Final = replace(_THING, kind="other", root="/bag", amount="")
_ACT: Final = Reading(
    kind="other", root="/act", title="/title", ref="/number", state="/state", amount="/amount",
    currency="/currency", date="/day", link="/link", says="/act/status", says_one_of=("done",),
    is_minor=True,
)  # fmt: skip
_NUMBER: Final = Field("number", "Number", "card", place="path", detail="ref")
_AMOUNT: Final = Field("amount", "Amount", "card", "money", detail="amount", within_card=True)


def _find(title: str, path: str, label: str, mask: str, reading: Reading) -> Definition:
    number = Field("number", label, "found", place="path", detail=mask)
    return Definition(title=title, path=path, fields=(number,), reading=reading)


def _act(
    title: str, path: str, about: str, *fields: Field, reply: str, gives: str = "", reason: str = ""
) -> Definition:
    return Definition(
        title=title, kind="act", method="POST", path=path, reading=_ACT, about=about, gives=gives,
        fields=(_NUMBER, *fields) if about else fields, reason=reason or "service", reply=reply,
        look_path="/acts/{key}", undo_path="/acts/{key}/undo", undo_hours=24, settle_s=10,
        limit_s=4,
    )  # fmt: skip


_MAIL: Final = Field("email", "E-mail", "email", place="query")
_PHONE: Final = Field("phone", "Telephone", "phone", place="query")
_REFUNDED: Final = "We have refunded {amount}. It reaches you by {date}."
TOOLS: Final[dict[str, tuple[Definition, ...]]] = {
    SHOP: (
        _find("Order", "/orders/{number}", "Order number", "NS-99999", _ORDER),
        Definition(
            "Orders by e-mail", path="/orders", fields=(_MAIL,),
            reading=replace(_ORDER, root="/orders"),
        ),
        _act(
            "Refund", "/orders/{number}/refunds", "order", _AMOUNT, gives="amount",
            reason="damage", reply=_REFUNDED,
        ),
        _act(
            "Send again", "/orders/{number}/parcels", "order",
            Field("what", "What is missing", most=80),
            reply="{title}: {state}. It is with you by {date}.",
        ),
        _act(
            "Another size", "/orders/{number}/exchanges", "order",
            Field("size", "Size", "typed", "choice", detail="XS | S | M | L | XL"),
            reply="{title} is reserved for you as order {ref}; it leaves at once.",
        ),
        _act(
            "Copy of the invoice", "/orders/{number}/invoices", "order",
            Field("vat", "VAT number", most=20, is_required=False),
            reply="Here is your invoice: {link}",
        ),
        _act(
            "New order", "/orders", "",
            Field("item", "Item", "typed", "choice", detail=" | ".join(CATALOGUE)),
            reply="Your order {ref} is ready: {title}, {amount}. Pay it here: {link}",
        ),
    ),
    AIR: (
        _find("Booking", "/bookings/{number}", "Booking", "NWA-******", _BOOKING),
        _find("Bag", "/bags/{number}", "Bag tag", "NW999999", _BAG),
        Definition(
            "Past calls", path="/calls", fields=(_PHONE,),
            reading=replace(_THING, kind="call", root="/calls", amount="", link=""),
        ),
        _act(
            "Refund the fare", "/bookings/{number}/refunds", "booking", _AMOUNT, gives="amount",
            reason="delay", reply=_REFUNDED,
        ),
        _act(
            "Rebook", "/bookings/{number}/flights", "booking",
            Field("flight", "Flight", most=8),
            reply="You are booked again: {title}, {date}.",
        ),
        _act(
            "Another seat", "/bookings/{number}/seats", "booking", Field("seat", "Seat", most=4),
            reply="Done: {title}.",
        ),
        _act(
            "Trace the bag", "/bags/{number}/traces", "other",
            Field("deliver_to", "Bring it to", most=120),
            reply="Your bag is {state}; it arrives on {date}.",
        ),
        _act(
            "Call back", "/callbacks", "",
            Field("phone", "Telephone", "phone"), Field("about", "About", most=80),
            reply="We call you back on {date}.",
        ),
    ),
}  # fmt: skip


def open_houses(workspace: Workspace, page: Page, *, by: User | None = None) -> None:
    """Open the shop and the airline and let the desk use their tools. Idempotent."""
    known = {one.name: one for one in services_of(workspace.id) if one.is_demo}
    for house, definitions in TOOLS.items():
        secret = trading.open_house(workspace.id, house)
        url = f"{settings.HEARWELL_URL}/sandbox/trade/{page.address}/{house}"
        facts = ServiceFacts(NAMES[house], url, secret, is_demo=True)
        service_id = known[NAMES[house]].id if NAMES[house] in known else None
        service = save_service(workspace.id, facts, by=by, service_id=service_id)
        if service_id is None:
            _declare(service, definitions, by)


def _declare(service: Service, definitions: tuple[Definition, ...], by: User | None) -> None:
    for one in definitions:
        adopt_tool(service, one, by=by)


def close_houses(workspace_id: UUID, *, by: User | None = None) -> None:
    """Take the tools of the two houses out of use, and forget what was sold there."""
    for one in services_of(workspace_id):
        if one.is_demo:
            remove_service(workspace_id, one.id, by=by)
    trading.close_houses()
