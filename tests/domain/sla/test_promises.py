"""Policies and calendars: versions, never changed in place, always audited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.kit.scope import scope
from hearwell.sla import services as sla
from hearwell.sla.models import Calendar, Clock, Policy
from hearwell.sla.queries import promises
from hearwell.sla.rules import BadCalendarError
from hearwell.sla.services.promises import DEFAULT_TARGETS, BadPolicyError


@pytest.fixture
def policy(workspace):
    return sla.ensure_defaults(workspace)


def test_the_first_promise_is_an_hour_and_eight(policy):
    assert (policy.target_s("first_reply", 1), policy.target_s("answer", 1)) == (3600, 8 * 3600)
    assert (policy.target_s("first_reply", 4), policy.target_s("answer", 4)) == (900, 7200)
    assert policy.calendar.hours.is_always_open


def test_a_monday_to_friday_calendar_lies_ready(policy, workspace):
    names = [calendar.name for calendar in promises(workspace.id).calendars]
    assert names == ["Around the clock", "Monday to Friday, 9 to 17"]


def test_defaults_are_made_once(policy, workspace):
    assert sla.ensure_defaults(workspace).id == policy.id
    assert (Policy.objects.count(), Calendar.objects.count()) == (1, 2)


def test_a_change_is_a_new_version_and_touches_no_running_clock(policy, exchange, alice, frozen):
    asked = exchange.ask()
    before = {c.kind: c.due_at for c in Clock.objects.all()}
    targets = {u: {"first_reply_s": 60, "answer_s": 120} for u in DEFAULT_TARGETS}
    changed = sla.update_policy(policy.id, by=alice, targets=targets)
    assert (changed.version, changed.is_current) == (2, True)
    assert {c.kind: c.due_at for c in Clock.objects.all()} == before
    frozen.shift(90)
    exchange.reply(asked)
    assert {(c.state, c.policy_version) for c in Clock.objects.all()} == {("met", 1)}
    later = exchange.ask("another thread")
    (first,) = Clock.objects.filter(case_id=later.case_id, kind="first_reply")
    assert first.due_at == later.sent_at + timedelta(seconds=60)
    assert first.policy_version == 2


def test_a_changed_calendar_takes_its_policy_along_and_no_clock(policy, exchange, alice):
    asked = exchange.ask()
    closed = sla.update_calendar(
        policy.calendar_id, by=alice, intervals={"mon": [["09:00", "10:00"]]}
    )
    current = promises(exchange.workspace_id).policy
    assert (closed.version, current.version, current.calendar_id) == (2, 2, closed.id)
    exchange.reply(asked, at=asked.sent_at + timedelta(hours=1))
    assert set(Clock.objects.values_list("business_s", flat=True)) == {3600}


def test_changes_are_audited_with_before_and_after(policy, alice):
    sla.update_policy(policy.id, by=alice, name="Our promise")
    row = AuditRow.objects.get(action="policy.changed")
    assert (row.actor_id, row.before["name"], row.after["name"]) == (
        alice.id,
        "Standard promise",
        "Our promise",
    )


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({}, "urgency 0: first_reply"),
        ({**DEFAULT_TARGETS, "2": {"first_reply_s": 0, "answer_s": 60}}, "urgency 2: first_reply"),
        ({**DEFAULT_TARGETS, "3": {"first_reply_s": 60, "answer_s": 30}}, "before the first reply"),
        ({**DEFAULT_TARGETS, "1": {"first_reply_s": True, "answer_s": "x"}}, "urgency 1"),
    ],
)
def test_targets_that_make_no_sense_are_refused_in_words(policy, alice, targets, said):
    with pytest.raises(BadPolicyError, match=said):
        sla.update_policy(policy.id, by=alice, targets=targets)
    assert Policy.objects.count() == 1


def test_hours_that_never_open_are_refused(policy, alice):
    with pytest.raises(BadCalendarError, match="once a week"):
        sla.update_calendar(policy.calendar_id, by=alice, intervals={})


def test_a_calendar_that_cannot_be_read_is_refused(workspace, alice):
    with pytest.raises(BadCalendarError, match="time zone"):
        sla.make_calendar(workspace.id, name="Moon", time_zone="Moon/Base", intervals={}, by=alice)


def test_an_old_version_cannot_be_changed(policy, alice):
    sla.update_policy(policy.id, by=alice, name="New")
    with pytest.raises(Policy.DoesNotExist):
        sla.update_policy(policy.id, by=alice, name="Newer")


def test_another_workspaces_promises_do_not_exist(policy, alice, other_workspace):
    with scope(other_workspace.id), pytest.raises(Policy.DoesNotExist):
        sla.update_policy(policy.id, by=alice, name="Mine now")
