"""A tool that is taken off, or changed since it was read, does nothing more; undoing it works."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hearwell.commerce import services
from hearwell.commerce.services import BadRunError, Wanted
from hearwell.commerce.services.carrying import carry_out
from hearwell.kit.ids import uuid7
from tests.shop_tools import REFUND, a_live_tool

pytestmark = pytest.mark.django_db


def test_what_is_out_of_use_does_nothing(desk, refund, side, alice):
    run = desk.mean(refund)
    services.remove_tool(run.workspace_id, run.tool_id, by=alice)
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "off")
    with pytest.raises(BadRunError, match="not in use"):
        desk.mean(refund)


def test_what_was_taken_off_before_it_left_is_not_done(desk, refund, side, alice, me):
    run = desk.mean(refund)
    services.take_off(run.workspace_id, run.tool_id, by=alice)
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "off")
    assert not side.done
    with pytest.raises(BadRunError, match="not in use"):
        services.try_again(run.id, by=me)


def test_what_is_off_can_still_be_undone(desk, refund, side, alice, me):
    run = desk.do(refund)
    services.take_off(run.workspace_id, run.tool_id, by=alice)
    undo = services.undo(run.id, by=me)
    carry_out(undo.workspace_id, undo.id)
    undo.refresh_from_db()
    assert undo.state == "done"


def test_what_was_changed_since_it_was_read_is_not_done(desk, shop, refund, alice, me):
    read = refund.version
    changed = replace(REFUND, path="/orders/{order}/elsewhere")
    number = a_live_tool(shop, changed, alice, refund).version
    wanted = Wanted(refund.tool.id, desk.case.id, uuid7(), {"amount": "9.90"}, desk.card,
                    version=read)  # fmt: skip
    with pytest.raises(BadRunError) as refused:
        services.start_run(wanted, by=me)
    assert refused.value.code == "changed"
    assert services.start_run(replace(wanted, version=number), by=me).version == number
