"""Tools by API: looked up, done once for a key, undone; within rights and workspace."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.commerce import services
from hearwell.commerce.models import Lookup, ToolRun
from hearwell.commerce.services.carrying import carry_out
from tests.factories import make_case, make_channel
from tests.other_side import other_side
from tests.shop_tools import LAMP, ORDER, REFUND, a_live_tool, a_service


@pytest.fixture
def side(settings):
    with other_side() as found:
        settings.HEARWELL_EGRESS_ALLOW = (found.origin,)
        found.orders["NW-1042"] = dict(LAMP)
        yield found


@pytest.fixture
def refund(workspace, alice, side):
    shop = a_service(side.origin, workspace.id, alice)
    a_live_tool(shop, ORDER, alice)
    return a_live_tool(shop, REFUND, alice)


@pytest.fixture
def case(workspace):
    return make_case("My lamp NW-1042 came broken!", make_channel())


def looked_up(program, case):
    (one,) = program.post(f"/cases/{case.id}/lookups", {}).json()
    services.make_lookups(case.workspace_id, [one["id"]])
    (one,) = program.get(f"/cases/{case.id}/lookups").json()
    return one


def done(program, case, refund, key=None, **more):
    look = looked_up(program, case)
    body = {"tool_id": str(refund.tool.id), "values": {"amount": "9.90"}, "lookup_id": look["id"]}
    return program.post(
        f"/cases/{case.id}/tool-runs", body | more, **{"idempotency-key": key or str(uuid4())}
    )


def test_an_order_is_looked_up_and_refunded_once(program, case, refund, side):
    (order, act) = program.get("/tools").json()
    assert (order["is_act"], act["about"], act["gives_money"]) == (False, "order", True)
    look = looked_up(program, case)
    assert look["why"] == [["found", "NW-1042", "public"]]
    assert look["cards"][0]["amount_minor"] == 1990
    key = str(uuid4())
    first = done(program, case, refund, key)
    assert first.status_code == 202
    assert done(program, case, refund, key).json() == first.json()
    carry_out(case.workspace_id, ToolRun.objects.get().id)
    run = program.get(f"/tool-runs/{first.json()['id']}").json()
    assert (run["state"], run["result"]["ref"]) == ("done", "R1")
    assert len(program.get(f"/cases/{case.id}/tool-runs").json()) == 1
    assert len(side.done) == 1
    assert done(program, case, refund).json()["code"] == "alike"
    back = program.post(f"/tool-runs/{run['id']}/act", {"do": "undo"}).json()
    assert back["undoes_id"] == run["id"]
    again = program.post(f"/tool-runs/{run['id']}/act", {"do": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "not_possible")


def test_what_does_not_fit_is_said(program, case, refund):
    answer = done(program, case, refund, values={"amount": "20"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_value")
    answer = done(program, case, refund, lookup_id=str(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (422, "no_card")
    answer = done(program, case, refund, tool_id=str(uuid4()))
    assert answer.status_code == 422
    assert not ToolRun.objects.exists()


def test_more_than_is_left_of_the_order_is_said(program, case, refund, side):
    assert done(program, case, refund, values={"amount": "12"}).status_code == 202
    answer = done(program, case, refund, values={"amount": "8"})
    assert (answer.status_code, answer.json()["code"]) == (422, "beyond")
    assert "At most 7.90" in answer.json()["detail"]


def test_nobody_else_sees_it(program, case, refund, other_workspace, charlie):
    from hearwell.accounts.scoping import scope
    from tests.api.conftest import program_of
    from tests.characters import _member

    done(program, case, refund)
    run, look = ToolRun.objects.get(), Lookup.objects.first()
    with scope(other_workspace.id):
        stranger = program_of(other_workspace, _member(other_workspace, "Eve Else", "owner", "EE"))
    assert stranger.get("/tools").json() == []
    for path in (
        f"/tool-runs/{run.id}",
        f"/cases/{case.id}/tool-runs",
        f"/cases/{case.id}/lookups",
    ):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/tool-runs/{run.id}/act", {"do": "undo"}).status_code == 404
    assert look.case_id == case.id
