"""Warnings before it is too late: once, to those whom the promise names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.events.models import Event
from hearwell.sla import services as sla
from hearwell.sla.models import Alarm, Clock
from hearwell.sla.queries import explain_clocks
from hearwell.sla.services.promises import BadPolicyError
from tests.exchange import URGENT

HOUR = 3600


@pytest.fixture
def warned(exchange, workspace, alice):
    policy = sla.ensure_defaults(workspace)
    sla.update_policy(policy.id, by=alice, warn_share=25, warn_roles=["lead"])
    return exchange


def test_when_a_quarter_of_the_time_is_left_somebody_is_told_once(warned, frozen):
    asked = warned.ask()
    frozen.shift(2699)
    assert sla.sweep_warnings() == 0
    frozen.shift(1)
    assert (sla.sweep_warnings(), sla.sweep_warnings()) == (1, 0)
    event = Event.objects.get(name="ClockNearlyDue")
    assert (event.payload["kind"], event.payload["roles"]) == ("first_reply", ["lead"])
    assert Alarm.objects.get().kind == "warned"
    lines = explain_clocks(asked.case_id)[0].lines + explain_clocks(asked.case_id)[1].lines
    assert ("warned", "nearly_due") in [(line.what, line.why) for line in lines]
    frozen.shift(900)
    assert sla.sweep_breaches() == 1
    assert Event.objects.get(name="ClockBreached").payload["roles"] == ["lead"]


def test_what_is_late_already_is_not_nearly_due(warned, frozen):
    warned.ask()
    frozen.shift(9 * HOUR)
    sla.sweep_warnings()
    assert not Event.objects.filter(name="ClockNearlyDue").exists()
    assert sla.sweep_breaches() == 2


def test_an_answer_in_time_needs_no_warning(warned, frozen):
    asked = warned.ask()
    frozen.shift(60)
    warned.reply(asked)
    frozen.shift(HOUR)
    assert sla.sweep_warnings() == 0


def test_a_more_pressing_message_brings_the_warning_forward(warned, frozen):
    warned.ask()
    warned.ask(verdict=URGENT)
    first = Clock.objects.get(kind="first_reply")
    assert first.warn_at == first.started_at + timedelta(seconds=675)


def test_nobody_is_warned_where_nobody_asked_for_it(exchange, frozen):
    exchange.ask()
    assert set(Clock.objects.values_list("warn_at", flat=True)) == {None}


def test_a_warning_needs_time_that_is_left(workspace, alice):
    policy = sla.ensure_defaults(workspace)
    with pytest.raises(BadPolicyError, match="90 per cent"):
        sla.update_policy(policy.id, by=alice, warn_share=95)
