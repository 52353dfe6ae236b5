"""Ten things that customers write in public, each solved in the thread, none passed on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.test import Client

from hearwell.accounts.models import Membership
from hearwell.commerce import queries, services
from hearwell.commerce.cards import Card, card_from
from hearwell.commerce.models import Lookup, Service, ToolRun
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.services import Wanted
from hearwell.commerce.services.carrying import carry_out, look_after
from hearwell.connect.model import Author
from hearwell.conversations.models import Case, Message, Passing
from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.powers.services import decide_grant
from hearwell.reports.parity import parity_report
from hearwell.reports.relation import Period
from hearwell.sandbox.models import TradeAct, TradeHouse, TradeThing
from hearwell.sandbox.services import trading
from hearwell.sandbox.trade import tools
from tests.domain.sandbox.conftest import Harbour, through_django
from tests.factories import make_item, receive

AT = "/sandbox/trade"


@pytest.fixture(autouse=True)
def _in_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls are answered here: in the test's transaction, by the real views."""
    transport = httpx.MockTransport(through_django)
    monkeypatch.setattr(http, "client", lambda *_, **__: httpx.Client(transport=transport))
    monkeypatch.setattr("hearwell.sandbox.trade.views.HANG_S", 0.0)


@pytest.fixture
def houses(harbour: Harbour, workspace, alice) -> Harbour:
    tools.open_houses(workspace, harbour.page, by=alice)
    return harbour


@pytest.fixture
def me(bob) -> Membership:
    return Membership.objects.get(user=bob)


@pytest.fixture
def lead(alice) -> Membership:
    return Membership.objects.get(user=alice)


def tool(me: Membership, title: str) -> LiveTool:
    found = queries.live_tools(me.workspace_id)
    return next(one for one in found if one.definition.title == title)


@dataclass(frozen=True)
class Issue:
    """What somebody writes, what the desk does, and what is true afterwards."""

    said: str
    tool: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    card: str = ""
    shows: str = ""


ISSUES = {
    "late parcel": Issue("Where is my parcel NS-10421??", shows="new delivery tomorrow"),
    "damaged": Issue("NS-10436 arrived in pieces", "Refund", (("amount", "18.90"),), "NS-10436"),
    "wrong size": Issue("ns-10440 is far too small", "Another size", (("size", "L"),), "NS-10440"),
    "double charge": Issue("Charged TWICE for NS-10452", "Refund", (("amount", "14"),), "NS-10452"),
    "missing item": Issue(
        "Gloves missing in NS-10460", "Send again", (("what", "Gloves"),), "NS-10460"
    ),
    "invoice": Issue(
        "I need an invoice for NS-10471", "Copy of the invoice", (("vat", "GB123"),), "NS-10471"
    ),
    "missed connection": Issue(
        "NWA-7K2PLM missed the connection!", "Rebook", (("flight", "NW832"),), "NWA-7K2PLM"
    ),
    "delayed bag": Issue(
        "Bag NW338914 did not come", "Trace the bag", (("deliver_to", "Hotel Miradouro"),),
        "NW338914",
    ),
    "seat": Issue("Aisle seat for NWA-2Q7KPX please", "Another seat", (("seat", "4C"),),
                  "NWA-2Q7KPX"),
    "cancelled": Issue(
        "NWA-9V3RTC was cancelled, my money?", "Refund the fare", (("amount", "64.50"),),
        "NWA-9V3RTC",
    ),
}  # fmt: skip


def case_of(houses: Harbour, text: str) -> Case:
    who = Author(text[:20], "somebody", "Some Body")
    (message,) = receive(houses.channel, [make_item(text, author=who)])
    return Case.objects.get(id=message.case_id)


def cards_of(case: Case, by: Membership) -> list[Card]:
    services.refresh(case.workspace_id, case.id, by=by)
    waiting = Lookup.objects.filter(case_id=case.id, state="waiting")
    services.make_lookups(case.workspace_id, list(waiting.values_list("id", flat=True)))
    rows = Lookup.objects.filter(case_id=case.id)
    return [card_from(card) for row in rows for card in row.cards]


def do(case: Case, by: Membership, issue: Issue, card: Card | None, lead: Membership) -> ToolRun:
    one = tool(by, issue.tool)
    wanted = Wanted(one.tool.id, case.id, uuid7(), dict(issue.typed), card)
    run = services.start_run(wanted, by=by)
    if run.state == "asked":
        decide_grant(run.grant_id, is_approved=True, by=lead)
        services.release_granted(run.workspace_id, [run.grant_id])
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("name", ISSUES)
def test_it_is_solved_from_the_case(houses, me, lead, name):
    issue = ISSUES[name]
    case = case_of(houses, issue.said)
    cards = cards_of(case, me)
    assert len(cards) == 1, cards
    if issue.shows:
        assert issue.shows in str(cards[0].details)
        return
    assert cards[0].ref == issue.card
    run = do(case, me, issue, cards[0], lead)
    assert (run.state, run.code) == ("done", "")
    assert TradeAct.objects.get().key == str(run.key)
    assert not Passing.objects.exists()


def test_the_ten_are_counted_in_the_parity_report(houses, me, lead, workspace):
    for issue in ISSUES.values():
        case = case_of(houses, issue.said)
        (card,) = cards_of(case, me)
        if issue.tool:
            do(case, me, issue, card, lead)
    period = Period(now() - timedelta(days=1), now() + timedelta(minutes=1))
    (row,) = parity_report(workspace.id, period).channels
    assert (row.tools_done, row.tools_failed, row.tool_cases) == (9, 0, 9)
    assert row.tools["Refund"] == 2
    assert row.tools_there == len(queries.live_tools(workspace.id))
    assert row.passed == 0


