"""A shop on loopback, allowed by name, its tools in use, and a case about one of its orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.commerce import services
from hearwell.commerce.cards import Card, card_from
from hearwell.commerce.models import Lookup, Service, ToolRun
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.services import Wanted
from hearwell.commerce.services.carrying import carry_out, look_after
from hearwell.conversations.models import Case
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from tests import characters
from tests.factories import make_case
from tests.other_side import OtherSide, other_side
from tests.shop_tools import BLIND, LAMP, ORDER, REFUND, a_live_tool, a_service


@pytest.fixture
def side(settings) -> Iterator[OtherSide]:
    with other_side() as found:
        settings.HEARWELL_EGRESS_ALLOW = (found.origin,)
        found.orders["NW-1042"] = dict(LAMP)
        yield found


@pytest.fixture
def shop(workspace: Workspace, alice: User, side: OtherSide) -> Service:
    return a_service(side.origin, workspace.id, alice)


@pytest.fixture
def orders(shop: Service, alice: User) -> LiveTool:
    return a_live_tool(shop, ORDER, alice)


@pytest.fixture
def refund(shop: Service, alice: User) -> LiveTool:
    return a_live_tool(shop, REFUND, alice)


@pytest.fixture
def blind(shop: Service, alice: User) -> LiveTool:
    return a_live_tool(shop, BLIND, alice)


@pytest.fixture
def case(workspace: Workspace) -> Case:
    return make_case("My lamp NW-1042 came broken!")


@pytest.fixture
def me(bob: User) -> Membership:
    return Membership.objects.get(user=bob)


@pytest.fixture
def lead(alice: User) -> Membership:
    return Membership.objects.get(user=alice)


def looked_up(case: Case, by: Membership, *, anew: bool = False) -> list[Lookup]:
    """Look up what is known of a case's customer, as the worker does."""
    services.refresh(case.workspace_id, case.id, by=by, anew=anew)
    waiting = Lookup.objects.filter(workspace_id=case.workspace_id, case_id=case.id)
    services.make_lookups(
        case.workspace_id, list(waiting.filter(state="waiting").values_list("id", flat=True))
    )
    return list(waiting.order_by("created_at"))


@dataclass
class Desk:
    """An agent at a case with its card."""

    case: Case
    by: Membership
    card: Card

    def mean(self, tool: LiveTool, **said: Any) -> ToolRun:
        options = {name: said.pop(name) for name in ("key", "is_meant") if name in said}
        values = {"amount": "9.90"} | said
        wanted = Wanted(
            tool.tool.id, self.case.id, options.get("key") or uuid7(), values, self.card,
            bool(options.get("is_meant")),
        )  # fmt: skip
        return services.start_run(wanted, by=self.by)

    def do(self, tool: LiveTool, **said: Any) -> ToolRun:
        run = self.mean(tool, **said)
        carry_out(run.workspace_id, run.id)
        run.refresh_from_db()
        return run


@pytest.fixture
def desk(case: Case, me: Membership, orders: LiveTool) -> Desk:
    (found,) = looked_up(case, me)
    return Desk(case, me, card_from(found.cards[0]))


@pytest.fixture
def look() -> Callable[[ToolRun], ToolRun]:
    """Look up what became of a run, now."""

    def settle(run: ToolRun) -> ToolRun:
        ToolRun.objects.filter(id=run.id, state="unknown").update(not_before=run.created_at)
        look_after(run.workspace_id, run.id)
        run.refresh_from_db()
        return run

    return settle


def long_ago(run_id: UUID) -> None:
    """Let a run have left so long ago that no trace of it means that it was not done."""
    run = ToolRun.objects.get(id=run_id)
    run.sent_at = run.created_at.replace(year=run.created_at.year - 1)
    run.save(update_fields=["sent_at"])


def committed_desk(side: OtherSide, **changes: Any) -> tuple[Desk, LiveTool]:
    """A desk and a refund that other connections see, too: for tests with real commits."""
    side.orders["NW-1042"] = dict(LAMP)
    workspace = characters._workspace("Northwind Air", "northwind")
    with scope(workspace.id):
        owner = characters._member(workspace, "Alice Adams", "owner", "AA")
        shop = a_service(side.origin, workspace.id, owner)
        a_live_tool(shop, ORDER, owner)
        refund = a_live_tool(shop, replace(REFUND, **changes), owner)
        case = make_case("My lamp NW-1042 came broken!")
        me = Membership.objects.get(user=owner)
        (found,) = looked_up(case, me)
        return Desk(case, me, card_from(found.cards[0])), refund
