"""Late clocks are found by looking, and told of once."""

from __future__ import annotations

from datetime import timedelta

from hearwell.conversations.models import Case
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.sla import services as sla
from hearwell.sla.models import Alarm, Clock, ClockEvent
from hearwell.sla.queries import alarms_of, explain_clock
from hearwell.sla.services.sweeping import breach
from tests.exchange import Exchange, minutes


def test_nothing_is_late_before_its_time(exchange, frozen):
    exchange.ask()
    frozen.shift(3599)
    assert sla.sweep_breaches() == 0


def test_a_late_clock_goes_on_running_and_is_marked(exchange, frozen):
    asked = exchange.ask()
    frozen.shift(3600)
    assert sla.sweep_breaches() == 1
    late = Clock.objects.get(kind="first_reply")
    assert (late.state, late.breached_at) == ("running", late.due_at)
    assert Case.objects.get(id=asked.case_id).due_at == late.due_at


def test_the_same_late_message_delivered_four_times_raises_one_alarm(exchange, frozen):
    item = exchange.item()
    for _ in range(4):
        exchange.take([item])
        frozen.shift(3600)
        sla.sweep_breaches()
    case = Case.objects.get()
    first_reply = Clock.objects.get(kind="first_reply")
    assert [alarm.clock_id for alarm in alarms_of(case.id)] == [first_reply.id]
    assert Event.objects.filter(name="ClockBreached").count() == 1
    assert ClockEvent.objects.filter(clock=first_reply, what="breached").count() == 1


def test_sweeping_again_tells_nothing_again(exchange, frozen):
    exchange.ask()
    frozen.shift(3600)
    sla.sweep_breaches()
    late = Clock.objects.get(kind="first_reply")
    assert sla.sweep_breaches() == 0
    # Even where the mark is lost, the alarm's own key holds.
    Clock.objects.update(breached_at=None)
    assert breach(exchange.workspace_id, [late.id], now()) == 0
    assert Alarm.objects.count() == 1


def test_an_answer_in_time_by_the_networks_clock_is_met_after_an_alarm(exchange, frozen):
    """We heard of the answer late; the customer did not wait."""
    asked = exchange.ask()
    frozen.shift(3700)
    sla.sweep_breaches()
    exchange.reply(asked, at=asked.sent_at + minutes(59))
    first = Clock.objects.get(kind="first_reply")
    assert (first.state, first.breached_at) == ("met", None)
    told = [line.what for line in explain_clock(first.id).lines]
    assert told == ["started", "breached", "met"]


def test_an_explanation_names_every_step_and_why(exchange, frozen):
    asked = exchange.ask()
    frozen.shift(3700)
    sla.sweep_breaches()
    exchange.reply(asked)
    first = Clock.objects.get(kind="first_reply")
    explained = explain_clock(first.id)
    assert [(line.what, line.why) for line in explained.lines] == [
        ("started", "oldest_unanswered"),
        ("breached", "past_due"),
        ("missed", "reply"),
    ]
    assert (explained.clock.target_s, explained.clock.policy_version) == (3600, 1)


def test_the_sweep_reaches_every_workspace_and_each_sees_its_own(exchange, other_workspace, frozen):
    exchange.ask()
    with scope(other_workspace.id):
        Exchange(other_workspace.id).ask()
    frozen.shift(3600)
    assert sla.sweep_breaches() == 2
    assert Alarm.objects.count() == 1
    with scope(other_workspace.id):
        assert Alarm.objects.count() == 1


def test_the_web_role_may_not_look_across_workspaces(exchange, as_app_role):
    import pytest
    from django.db import ProgrammingError, connection, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT * FROM sla_late(now(), 1)")


def test_a_clock_pushed_to_urgent_is_late_at_its_new_time(exchange, frozen):
    from tests.exchange import URGENT

    exchange.ask()
    frozen.shift(60)
    second = exchange.ask(verdict=URGENT)
    frozen.shift(15 * 60)
    assert sla.sweep_breaches() == 1
    assert Clock.objects.get(kind="first_reply").due_at == second.sent_at + timedelta(minutes=15)
