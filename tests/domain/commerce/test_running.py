"""An action is done once or not at all, whatever the other side does, and within one's powers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.accounts.models import AuditRow
from hearwell.commerce import services
from hearwell.commerce.handlers import on_decided
from hearwell.commerce.models import ToolRun
from hearwell.commerce.services import BadRunError, recovery, running
from hearwell.commerce.services.carrying import carry_out, look_after
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import SwitchScope
from hearwell.outbound.rowlock import lock_session, row_lock
from hearwell.outbound.services import stop
from hearwell.powers.events import GrantDecided
from hearwell.powers.models import Grant
from hearwell.powers.services import decide_grant
from tests.domain.commerce.conftest import long_ago, looked_up
from tests.shop_tools import REFUND, SECRET, a_live_tool

pytestmark = pytest.mark.django_db


def test_a_refund_is_done_and_everybody_knows(desk, refund, side, bob):
    run = desk.do(refund, **{"why.words": "broken glass"})
    assert (run.state, run.result["ref"], run.result["state"]) == ("done", "R1", "refunded")
    method, path, headers, body = side.asked[-1]
    assert (method, path) == ("POST", "/api/orders/NW-1042/refunds")
    assert body == {"amount": "9.90", "why": {"words": "broken glass"}}, "nothing else leaves"
    assert headers["Idempotency-Key"] == str(run.key)
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert list(Grant.objects.values_list("state", "amount_minor")) == [("granted", 990)]
    rows = AuditRow.objects.filter(target_id=run.id).order_by("at", "id")
    assert list(rows.values_list("action", "actor_id")) == [
        ("tool.meant", bob.id),
        ("tool.done", None),
    ]
    assert Event.objects.filter(name="ToolRunDone").count() == 1
    trail = str(list(AuditRow.objects.filter(target_id=run.id).values()))
    assert "9.90" in trail
    for private in (SECRET, "broken glass", "NW-1042"):
        assert private not in trail
    assert SECRET not in str(list(AuditRow.objects.values()))


def test_what_somebody_pressed_goes_before_what_pages_look_up(desk, refund):
    desk.mean(refund)
    jobs = dict(ProcrastinateJob.objects.values_list("task_name", "priority"))
    assert jobs["commerce.act"] > jobs["commerce.look_up"]


@pytest.mark.parametrize("fault", ["hang_after", "break_after", "cut_after", "garbage_says"])
def test_what_timed_out_after_acting_is_looked_up_and_never_done_again(
    desk, shop, alice, side, look, fault
):
    says = replace(REFUND.reading, says="/status", says_one_of=("refunded",))
    tool = a_live_tool(shop, replace(REFUND, reading=says), alice)
    side.faults.append(fault.removesuffix("_says"))
    run = desk.do(tool)
    assert run.state == "unknown"
    assert len(side.done) == 1
    carry_out(run.workspace_id, run.id)
    assert len(side.done) == 1
    run = look(run)
    assert (run.state, run.result["ref"]) == ("done", "R1")
    assert len(side.done) == 1
    posts = [asked for asked in side.asked if asked[0] == "POST"]
    assert len(posts) == 1, "it left once"


def test_what_is_slow_to_show_is_not_taken_for_undone(desk, refund, side, look):
    side.faults.append("hang_after")
    side.blind = 2
    run = desk.do(refund)
    assert look(run).state == "unknown"
    assert look(run).state == "unknown"
    assert look(run).state == "done"
    assert len(side.done) == 1


def test_no_trace_after_it_settled_means_not_done_and_powers_are_as_before(
    desk, refund, side, look
):
    side.faults.append("hang_before")
    run = desk.do(refund)
    assert run.state == "unknown"
    long_ago(run.id)
    run = look(run)
    assert (run.state, run.code) == ("failed", "no_trace")
    assert Grant.objects.get().state == "returned"
    assert not side.done


def test_once_more_goes_under_the_same_key_and_looks_first(desk, refund, side, look, me):
    side.faults.append("break_before")
    run = desk.do(refund)
    long_ago(run.id)
    assert look(run).state == "failed"
    # It arrives late, after all.
    side.acts[str(run.key)] = {"id": "R9", "status": "refunded"}
    again = services.try_again(run.id, by=me)
    assert (again.id, again.key, again.look_first) == (run.id, run.key, True)
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    assert (run.state, run.result["ref"]) == ("done", "R9")
    assert not side.done, "nothing was sent a second time"
    assert sorted(Grant.objects.values_list("state", flat=True)) == ["granted", "returned"]


def test_once_more_is_done_where_nothing_is_found(desk, refund, side, look, me):
    side.faults.append("break_before")
    run = desk.do(refund)
    long_ago(run.id)
    look(run)
    services.try_again(run.id, by=me)
    long_ago(run.id)
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    assert (run.state, side.done) == ("done", [str(run.key)])


def test_where_nothing_can_be_looked_up_a_person_has_to(desk, blind, side, me):
    side.faults.append("hang_after")
    run = desk.do(blind)
    assert (run.state, run.code) == ("human", "timeout")
    assert Event.objects.filter(name="ToolRunDoubted").count() == 1
    assert Grant.objects.get().state == "granted", "it may have been given"
    with pytest.raises(BadRunError):
        services.try_again(run.id, by=me)
    settled = services.settle_by_hand(run.id, was_done=True, by=me)
    assert (settled.state, settled.code) == ("done", "by_hand")
    with pytest.raises(BadRunError, match="meanwhile"):
        services.settle_by_hand(run.id, was_done=False, by=me)


def test_what_nobody_knows_is_settled_though_its_tool_is_gone(desk, blind, side, me, alice):
    side.faults.append("hang_after")
    run = desk.do(blind)
    services.remove_tool(run.workspace_id, run.tool_id, by=alice)
    settled = services.settle_by_hand(run.id, was_done=False, by=me)
    assert (settled.state, settled.code) == ("failed", "by_hand")
    assert Grant.objects.get().state == "returned"
    with pytest.raises(BadRunError, match="not in use"):
        services.try_again(run.id, by=me)


def test_a_refusal_is_told_in_the_other_sides_words(desk, refund, side):
    side.faults.append("refuse")
    run = desk.do(refund)
    assert (run.state, run.code, run.status) == ("failed", "refused", 422)
    assert run.message == "Not this order: it was refunded <b>before</b>."
    assert Grant.objects.get().state == "returned"


def test_who_is_busy_is_asked_again_a_little_later(desk, refund, side):
    side.faults.extend(["busy", "busy", "busy"])
    run = desk.do(refund)
    for tries in (1, 2):
        assert (run.state, run.code, run.tries) == ("queued", "busy", tries)
        carry_out(run.workspace_id, run.id)
        run.refresh_from_db()
        assert run.tries == tries, "not before its time"
        ToolRun.objects.filter(id=run.id).update(not_before=now())
        carry_out(run.workspace_id, run.id)
        run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "busy")
    assert not side.done


def test_a_job_that_comes_after_the_sweep_has_looked_does_its_work(desk, refund, side):
    """The first job of an action waits for its turn; meanwhile the sweep queues another one."""
    run = desk.mean(refund)
    recovery.sweep()
    assert carry_out(run.workspace_id, run.id) == "done"
    assert len(side.done) == 1


def test_a_look_that_comes_after_the_sweep_has_looked_is_made(desk, refund, side):
    side.faults.append("away")
    run = desk.do(refund)
    past = now() - timedelta(minutes=5)
    ToolRun.objects.filter(id=run.id).update(wake_at=past, not_before=past)
    recovery.sweep()
    look_after(run.workspace_id, run.id)
    run.refresh_from_db()
    assert run.looks == 1


def test_a_redirect_is_not_followed_and_may_have_acted(desk, refund, side):
    side.faults.append("away")
    assert desk.do(refund).state == "unknown"


def test_the_same_form_again_is_the_same_run(desk, refund, side):
    key = uuid7()
    first = desk.do(refund, key=key)
    assert desk.mean(refund, key=key).id == first.id
    assert len(side.done) == 1


def test_the_same_again_is_asked_about(desk, refund, side):
    desk.do(refund)
    with pytest.raises(BadRunError) as caught:
        desk.mean(refund)
    assert caught.value.code == "alike"
    assert desk.do(refund, is_meant=True).state == "done"
    assert len(side.done) == 2


def test_no_more_than_the_card_is_given_back(desk, refund):
    with pytest.raises(running.BadValueError, match=r"At most 19.90"):
        desk.mean(refund, amount="20")
    assert not ToolRun.objects.exists()


def test_above_ones_powers_it_waits_for_a_second_person(desk, shop, alice, side, lead, orders):
    side.orders["NW-1042"]["total"] = "90.00"
    looked_up(desk.case, desk.by, anew=True)
    desk.card = replace(desk.card, amount_minor=9000)
    tool = a_live_tool(shop, REFUND, alice)
    run = desk.mean(tool, amount="40")
    assert run.state == "asked"
    carry_out(run.workspace_id, run.id)
    assert not side.done
    grant = decide_grant(run.grant_id, is_approved=True, by=lead)
    told = (grant.case_id, grant.id, grant.giver_id, grant.state, lead.user_id)
    on_decided([GrantDecided(run.workspace_id, *told)])
    on_decided([GrantDecided(run.workspace_id, *told)])
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    assert (run.state, len(side.done)) == ("done", 1)


def test_what_is_not_granted_is_not_done(desk, shop, alice, side, lead):
    desk.card = replace(desk.card, amount_minor=9000)
    run = desk.mean(a_live_tool(shop, REFUND, alice), amount="40")
    grant = decide_grant(run.grant_id, is_approved=False, by=lead)
    told = (grant.case_id, grant.id, grant.giver_id, grant.state, lead.user_id)
    on_decided([GrantDecided(run.workspace_id, *told)])
    run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "not_approved")
    assert not side.done


def test_the_limits_of_a_case_hold_for_several_actions_together(desk, refund):
    desk.card = replace(desk.card, amount_minor=9000)
    desk.do(refund, amount="19")
    assert desk.mean(refund, amount="7").state == "asked"


def test_it_is_undone_once_and_powers_are_as_before(desk, refund, side, me):
    run = desk.do(refund)
    back = services.undo(run.id, by=me)
    assert services.undo(run.id, by=me).id == back.id
    carry_out(back.workspace_id, back.id)
    back.refresh_from_db()
    run.refresh_from_db()
    assert (back.state, side.undone) == ("done", ["R1"])
    assert run.undone_at is not None
    assert Grant.objects.get().state == "returned"
    event = Event.objects.filter(name="ToolRunDone").latest("recorded_at")
    assert event.payload["undoes_id"] == str(run.id)
    assert desk.mean(refund).state == "queued", "what was undone may be done again"


def test_an_undo_whose_answer_was_lost_is_looked_up(desk, refund, side, me, look):
    run = desk.do(refund)
    back = services.undo(run.id, by=me)
    side.faults.append("hang_after")
    carry_out(back.workspace_id, back.id)
    back = look(back)
    assert (back.state, side.undone) == ("done", ["R1"])


def test_it_cannot_be_undone_when_its_time_is_over(desk, refund, me):
    run = desk.do(refund)
    ToolRun.objects.filter(id=run.id).update(done_at=now() - timedelta(hours=25))
    with pytest.raises(BadRunError, match="any more"):
        services.undo(run.id, by=me)


def test_a_dead_doer_is_found_and_its_run_doubted(desk, refund, side):
    run = desk.mean(refund)
    past = now() - timedelta(minutes=5)
    ToolRun.objects.filter(id=run.id).update(
        state="calling", sent_at=past, lease_until=past, wake_at=past
    )
    recovery.sweep()
    run.refresh_from_db()
    assert (run.state, run.code) == ("unknown", "lost")
    carry_out(run.workspace_id, run.id)
    assert not side.done


@pytest.mark.django_db(transaction=True)
def test_a_paused_doer_keeps_its_run(desk, refund):
    run = desk.mean(refund)
    past = now() - timedelta(minutes=5)
    ToolRun.objects.filter(id=run.id).update(
        state="calling", sent_at=past, lease_until=past, wake_at=past
    )
    with lock_session() as session, row_lock(session, run.id) as held:
        assert held
        recovery.sweep()
        run.refresh_from_db()
        assert run.state == "calling"
        assert carry_out(run.workspace_id, run.id) is None


def test_while_everything_is_stopped_nothing_is_done(desk, refund, side, workspace):
    run = desk.mean(refund)
    stop(workspace.id, SwitchScope.WORKSPACE, reason="x")
    carry_out(run.workspace_id, run.id)
    run.refresh_from_db()
    assert (run.state, run.code) == ("failed", "stopped")
    assert not side.done


def test_after_a_restore_nothing_goes_by_itself(desk, refund, blind, side, look):
    queued, doubtful = desk.mean(refund), desk.mean(blind)
    assert recovery.hold_all() == 2
    for run, state in ((queued, "unknown"), (doubtful, "human")):
        run.refresh_from_db()
        assert run.state == state
    side.acts[str(queued.key)] = {"id": "R3", "status": "refunded"}
    assert look(queued).result["ref"] == "R3"
    assert not side.done


def test_only_whose_role_may_can(desk, shop, alice, me, side):
    tool = a_live_tool(shop, replace(REFUND, roles=("lead", "owner")), alice)
    with pytest.raises(BadRunError, match="role"):
        desk.mean(tool)


def test_it_goes_to_the_case_that_took_all(desk, refund, workspace):
    from hearwell.conversations.models import Case
    from tests.factories import make_case

    other = make_case("The same, again")
    Case.objects.filter(id=desk.case.id).update(merged_into_id=other.id)
    assert desk.mean(refund).case_id == other.id


@pytest.mark.parametrize("total", ["1E+9999999", "[" * 90_000, "\x00"])
def test_an_answer_beyond_all_reckoning_is_an_answer(desk, refund, side, total, monkeypatch):
    monkeypatch.setitem(side.orders["NW-1042"], "total", total)
    (found, *_more) = looked_up(desk.case, desk.by, anew=True)[-1:]
    assert found.state == "done"


def test_a_system_that_nobody_answers_at_was_not_reached(desk, shop, refund, side, settings):
    shop.url = "http://127.0.0.1:1/api"
    shop.save()
    settings.HEARWELL_EGRESS_ALLOW = ("http://127.0.0.1:1",)
    run = desk.do(refund)
    assert (run.state, run.code) == ("queued", "no_connection")


def test_an_address_that_is_not_allowed_any_more_is_not_called(desk, refund, side, settings):
    settings.HEARWELL_EGRESS_ALLOW = ()
    before = len(side.asked)
    run = desk.do(refund)
    assert (run.state, run.code) == ("failed", "not_allowed")
    assert len(side.asked) == before
