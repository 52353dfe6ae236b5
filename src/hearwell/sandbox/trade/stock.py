"""What the two houses know when they open. All invented; money in whole cents.

Each matter of the demo has its thing: a number that the customer writes leads to it.
"""

from __future__ import annotations

from typing import Any, Final

SHOP, AIR = "shop", "air"
NAMES: Final = {SHOP: "Northwind Shop", AIR: "Northwind Air"}
CATALOGUE: Final = {
    "scarf": ("Wool scarf, tail-fin blue", 2900),
    "tag": ("Leather luggage tag", 1400),
    "model": ("Model aircraft Sandpiper, 1:200", 3900),
}
_E: Final = "EUR"


def _order(
    number: str, title: str, cents: int, state: str, day: str, **more: Any
) -> dict[str, Any]:
    return {
        "kind": "order", "number": number, "title": title, "state": state, "paid": cents,
        "left": cents, "currency": _E, "day": day, "size": "", "track": "", "note": "",
        "email": "", **more,
    }  # fmt: skip


def _booking(number: str, route: str, cents: int, state: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "booking", "number": number, "title": route, "state": state, "paid": cents,
        "left": cents, "currency": _E, "day": "2026-12-04", "seat": "18B", "flight": "",
        "note": "", "email": "", **more,
    }  # fmt: skip


STOCK: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    SHOP: (
        _order(
            "NS-10421", "Model aircraft Sandpiper, 1:200", 3900, "with the carrier", "2026-11-17",
            track="https://parcels.northwind.example/PP10421", email="tom.reed@mail.example",
            note="Held at the depot in Leeds; new delivery tomorrow before noon",
        ),
        _order("NS-10436", "Travel mug", 1890, "delivered", "2026-11-19"),
        _order("NS-10440", "Fleece jacket", 4900, "delivered", "2026-11-20", size="M"),
        _order(
            "NS-10452", "Leather luggage tag", 2800, "delivered", "2026-11-21",
            note="Paid twice: 14.00 EUR on the 19th and 14.00 EUR on the 20th",
        ),
        _order(
            "NS-10460", "Wool scarf and gloves", 5400, "delivered", "2026-11-22",
            note="Two parcels; one was lost",
        ),
        _order(
            "NS-10471", "Cabin case", 12900, "delivered", "2026-10-30",
            email="mo.hassan@mail.example",
        ),
    ),
    AIR: (
        _booking("NWA-7K2PLM", "Bristol to Bergen", 8900, "missed connection", flight="NW830"),
        _booking("NWA-4R9TCD", "Bremen to Lisbon", 14200, "flown", flight="NW482"),
        _booking("NWA-2Q7KPX", "Edinburgh to Oslo", 7600, "confirmed", flight="NW204"),
        _booking(
            "NWA-9V3RTC", "Lyon to Porto", 6450, "cancelled by us", flight="NW744",
            note="Cancelled by us: the fare goes back in full",
        ),
        {
            "kind": "bag", "number": "NW338914", "title": "Cello case, NW482", "state": "missing",
            "place": "Bremen", "paid": 0, "left": 0, "currency": _E, "day": "2026-11-25",
            "note": "Not loaded in Bremen", "email": "",
        },
        {
            "kind": "call", "number": "C-20917", "title": "Asked about a refund",
            "state": "ended by the line", "paid": 0, "left": 0, "currency": _E,
            "day": "2026-11-24", "note": "55 minutes on hold", "phone": "+353 21 555 0142",
            "email": "",
        },
    ),
}  # fmt: skip
