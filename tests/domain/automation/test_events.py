"""What the house tells of late, twice or for nothing, and rules that changed meanwhile."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.automation import services as automation
from hearwell.automation.rules import Then, Trigger
from hearwell.automation.services import suggesting
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Draft
from hearwell.events.tasks import fan_out
from hearwell.inbox.intake import take_in
from hearwell.sla import services as sla
from hearwell.sla.models import Clock, ClockState
from hearwell.sla.services import update_policy
from tests.exchange import Exchange
from tests.factories import make_item


def jobs() -> list[str]:
    """Return the handlers of automation that a job waits for, and the fan-outs."""
    rows = ProcrastinateJob.objects.order_by("id")
    return [one.args.get("handler", one.task_name) for one in rows]


def fanned_out() -> list[str]:
    """Fan out what waits; return the handlers of automation that were queued for it."""
    for one in list(ProcrastinateJob.objects.filter(task_name="events.fan_out")):
        fan_out(**one.args)
    return [name for name in jobs() if name.startswith("hearwell.automation.")]


def test_where_no_rule_waits_nothing_is_queued(office):
    (message,) = take_in(office.channel, [make_item()])
    assert fanned_out() == []
    ProcrastinateJob.objects.all().delete()
    conversations.tag([message.case_id], ["bag"])
    assert jobs() == []


def test_only_what_some_rule_waits_for_is_queued(office):
    office.rule(trigger=Trigger.TAGGED, then=Then(note="Look."))
    rule = office.rule("Off", trigger=Trigger.OPENED)
    automation.switch_rule(office.workspace.id, rule.id, by=office.alice, is_on=False)
    (message,) = take_in(office.channel, [make_item()])
    assert fanned_out() == []
    conversations.tag([message.case_id], ["bag"])
    assert fanned_out() == ["hearwell.automation.handlers.on_tagged"]


@pytest.mark.parametrize("what", ["off", "removed", "other words"])
def test_what_a_rule_is_when_it_runs_decides(office, what):
    rule = office.rule()
    (message,) = take_in(office.channel, [make_item("Where is my bag?")])
    if what == "off":
        automation.switch_rule(office.workspace.id, rule.id, by=office.alice, is_on=False)
    elif what == "removed":
        automation.remove_rule(office.workspace.id, rule.id, by=office.alice)
    else:
        office.rule(rule_id=rule.id, then=Then(tags=("lost",)))
    office.hear()
    case = Case.objects.get(id=message.case_id)
    assert office.tags(case) == (["lost"] if what == "other words" else [])


class TestNearlyDue:
    @pytest.fixture
    def pressed(self, office, frozen):
        policy = sla.ensure_defaults(office.workspace)
        update_policy(policy.id, by=office.alice, warn_share=25)
        office.press = office.rule("Press", trigger=Trigger.NEARLY_DUE, then=Then(urgency=4))
        return office

    def test_a_rule_acts_before_it_is_too_late(self, pressed, frozen):
        case = self._asked(pressed, frozen)
        pressed.hear()
        case.refresh_from_db()
        assert case.urgency == 4

    def test_told_when_the_clock_has_stopped_it_is_no_matter(self, pressed, frozen):
        case = self._asked(pressed, frozen)
        Clock.objects.update(state=ClockState.MET)
        pressed.hear()
        case.refresh_from_db()
        assert (case.urgency, pressed.runs(pressed.press)) == (1, [])

    def _asked(self, office, frozen):
        asked = Exchange(office.workspace.id).ask()
        frozen.shift(2700)
        assert sla.sweep_warnings() == 1
        return Case.objects.get(id=asked.case_id)


class TestSuggestions:
    def test_those_that_nobody_has_keep_none_from_the_others(self, office, bob, monkeypatch):
        monkeypatch.setattr(suggesting, "AT_MOST", 1)
        office.rule(then=Then(suggest=office.saved("Hello.")))
        office.writes(external_id="one")
        case = office.writes(external_id="two")
        conversations.assign([case.id], bob.id)
        automation.lay_ready(office.workspace.id)
        assert Draft.objects.get().case_id == case.id

    @pytest.mark.parametrize("what", ["changed", "off"])
    def test_what_the_rule_no_longer_does_is_not_laid_ready(self, office, bob, what):
        rule = office.rule(then=Then(suggest=office.saved("Hello.")))
        case = office.writes()
        if what == "changed":
            office.rule(rule_id=rule.id, then=Then(tags=("bag",)))
        else:
            automation.switch_rule(office.workspace.id, rule.id, by=office.alice, is_on=False)
        conversations.assign([case.id], bob.id)
        assert automation.lay_ready(office.workspace.id) == 1
        assert (Draft.objects.count(), office.why(rule)) == (0, ["changed"])
        assert automation.lay_ready(office.workspace.id) == 0
