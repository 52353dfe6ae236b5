"""What the two services can do, as OpenAPI 3: to be read, and to make tools of."""

from __future__ import annotations

from typing import Any, Final

from hearwell.sandbox.trade.stock import AIR, NAMES, SHOP

_TEXT: Final = {"type": "string"}
_CENTS: Final = {"type": "integer", "minimum": 1, "description": "Whole cents"}
_THING: Final = {
    "type": "object",
    "properties": {
        name: ({"type": "integer"} if name in ("paid", "left") else _TEXT)
        for name in ("number", "title", "state", "paid", "left", "currency", "day", "note", "track")
    },
}
_ACT: Final = {
    "type": "object",
    "properties": {
        "act": {
            "type": "object",
            "properties": {
                "id": _TEXT, "title": _TEXT, "state": _TEXT, "amount": {"type": "integer"},
                "currency": _TEXT, "day": _TEXT, "number": _TEXT, "link": _TEXT,
            },
        }
    },
}  # fmt: skip
# House, path, operation, summary, fields of the body.
_ACTS: Final = (
    (SHOP, "/orders/{number}/refunds", "refundOrder", "Refund an order", {"amount": _CENTS}),
    (SHOP, "/orders/{number}/parcels", "sendAgain", "Send what is missing", {"what": _TEXT}),
    (SHOP, "/orders/{number}/exchanges", "exchange", "Another size", {"size": _TEXT}),
    (SHOP, "/orders/{number}/invoices", "orderInvoice", "Copy of the invoice", {"vat": _TEXT}),
    (SHOP, "/orders", "newOrder", "New order with a payment link", {"item": _TEXT}),
    (AIR, "/bookings/{number}/refunds", "refundBooking", "Refund a booking", {"amount": _CENTS}),
    (AIR, "/bookings/{number}/flights", "rebook", "Another flight", {"flight": _TEXT}),
    (AIR, "/bookings/{number}/seats", "seat", "Another seat", {"seat": _TEXT}),
    (AIR, "/bookings/{number}/invoices", "bookingInvoice", "Copy of the invoice", {"vat": _TEXT}),
    (AIR, "/bags/{number}/traces", "traceBag", "Trace a bag", {"deliver_to": _TEXT}),
    (AIR, "/callbacks", "callBack", "Have somebody call", {"phone": _TEXT, "about": _TEXT}),
)
_READS: Final = (
    (SHOP, "/orders/{number}", "order", "An order"),
    (AIR, "/bookings/{number}", "booking", "A booking"),
    (AIR, "/bags/{number}", "bag", "A bag"),
)


def document_of(house: str, base: str) -> dict[str, Any]:
    """Return the description of a service at this address."""
    paths: dict[str, dict[str, Any]] = {}
    for where, path, name, summary in _READS:
        if where == house:
            paths.setdefault(path, {})["get"] = _operation(path, f"get-{name}", summary, {
                "type": "object", "properties": {name: {"$ref": "#/components/schemas/Thing"}},
            })  # fmt: skip
    for where, path, name, summary, fields in _ACTS:
        if where == house:
            made = _operation(path, name, summary, _ACT)
            schema = {"type": "object", "properties": fields, "required": list(fields)[:1]}
            made["requestBody"] = {"content": {"application/json": {"schema": schema}}}
            paths.setdefault(path, {})["post"] = made
    return {
        "openapi": "3.1.0",
        "info": {"title": NAMES.get(house, house), "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": {"Thing": _THING}},
    }


def _operation(path: str, name: str, summary: str, answer: dict[str, Any]) -> dict[str, Any]:
    holes = [{"name": "number", "in": "path", "required": True, "schema": _TEXT}]
    content = {"application/json": {"schema": answer}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": holes if "{number}" in path else [],
        "responses": {"200": {"description": "Well", "content": content}},
    }
