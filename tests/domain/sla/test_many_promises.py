"""Several promises: tried in order, versioned, and never changed under a clock that runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow
from hearwell.contacts.services import call_tier
from hearwell.conversations.models import Case
from hearwell.kit.scope import scope
from hearwell.sla import services as sla
from hearwell.sla.matching import BadConditionError
from hearwell.sla.models import Clock, Policy
from hearwell.sla.queries import promises, recent_asks
from hearwell.sla.services.promises import DEFAULT_TARGETS, BadPolicyError
from tests.exchange import ANSWER, PRAISE, URGENT, Exchange

MINUTE = 60


def within(first: int, answer: int) -> dict[str, dict[str, int]]:
    return {
        u: {"first_reply_s": first * MINUTE, "answer_s": answer * MINUTE} for u in DEFAULT_TARGETS
    }


@pytest.fixture
def for_gold(exchange: Exchange, alice) -> Policy:
    return sla.make_policy(
        exchange.workspace_id,
        by=alice,
        name="Gold",
        conditions={"tier": ["gold"]},
        targets=within(5, 15),
    )


def answer_clock(case_id) -> Clock:
    return Clock.objects.select_related("policy").get(
        case_id=case_id, kind="answer", state="running"
    )


def test_a_promise_holds_for_those_whom_it_names(exchange, alice):
    sla.make_policy(
        exchange.workspace_id,
        by=alice,
        name="Complaints in public",
        conditions={"kind": ["complaint"], "audience": ["public"]},
        targets=within(10, 20),
    )
    complaint, question = exchange.ask("t1", verdict=URGENT), exchange.ask("t2", verdict=ANSWER)
    clock = answer_clock(complaint.case_id)
    assert (clock.policy.name, clock.due_at - clock.started_at) == (
        "Complaints in public",
        timedelta(minutes=20),
    )
    assert answer_clock(question.case_id).policy.key == "standard"


def test_the_tier_and_language_are_the_customers(exchange, for_gold, alice):
    sla.make_policy(
        exchange.workspace_id, by=alice, name="German", conditions={"language": ["de"]},
        targets=within(7, 70),
    )  # fmt: skip
    first = exchange.ask("t1")
    call_tier(exchange.workspace_id, Case.objects.get(id=first.case_id).contact_id, " Gold")
    again = exchange.ask("t2")
    assert answer_clock(again.case_id).policy_id == for_gold.id
    german = exchange.ask("t3", by="otto", language="de-AT")
    assert answer_clock(german.case_id).policy.name == "German"


def test_order_decides_and_can_be_changed(exchange, for_gold, alice):
    second = sla.make_policy(
        exchange.workspace_id, by=alice, name="All in public",
        conditions={"audience": ["public"]}, targets=within(30, 60),
    )  # fmt: skip
    names = lambda: [p.name for p in promises(exchange.workspace_id).policies]  # noqa: E731
    assert names() == ["Gold", "All in public", "Standard promise"]
    sla.move_policy(second.id, up=True, by=alice)
    assert names() == ["All in public", "Gold", "Standard promise"]
    for up in (True, True):
        sla.move_policy(second.id, up=up, by=alice)
    sla.move_policy(promises(exchange.workspace_id).policy.id, up=True, by=alice)
    assert names() == ["All in public", "Gold", "Standard promise"]
    assert AuditRow.objects.filter(action="policy.moved").count() == 1


def test_one_that_could_never_hold_is_refused(exchange, alice, for_gold):
    with pytest.raises(BadConditionError, match="would never hold: “Gold”"):
        sla.make_policy(
            exchange.workspace_id, by=alice, name="Gold complaints",
            conditions={"tier": ["gold"], "kind": ["complaint"]},
        )  # fmt: skip
    with pytest.raises(BadConditionError, match="at least one condition"):
        sla.make_policy(exchange.workspace_id, by=alice, name="All", conditions={})
    with pytest.raises(BadPolicyError, match="a name"):
        sla.make_policy(exchange.workspace_id, by=alice, name=" ", conditions={"kind": ["idea"]})
    assert Policy.objects.filter(is_current=True).count() == 2


def test_a_more_pressing_message_brings_its_own_promise(exchange, alice, frozen):
    sla.make_policy(
        exchange.workspace_id, by=alice, name="Urgent", conditions={"urgency": ["3", "4"]},
        targets=within(1, 2),
    )  # fmt: skip
    calm = exchange.ask()
    before = answer_clock(calm.case_id)
    frozen.shift(60)
    exchange.ask(verdict=URGENT)
    clock = answer_clock(calm.case_id)
    assert (clock.id, clock.policy.name) == (before.id, "Urgent")
    assert clock.due_at == before.started_at + timedelta(minutes=3)


def test_a_changed_promise_leaves_running_clocks_alone(exchange, for_gold, alice, frozen):
    message = exchange.ask()
    call_tier(exchange.workspace_id, Case.objects.get(id=message.case_id).contact_id, "gold")
    first = exchange.ask("t2")
    due = answer_clock(first.case_id).due_at
    newer = sla.update_policy(for_gold.id, by=alice, targets=within(1, 1))
    frozen.shift(30)
    exchange.ask("t2")
    clock = answer_clock(first.case_id)
    assert (clock.due_at, clock.policy_version) == (due, 1)
    sla.retire_policy(newer.id, by=alice)
    assert answer_clock(first.case_id).policy_id == for_gold.id
    assert answer_clock(exchange.ask("t3").case_id).policy.key == "standard"
    with pytest.raises(BadPolicyError, match="cannot be removed"):
        sla.retire_policy(promises(exchange.workspace_id).policy.id, by=alice)


def test_what_would_fall_under_it_is_counted(exchange, for_gold):
    exchange.take([exchange.item(f"t{n}", by=f"p{n}") for n in range(5)])
    exchange.ask("t9", verdict=PRAISE, by="q")
    recent = recent_asks(exchange.workspace_id)
    assert recent.n == 6
    assert recent.falling_under([{"kind": ["question"]}, {"audience": ["public"]}, {}]) == [5, 1, 0]


def test_with_one_promise_nothing_more_is_read(exchange):
    sla.book_of(exchange.workspace_id)
    exchange.ask("warm")
    with CaptureQueriesContext(connection) as one:
        exchange.ask("t1", by="anna")
    sla.make_policy(exchange.workspace_id, by=None, name="X", conditions={"kind": ["idea"]})
    with CaptureQueriesContext(connection) as many:
        exchange.take([exchange.item(f"n{n}", by=f"n{n}") for n in range(20)])
    assert len(many) <= len(one) + 1


def test_another_workspaces_promises_do_not_hold(exchange, for_gold, other_workspace):
    with scope(other_workspace.id):
        assert [p.key for p in sla.book_of(other_workspace.id).policies] == ["standard"]
        with pytest.raises(Policy.DoesNotExist):
            sla.retire_policy(for_gold.id, by=None)