def test_a_new_order_is_placed_in_the_thread_and_paid_by_its_link(houses, me, lead):
    case = case_of(houses, "Can I buy the luggage tag here?")
    issue = Issue("", "New order", (("item", "tag"),))
    run = do(case, me, issue, None, lead)
    link = run.result["link"]
    assert "/pay/" in link
    assert run.result["amount_minor"] == 1400
    page = Client().get(link[link.index("/sandbox/") :])
    assert "Pay 14.00 EUR" in page.content.decode()
    assert 'name="card' not in page.content.decode(), "no card is ever asked for"
    Client().post(link[link.index("/sandbox/") :])
    assert TradeThing.objects.get(number=run.result["ref"]).body["state"] == "paid"
    assert "Nothing is to be paid" in Client().get(link[link.index("/sandbox/") :]).content.decode()


def test_a_call_back_takes_the_number_that_was_written(houses, me, lead):
    case = case_of(houses, "Call me on +353 21 555 0142, I was cut off")
    (card,) = cards_of(case, me)
    assert (card.kind, card.ref) == ("call", "C-20917"), "the past call"
    issue = Issue("", "Call back", (("phone", "+353 21 555 0142"), ("about", "Cut off")))
    assert do(case, me, issue, None, lead).result["state"] == "planned"


@pytest.mark.parametrize("fault", ["hang_after", "fail_after", "say_twice"])
def test_whatever_the_shop_does_money_goes_back_once(houses, me, lead, fault, monkeypatch):
    case = case_of(houses, ISSUES["damaged"].said)
    (card,) = cards_of(case, me)
    trading.set_faults("shop", [fault])
    if fault == "hang_after":  # the answer is lost on the way
        real = through_django

        def lost(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            if request.method == "POST":
                message = "timed out"
                raise httpx.ReadTimeout(message)
            return answer

        transport = httpx.MockTransport(lost)
        monkeypatch.setattr(http, "client", lambda *_, **__: httpx.Client(transport=transport))
    run = do(case, me, ISSUES["damaged"], card, lead)
    if fault != "say_twice":
        assert run.state == "unknown"
        ToolRun.objects.update(wake_at=run.created_at, not_before=None)
        look_after(run.workspace_id, run.id)
        run.refresh_from_db()
    assert run.state == "done"
    assert TradeAct.objects.count() == 1
    assert TradeThing.objects.get(number="NS-10436").body["left"] == 0


def test_what_was_done_is_undone_there(houses, me, lead):
    case = case_of(houses, ISSUES["seat"].said)
    (card,) = cards_of(case, me)
    run = do(case, me, ISSUES["seat"], card, lead)
    assert TradeThing.objects.get(number="NWA-2Q7KPX").body["seat"] == "4C"
    back = services.undo(run.id, by=me)
    carry_out(back.workspace_id, back.id)
    back.refresh_from_db()
    assert (back.state, back.result["state"]) == ("done", "taken back")
    assert TradeThing.objects.get(number="NWA-2Q7KPX").body["seat"] == "18B"


def test_the_house_says_no_in_words(houses, me, lead):
    case = case_of(houses, ISSUES["wrong size"].said)
    (card,) = cards_of(case, me)
    run = do(case, me, Issue("", "Another size", (("size", "M"),)), card, lead)
    assert (run.state, run.message) == ("failed", "It has size M already.")


def test_without_the_secret_nobody_is_told_anything(houses):
    address = houses.page.address
    for path in ("shop/orders/NS-10421", "shop/acts/x", "air/calls?phone=1"):
        assert Client().get(f"{AT}/{address}/{path}").status_code == 401
    answer = Client().post(f"{AT}/{address}/shop/orders", "{}", content_type="application/json")
    assert answer.status_code == 401
    assert Client().get(f"{AT}/nowhere/shop/orders/NS-10421").status_code == 404
    assert not TradeAct.objects.exists()


@pytest.mark.parametrize(
    "path", ["orders/NS-0", "orders/a/b/c", "things/1", "acts", "acts/x", "", "orders/%00", "air"]
)
def test_odd_addresses_are_refused(houses, path):
    secret = trading.open_house(houses.page.workspace_id, "shop")
    headers = {"authorization": f"Bearer {secret}"}
    url = f"{AT}/{houses.page.address}/shop/{path}"
    assert Client().get(url, headers=headers).status_code in (301, 404)
    odd = {**headers, "idempotency-key": "k"}
    for body in ("{}", "[1]", "{", '{"amount": "x"}'):
        answer = Client().post(url, body, content_type="application/json", headers=odd)
        assert answer.status_code in (301, 400, 404, 422)


def test_opening_again_changes_only_the_secret(houses, workspace, alice, me):
    before = [one.tool.id for one in queries.live_tools(workspace.id)]
    digest = bytes(TradeHouse.objects.get(house="shop").digest)
    tools.open_houses(workspace, houses.page, by=alice)
    assert [one.tool.id for one in queries.live_tools(workspace.id)] == before
    assert bytes(TradeHouse.objects.get(house="shop").digest) != digest
    assert cards_of(case_of(houses, "NS-10421?"), me)


def test_closing_takes_the_tools_away(houses, workspace, alice):
    tools.close_houses(workspace.id, by=alice)
    assert not queries.live_tools(workspace.id)
    assert not Service.objects.exists()
    assert not TradeThing.objects.exists()


def test_what_it_can_do_is_described(houses):
    answer = Client().get(f"{AT}/{houses.page.address}/air/openapi.json")
    document: dict[str, Any] = json.loads(answer.content)
    assert document["paths"]["/bookings/{number}/seats"]["post"]["operationId"] == "seat"
    assert isinstance(houses.page.workspace_id, UUID)
    assert not Message.objects.exists()
