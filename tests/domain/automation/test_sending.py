"""What rules say: by the ordinary outbox, marked as automatic, never in public without an owner."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Membership
from hearwell.automation import services as automation
from hearwell.automation.models import Rule
from hearwell.automation.rules import Then
from hearwell.automation.services import BadAutomationError
from hearwell.conversations.models import Case
from hearwell.outbound.models import Delivery
from hearwell.routing import services as routing


def sends(office, reply: str = "We are closed, {customer.first_name|there}.", **more) -> Rule:
    return office.rule("Night", then=Then(send=office.saved(reply), **more))


def test_a_private_reply_is_queued_once_unsigned_and_marked(office):
    rule = sends(office)
    case = office.writes(private=True)
    office.hear(again=True)
    row = Delivery.objects.get()
    assert (row.author_id, row.draft["text"], row.draft["audience"]) == (
        None, "We are closed, Lena.", "private",
    )  # fmt: skip
    assert (row.context["is_automatic"], row.context["author_name"]) == (True, "Night")
    assert Case.objects.get(id=case.id).assignee_id is None
    assert office.runs(rule)[0].has_sent


def test_no_customer_gets_two_within_a_day(office):
    rule = sends(office)
    office.writes(private=True, thread_key="t", external_id="t")
    office.writes("Hello?", private=True, thread_key="t")
    assert Delivery.objects.count() == 1
    assert office.why(rule)[-1] == "lately"


def test_in_public_nothing_leaves_until_an_owner_has_allowed_this_rule_by_name(office, bob):
    rule = sends(office, audience="public")
    office.writes()
    assert (Delivery.objects.count(), office.why(rule)) == (0, ["not_allowed"])
    lead = Membership.objects.select_related("user").get(user=bob)
    lead.role = "lead"
    lead.save()
    for by, name in ((lead, "Night"), (office.owner, "Day")):
        with pytest.raises(BadAutomationError) as told:
            automation.allow_public(office.workspace.id, rule.id, name, by=by)
        assert told.value.field == "allow"
    automation.allow_public(office.workspace.id, rule.id, "night", by=office.owner)
    office.writes(external_id="two")
    assert Delivery.objects.get().draft["audience"] == "public"


@pytest.mark.parametrize("change", ["rule", "words", "owner", "taken back"])
def test_the_permission_ends_with_any_change(office, change):
    rule = sends(office, audience="public")
    automation.allow_public(office.workspace.id, rule.id, rule.name, by=office.owner)
    if change == "rule":
        office.rule("Night", rule_id=rule.id, then=rule.acts, hourly_most=9)
    elif change == "words":
        office.rewrite(rule.acts.send, "Something else entirely.")
    elif change == "owner":
        Membership.objects.filter(user=office.alice).update(role="lead")
    else:
        automation.forbid_public(office.workspace.id, rule.id, by=office.alice)
    office.writes()
    assert Delivery.objects.count() == 0
    assert office.why(rule) == ["nobody" if change == "owner" else "not_allowed"]


def test_the_guard_and_who_is_on_the_case_stand_above_a_rule(office, bob):
    rule = sends(office, "Write to lena@mail.example.", audience="public")
    automation.allow_public(office.workspace.id, rule.id, rule.name, by=office.owner)
    case = office.writes(thread_key="t", external_id="t")
    assert office.why(rule) == ["guard"]
    other = sends_other(office)
    routing.claim(case.id, bob)
    office.writes("And?", thread_key="t", parent_id="t")
    assert Delivery.objects.count() == 0
    assert office.why(other) == ["taken"]


def sends_other(office) -> Rule:
    rule = office.rule("Other", then=Then(send=office.saved("We read it."), audience="public"))
    automation.allow_public(office.workspace.id, rule.id, rule.name, by=office.owner)
    return rule


def test_an_automatic_reply_is_taken_back_while_it_has_not_left(office):
    rule = sends(office)
    office.writes(private=True)
    assert automation.undo_last(office.workspace.id, rule.id, by=office.owner) == 1
    assert Delivery.objects.get().state == "cancelled"
    assert office.runs(rule)[0].did[0]["undone"]
