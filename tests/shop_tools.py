"""Tools of the system in `other_side`, declared as an admin would declare them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hearwell.accounts.models import User
from hearwell.commerce.cards import Reading
from hearwell.commerce.definition import Definition, Field
from hearwell.commerce.models import Service, Tool, ToolVersion
from hearwell.commerce.queries import LiveTool, live_tool
from hearwell.commerce.services import ServiceFacts, go_live, save_service, save_tool
from hearwell.kit.clock import now

SECRET = "shop-secret-4711"
ORDER = Definition(
    title="Orders",
    path="/orders/{order}",
    fields=(Field("order", "Order number", "found", place="path", detail="NW-9999"),),
    reading=Reading(
        kind="order", root="/order", title="/title", ref="/number", state="/state",
        amount="/total", currency="/currency", date="/day", link="/track",
        details=(("Carrier", "/carrier"),),
    ),
    limit_s=1,
)  # fmt: skip
REFUND = Definition(
    title="Refund",
    kind="act",
    method="POST",
    path="/orders/{order}/refunds",
    fields=(
        Field("order", "Order", "card", place="path", detail="ref"),
        Field("amount", "Amount", "card", "money", detail="amount", within_card=True),
        Field("why.words", "Why", "typed", most=60, is_required=False),
    ),
    reading=Reading(kind="other", ref="/id", state="/status"),
    about="order",
    gives="amount",
    reason="damage",
    look_path="/acts?key={key}",
    undo_path="/acts/{ref}/undo",
    undo_hours=24,
    settle_s=5,
    reply="Your refund of {amount} is on its way: {ref}.",
    limit_s=1,
)
BLIND = replace(REFUND, title="Refund by post", look_path="", undo_path="", undo_hours=0)
LAMP = {
    "title": "Reading lamp", "number": "NW-1042", "state": "delivered", "total": "19.90",
    "currency": "EUR", "day": "2026-11-20", "track": "https://parcels.example/1042",
    "carrier": "Parcel Post",
}  # fmt: skip


def a_service(origin: str, workspace_id: Any, by: User, **changes: Any) -> Service:
    """Say where the system is."""
    facts = ServiceFacts(**({"name": "Shop", "url": f"{origin}/api", "secret": SECRET} | changes))
    return save_service(workspace_id, facts, by=by)


def a_live_tool(
    service: Service, definition: Definition, by: User, before: LiveTool | None = None
) -> LiveTool:
    """Keep a tool or, of one there was `before`, another version, as tried; let it be used."""
    tool_id = before.tool.id if before else None
    version = save_tool(service, definition, by=by, tool_id=tool_id)
    ToolVersion.objects.filter(id=version.id).update(tried_at=now())
    tool = go_live(service.workspace_id, version.tool_id, version.number, by=by, is_meant=True)
    found = live_tool(service.workspace_id, tool.id)
    assert found is not None
    assert isinstance(found.tool, Tool)
    return found
