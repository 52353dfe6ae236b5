"""The clock of a whole case: runs while we are to act, stands still while the customer is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Case
from hearwell.inbox.acts import close_case, reopen_case
from hearwell.kit.clock import now
from hearwell.reports.models import AnswerFact
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.sla.queries import attainment, explain_clocks
from hearwell.sla.services.promises import DEFAULT_TARGETS, BadPolicyError
from tests.exchange import Exchange, minutes

HOUR = 3600
TARGETS = {
    u: {"first_reply_s": HOUR, "answer_s": 2 * HOUR, "resolution_s": 10 * HOUR}
    for u in DEFAULT_TARGETS
}


@pytest.fixture
def promised(exchange: Exchange, workspace, alice):
    sla.update_policy(sla.ensure_defaults(workspace).id, by=alice, targets=TARGETS)
    return exchange


def the_clock(case_id) -> Clock:
    return Clock.objects.filter(case_id=case_id, kind="resolution").latest("started_at")


def whys(case_id) -> list[tuple[str, str]]:
    (told,) = [e for e in explain_clocks(case_id) if e.clock.kind == "resolution"]
    return [(line.what, line.why) for line in told.lines]


def test_it_is_there_only_where_it_is_promised(exchange):
    exchange.ask()
    assert not Clock.objects.filter(kind="resolution").exists()


def test_it_stands_still_while_the_customer_is_to_answer(promised, frozen):
    asked = promised.ask()
    assert the_clock(asked.case_id).due_at == asked.sent_at + timedelta(hours=10)
    frozen.shift(HOUR)
    promised.reply(asked)
    clock = the_clock(asked.case_id)
    assert (clock.state, clock.paused_at) == ("running", now())
    assert Case.objects.get(id=asked.case_id).due_at is None
    frozen.shift(20 * HOUR)
    assert sla.sweep_breaches() == 0
    again = promised.ask()
    clock = the_clock(asked.case_id)
    assert (clock.paused_at, clock.due_at) == (None, again.sent_at + timedelta(hours=9))
    assert clock.paused_s == 20 * HOUR
    assert whys(asked.case_id) == [
        ("started", "oldest_unanswered"), ("paused", "answered"), ("resumed", "customer_wrote"),
    ]  # fmt: skip


def test_closing_as_solved_meets_it_and_spam_does_not(promised, frozen, alice, workspace):
    by = Membership.objects.get(workspace=workspace, user=alice)
    solved, spam = promised.ask("t1"), promised.ask("t2", by="spammer")
    frozen.shift(HOUR)
    promised.reply(solved)
    frozen.shift(12 * HOUR)
    close_case(solved.case_id, "solved", by)
    close_case(spam.case_id, "spam", by)
    clock = the_clock(solved.case_id)
    assert (clock.state, clock.wall_s, clock.business_s) == ("met", 13 * HOUR, HOUR)
    assert the_clock(spam.case_id).state == "cancelled"
    day = timedelta(days=3)
    of_kind = {a.kind: a for a in attainment(workspace.id, now() - day, now() + day)}
    assert (of_kind["resolution"].met, of_kind["resolution"].cancelled) == (1, 1)


def test_too_late_is_too_late(promised, frozen, alice, workspace):
    asked = promised.ask()
    frozen.shift(11 * HOUR)
    assert sla.sweep_breaches() == 3
    by = Membership.objects.get(workspace=workspace, user=alice)
    close_case(asked.case_id, "answered_elsewhere", by)
    clock = the_clock(asked.case_id)
    assert (clock.state, clock.breached_at) == ("missed", clock.due_at)


def test_while_a_second_person_waits_it_runs_on(promised, frozen):
    first = promised.ask()
    other = promised.ask(by="otto")
    frozen.shift(60)
    promised.reply(first)
    assert the_clock(first.case_id).paused_at is None
    promised.reply(other)
    assert the_clock(first.case_id).paused_at == now()


def test_a_holding_reply_does_not_stop_it(promised, frozen):
    asked = promised.ask()
    frozen.shift(60)
    promised.reply(asked, is_holding=True)
    assert the_clock(asked.case_id).paused_at is None


def test_what_was_answered_before_it_reached_us_begins_standing_still(promised, frozen):
    asked_at = now()
    frozen.shift(600)
    promised.ask("t1", asked_at - minutes(5))
    promised.echo("t1", now())
    late = promised.ask("t1", asked_at)
    clock = the_clock(late.case_id)
    assert clock.paused_at is not None


def test_reopened_by_hand_it_begins_anew(promised, frozen, alice, workspace):
    by = Membership.objects.get(workspace=workspace, user=alice)
    asked = promised.ask()
    close_case(asked.case_id, "answered_elsewhere", by)
    frozen.shift(HOUR)
    reopen_case(asked.case_id, by)
    clocks = Clock.objects.filter(case_id=asked.case_id, kind="resolution")
    assert [(c.state, c.started_at) for c in clocks.order_by("started_at")][1] == ("running", now())


def test_a_message_that_is_taken_back_stops_it(promised):
    asked = promised.ask()
    from hearwell.conversations import services as conversations
    from hearwell.conversations.models import Waiting

    Waiting.objects.filter(case_id=asked.case_id).delete()
    conversations.reschedule({asked.case_id: None})
    sla.reconcile(promised.workspace_id, {asked.case_id}, why="withdrawn")
    assert the_clock(asked.case_id).state == "cancelled"


def test_answers_are_counted_apart_from_it(promised, frozen, alice, workspace):
    asked = promised.ask()
    by = Membership.objects.get(workspace=workspace, user=alice)
    close_case(asked.case_id, "answered_elsewhere", by)
    assert not AnswerFact.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"2": {**TARGETS["2"], "resolution_s": 60}}, "resolved before it is answered"),
        ({"2": {k: v for k, v in TARGETS["2"].items() if k != "resolution_s"}}, "urgency 2: resol"),
    ],
)
def test_targets_of_resolutions_are_whole(workspace, alice, wrong, said):
    policy = sla.ensure_defaults(workspace)
    with pytest.raises(BadPolicyError, match=said):
        sla.update_policy(policy.id, by=alice, targets={**TARGETS, **wrong})
