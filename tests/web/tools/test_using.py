"""Tools used from a case: looked up, confirmed, done, undone, settled, counted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hearwell.commerce.models import Lookup, ToolRun
from hearwell.commerce.services import remove_tool
from hearwell.powers.models import Grant
from tests.factories import make_case
from tests.shop_tools import BLIND, REFUND, a_live_tool
from tests.web.conftest import HTMX
from tests.web.tools.conftest import hidden, panel, text_of, used, work

# --- at the desk ---------------------------------------------------------------------------------


def test_the_panel_looks_up_by_what_the_customer_wrote(agent, case, orders, refund, side):
    assert 'hx-trigger="load, submit"' in panel(agent, case)
    page = text_of(agent.post(f"/c/{case.id}/tools/refresh/", headers=HTMX))
    assert "Looking in the other systems" in page
    work()
    page = panel(agent, case)
    for words in (
        "Reading lamp",
        "NW-1042",
        "delivered",
        "19.90 EUR",
        "20 Nov 2026",
        "Parcel Post",
    ):
        assert words in page
    assert "NW-1042 (written in public)" in page
    assert "ask before you say or do anything about it" in page
    assert 'hx-trigger="load, submit"' not in page, "it is fresh"
    before = len(side.asked)
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "0"}, headers=HTMX)
    work()
    assert len(side.asked) == before, "nothing is asked twice within a minute"
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "1"}, headers=HTMX)
    work()
    assert len(side.asked) == before + 1


def test_a_refund_from_the_card_with_its_amount_confirmed(agent, case, orders, refund, side):
    url, sent, answer = used(agent, case, refund)
    page = text_of(answer)
    assert "Refund: 9.90 EUR" in page
    assert "Within your powers." in page
    assert "It can be undone for 24 hours." in page
    assert not ToolRun.objects.exists(), "nothing is done by looking"
    key = hidden(page, "key")
    answer = agent.post(url, {**sent, "step": "do", "key": key})
    run = ToolRun.objects.get()
    assert answer["location"] == f"/tools/done/{run.id}/"
    assert "Is about to be done" in text_of(agent.get(answer["location"]))
    agent.post(url, {**sent, "step": "do", "key": key})
    work()
    page = text_of(agent.get(answer["location"]))
    assert "Your refund of 9.90 EUR is on its way: R1." in page
    assert len(side.done) == 1
    assert "Your refund of 9.90 EUR is on its way: R1." in panel(agent, case)
    side.orders["NW-1042"]["state"] = "refunded"
    assert 'hx-trigger="load, submit"' in panel(agent, case), "it was changed by us"
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "0"}, headers=HTMX)
    work()
    assert "refunded" in panel(agent, case)
    composer = text_of(agent.get(f"/c/{case.id}/?tool={run.id}"))
    assert "Your refund of 9.90 EUR is on its way: R1.</textarea>" in composer
    assert "Refund" in text_of(agent.get("/tools/done/"))


def test_a_tool_that_was_changed_after_it_was_read_is_read_again(
    agent, case, orders, refund, shop, alice, side
):
    url, sent, answer = used(agent, case, refund)
    sent |= {"key": hidden(text_of(answer), "key"), "version": hidden(text_of(answer), "version")}
    a_live_tool(shop, replace(REFUND, title="Refund twice"), alice, refund)
    answer = agent.post(url, {**sent, "step": "do"})
    assert answer.status_code == 422
    assert "There is a newer version" in text_of(answer)
    assert not ToolRun.objects.exists()


def test_the_same_again_asks_and_can_be_meant(agent, case, orders, refund, side):
    for n in range(2):
        url, sent, answer = used(agent, case, refund)
        key = hidden(text_of(answer), "key")
        answer = agent.post(url, {**sent, "step": "do", "key": key})
        if n:
            page = text_of(answer)
            assert answer.status_code == 422
            assert "Exactly this was done before" in page
            assert "Bob Brown" in page
            agent.post(
                url,
                {**sent, "step": "do", "key": hidden(page, "key"), "meant": hidden(page, "meant")},
            )
        work()
    assert len(side.done) == 2


def test_the_same_twice_is_more_than_the_order_has(agent, case, orders, refund, side):
    for n in range(2):
        url, sent, answer = used(agent, case, refund, **{"f-amount": "12"})
        page = text_of(answer)
        if n:
            assert answer.status_code == 422
            assert "At most 7.90" in page
            assert 'aria-invalid="true"' in page
        else:
            agent.post(url, {**sent, "step": "do", "key": hidden(page, "key")})
    assert ToolRun.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"f-amount": "20"}, "At most 19.90."),
        ({"f-amount": "x"}, "Say how much"),
        ({"f-amount": ""}, "This is needed."),
        ({"f-why.words": "x" * 61}, "This is too long."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_stays(agent, case, orders, refund, typed, said):
    _url, _sent, answer = used(agent, case, refund, **typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not ToolRun.objects.exists()


def test_above_ones_powers_it_is_said_before_and_asked_for(agent, case, orders, refund, side):
    side.orders["NW-1042"]["total"] = "90.00"
    url = f"/c/{case.id}/tools/{refund.tool.id}/"
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "1"}, headers=HTMX)
    work()
    place = re.search(r"\?card=([0-9a-f-]+\.0)", panel(agent, case)).group(1)
    sent = {"f-amount": "40", "card": place, "step": "check"}
    page = text_of(agent.post(url, sent))
    assert "above what you may give alone" in page
    assert "Ask for it" in page
    agent.post(url, {**sent, "step": "do", "key": hidden(page, "key")})
    run = ToolRun.objects.get()
    assert run.state == "asked"
    assert "What we gave" in text_of(agent.get(f"/tools/done/{run.id}/"))
    assert Grant.objects.get().state == "waiting"


def test_a_card_of_another_case_is_not_there(agent, case, orders, refund):
    used(agent, case, refund)
    place = f"{Lookup.objects.first().id}.0"
    other = make_case("NW-7777")
    url = f"/c/{other.id}/tools/{refund.tool.id}/"
    for odd in (place, "x.0", f"{place[:-2]}.9", f"{place[:-2]}."):
        assert agent.get(f"{url}?card={odd}").status_code == 404
    assert "Choose first what it is to be done to." in text_of(agent.get(url))
    answer = agent.post(url, {"f-amount": "5", "step": "do"})
    assert answer.status_code == 422
    assert not ToolRun.objects.exists()


def test_it_is_undone_from_its_page(agent, case, orders, refund, side):
    url, sent, answer = used(agent, case, refund)
    agent.post(url, {**sent, "step": "do", "key": hidden(text_of(answer), "key")})
    work()
    run = ToolRun.objects.get()
    back = agent.post(f"/tools/done/{run.id}/act/", {"do": "undo"})
    work()
    assert "Undo: Refund" in text_of(agent.get(back["location"]))
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "Done, and taken back" in page
    assert 'value="undo"' not in page
    assert side.undone == ["R1"]


def test_what_nobody_knows_is_settled_by_a_person(agent, owner, case, orders, shop, alice, side):
    blind = a_live_tool(shop, BLIND, alice)
    side.faults.extend(["", "cut_after"])
    url, sent, answer = used(agent, case, blind)
    agent.post(url, {**sent, "step": "do", "key": hidden(text_of(answer), "key")})
    side.faults.clear()
    side.faults.append("cut_after")
    work()
    run = ToolRun.objects.get()
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "Look in Shop for this key" in page
    assert "nobody knows whether it was done" in text_of(owner.get("/settings/tools/"))
    agent.post(f"/tools/done/{run.id}/act/", {"do": "was_not"})
    run.refresh_from_db()
    assert (run.state, Grant.objects.get().state) == ("failed", "returned")
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "Try once more" in page


def test_it_is_settled_though_its_tool_was_removed(agent, case, orders, shop, alice, side):
    tool = a_live_tool(shop, BLIND, alice)
    url, sent, answer = used(agent, case, tool)
    agent.post(url, {**sent, "step": "do", "key": hidden(text_of(answer), "key")})
    side.faults.append("cut_after")
    work()
    remove_tool(shop.workspace_id, tool.tool.id, by=alice)
    run = ToolRun.objects.get()
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "It was not done" in page
    agent.post(f"/tools/done/{run.id}/act/", {"do": "was_done"})
    run.refresh_from_db()
    assert run.state == "done"
    assert "Try once more" not in text_of(agent.get(f"/tools/done/{run.id}/"))


def test_what_comes_back_is_data(agent, case, orders, refund, side):
    side.orders["NW-1042"] |= {
        "title": "<script>alert(1)</script>", "track": "javascript:alert(1)",
        "carrier": {"deep": "x"}, "total": "1e99", "day": "soon", "state": "x" * 900,
    }  # fmt: skip
    agent.post(f"/c/{case.id}/tools/refresh/", headers=HTMX)
    work()
    page = agent.get(f"/c/{case.id}/tools/", headers=HTMX).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "javascript:" not in page
    card = Lookup.objects.get().cards[0]
    assert (card["amount_minor"], card["date"], card["link"]) == (None, "", "")
    assert card["details"] == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("garbage", "not what was declared"),
        ("huge", "too large"),
        ("hang_before", "did not answer in time"),
    ],
)
def test_a_look_that_fails_says_why(agent, case, orders, side, fault, said):
    side.faults.append(fault)
    agent.post(f"/c/{case.id}/tools/refresh/", headers=HTMX)
    work()
    assert said in panel(agent, case)


def test_by_hand_with_a_number_that_was_told_on_the_telephone(agent, orders, side):
    case = make_case("Hello?")
    assert "No number, e-mail or telephone" in panel(agent, case)
    agent.post(f"/c/{case.id}/tools/{orders.tool.id}/", {"f-order": "NW-1042"})
    work()
    page = panel(agent, case)
    assert "Reading lamp" in page
    assert "typed by a colleague" in page


def test_who_only_reads_sees_no_customers_orders(viewer, case, orders):
    for url in (f"/c/{case.id}/tools/", f"/c/{case.id}/tools/{orders.tool.id}/", "/tools/done/"):
        assert viewer.get(url).status_code == 403
