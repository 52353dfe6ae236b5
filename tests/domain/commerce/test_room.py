"""What several people give of one order comes to no more than the order, however old their card."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection

from hearwell.commerce import services
from hearwell.commerce.cards import card_from
from hearwell.commerce.models import ToolRun
from hearwell.commerce.services import BadRunError, recovery
from hearwell.commerce.services.carrying import carry_out
from hearwell.kit.scope import scope
from tests.domain.commerce.conftest import Desk, committed_desk, looked_up
from tests.factories import make_case
from tests.other_side import other_side
from tests.shop_tools import LAMP, REFUND, a_live_tool, a_service

pytestmark = pytest.mark.django_db


def fresh(desk: Desk) -> Desk:
    """The same desk with the order as its system tells of it now."""
    newest = looked_up(desk.case, desk.by, anew=True)[-1]
    return replace(desk, card=card_from(newest.cards[0]))


def test_two_refunds_from_one_card_are_no_more_than_the_order(desk, refund, side):
    desk.do(refund, amount="12")
    with pytest.raises(BadRunError, match=r"At most 7.90.*EUR: of this, 12.00.*EUR") as refused:
        desk.mean(refund, amount="12.50")
    assert (refused.value.code, refused.value.field) == ("beyond", "amount")
    assert desk.do(refund, amount="7.90").state in ("done", "asked")
    with pytest.raises(BadRunError, match=r"At most 0.00"):
        desk.mean(refund, amount="0.10")


def test_what_is_under_way_or_in_doubt_counts(desk, refund, side):
    desk.mean(refund, amount="5")
    side.faults.append("hang_after")
    # The first to be carried out is this one.
    assert desk.do(refund, amount="6").state == "unknown"
    with pytest.raises(BadRunError, match=r"At most 8.90"):
        desk.mean(refund, amount="9")


def test_a_card_that_shows_what_is_left_is_taken_at_its_word(desk, refund, side):
    desk.do(refund, amount="12")
    side.orders["NW-1042"]["total"] = "7.90"
    desk = fresh(desk)
    assert desk.mean(refund, amount="7.90").state in ("queued", "asked")


def test_a_card_that_goes_on_showing_the_price_bounds_all_together(desk, refund, side):
    desk.do(refund, amount="12")
    with pytest.raises(BadRunError, match=r"At most 7.90"):
        fresh(desk).mean(refund, amount="8")


def test_from_an_old_card_and_a_new_one(desk, refund, side):
    desk.do(refund, amount="5")
    side.orders["NW-1042"]["total"] = "14.90"
    new = fresh(desk)
    desk.do(refund, amount="10")
    with pytest.raises(BadRunError, match=r"At most 4.90"):
        new.mean(refund, amount="10.10")


def test_what_failed_or_was_undone_gives_its_room_back(desk, refund, side, me):
    side.faults.append("refuse")
    assert desk.do(refund, amount="15").state == "failed"
    run = desk.do(refund, amount="16")
    back = services.undo(run.id, by=me)
    with pytest.raises(BadRunError, match=r"At most 3.90"):
        desk.mean(refund, amount="17")
    carry_out(back.workspace_id, back.id)
    assert desk.mean(refund, amount="17").state in ("queued", "asked")


def test_once_more_only_while_there_is_room(desk, refund, side, me):
    side.faults.append("refuse")
    run = desk.do(refund, amount="15")
    desk.do(refund, amount="6")
    with pytest.raises(BadRunError, match=r"At most 13.90"):
        services.try_again(run.id, by=me)
    run.refresh_from_db()
    assert run.state == "failed"


def test_the_same_order_from_another_case_and_by_another_tool(desk, shop, refund, alice, side, me):
    goodwill = a_live_tool(shop, replace(REFUND, title="Goodwill"), alice)
    desk.do(refund, amount="12")
    other = replace(desk, case=make_case("NW-1042 again!"))
    with pytest.raises(BadRunError, match=r"At most 7.90"):
        other.mean(goodwill, amount="8")


def test_another_order_and_another_system_are_other_matters(desk, refund, alice, side, workspace):
    desk.do(refund, amount="12")
    side.orders["NW-2000"] = {**LAMP, "number": "NW-2000"}
    another = replace(desk, card=replace(desk.card, ref="NW-2000"))
    assert another.mean(refund, amount="12").state in ("queued", "asked")
    outlet = a_service(side.origin, workspace.id, alice, name="Outlet")
    assert desk.mean(a_live_tool(outlet, REFUND, alice), amount="12").state in ("queued", "asked")


def test_a_workspace_that_cannot_be_swept_stops_no_other(desk, refund, monkeypatch):
    desk.mean(refund)
    seen = []

    def look_at(workspace_id, ids):
        seen.append(workspace_id)
        raise ZeroDivisionError

    monkeypatch.setattr(recovery, "_look_at", look_at)
    assert recovery.sweep() == 1
    assert seen == [desk.case.workspace_id]


@pytest.mark.django_db(transaction=True)
def test_pressed_by_many_in_the_same_moment(settings):
    with other_side() as side:
        settings.HEARWELL_EGRESS_ALLOW = (side.origin,)
        desk, refund = committed_desk(side)
    start, refused = Barrier(6), []

    def press(number: int) -> None:
        try:
            start.wait(10)
            with scope(desk.case.workspace_id):
                desk.mean(refund, amount="8", **{"why.words": f"no {number}"})
        except BadRunError as error:
            refused.append(error.code)
        finally:
            connection.close()

    people = [Thread(target=press, args=(number,)) for number in range(6)]
    for one in people:
        one.start()
    for one in people:
        one.join(30)
    assert refused == ["beyond"] * 4
    with scope(desk.case.workspace_id):
        assert sum(run.amount_minor for run in ToolRun.objects.all()) == 1600
