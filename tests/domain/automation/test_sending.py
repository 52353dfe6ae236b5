"""What rules say: by the ordinary outbox, marked as automatic, never in public without an owner."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from hearwell.accounts.models import Membership
from hearwell.automation import services as automation
from hearwell.automation.models import Rule, Run
from hearwell.automation.queries import seal_of, sendable
from hearwell.automation.rules import Then
from hearwell.automation.services import BadAutomationError
from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery
from hearwell.outbound.services import switches
from hearwell.powers.models import Review
from hearwell.powers.rules import Conditions
from hearwell.powers.services import add_review_rule
from hearwell.routing import services as routing
from hearwell.sla.models import Calendar


def sends(office, reply: str = "We are closed, {customer.first_name|there}.", **more) -> Rule:
    return office.rule("Night", then=Then(send=office.saved(reply), **more))


def allow(office, rule: Rule, name: str = "", *, by: Membership | None = None) -> None:
    seen = seal_of(rule, sendable(office.workspace.id, UUID(rule.acts.send)))
    automation.allow_public(
        office.workspace.id, rule.id, name or rule.name, seen=seen, by=by or office.owner
    )


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
            allow(office, rule, name, by=by)
        assert told.value.field == "allow"
    allow(office, rule, "night")
    office.writes(external_id="two")
    assert Delivery.objects.get().draft["audience"] == "public"


@pytest.mark.parametrize("change", ["rule", "words", "owner", "taken back"])
def test_the_permission_ends_with_any_change(office, change):
    rule = sends(office, audience="public")
    allow(office, rule)
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
    allow(office, rule)
    case = office.writes(thread_key="t", external_id="t")
    assert office.why(rule) == ["guard"]
    other = sends_other(office)
    routing.claim(case.id, bob)
    office.writes("And?", thread_key="t", parent_id="t")
    assert Delivery.objects.count() == 0
    assert office.why(other) == ["taken"]


def sends_other(office) -> Rule:
    rule = office.rule("Other", then=Then(send=office.saved("We read it."), audience="public"))
    allow(office, rule)
    return rule


def test_an_automatic_reply_is_taken_back_while_it_has_not_left(office):
    rule = sends(office)
    office.writes(private=True)
    assert automation.undo_last(office.workspace.id, rule.id, by=office.owner) == 1
    assert Delivery.objects.get().state == "cancelled"
    assert office.runs(rule)[0].did[0]["undone"]


def test_the_owner_allows_what_the_owner_has_read(office):
    rule = sends(office, audience="public")
    seen = seal_of(rule, sendable(office.workspace.id, UUID(rule.acts.send)))
    office.rewrite(rule.acts.send, "Something else entirely.")
    with pytest.raises(BadAutomationError, match="have changed meanwhile"):
        automation.allow_public(office.workspace.id, rule.id, rule.name, seen=seen, by=office.owner)
    assert Rule.objects.get().allowed_version is None


def test_a_reply_waits_for_a_second_person_where_a_rule_of_approval_says_so(office, bob):
    add_review_rule(office.workspace.id, Conditions(), by=bob)
    rule = sends(office)
    office.writes(private=True)
    assert Delivery.objects.get().state == "approval"
    assert office.runs(rule)[0].did[0]["waits_for_approval"]
    assert Review.objects.count() == 1


def test_the_stop_button_holds_a_rule_too(office):
    rule = sends(office)
    switches.stop(office.workspace.id, "workspace", reason="Something burns")
    office.writes(private=True)
    assert (Delivery.objects.count(), office.why(rule)) == (0, ["stopped"])
    assert Run.objects.get().state == "refused"


def test_who_reads_it_is_private_or_public_and_nothing_else(office):
    with pytest.raises(BadAutomationError) as told:
        sends(office, audience="Public")
    assert told.value.field == "audience"


def test_who_writes_out_of_hours_is_told_when_we_open_as_the_calendar_says(office):
    sends(office, "We are closed. We answer again from {desk.opens|soon}.")
    tomorrow = now() + timedelta(days=1)
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[tomorrow.weekday()]
    Calendar.objects.update(time_zone="UTC", intervals={day: [["09:30", "10:00"]]})

    office.writes(private=True, thread_key="a", external_id="a")

    said = f"We are closed. We answer again from {tomorrow:%A}, 09:30 (UTC)."
    assert Delivery.objects.get().draft["text"] == said


def test_while_we_are_open_no_time_is_made_up(office):
    sends(office, "We read it {desk.opens|soon}.")
    every_day = {
        key: [["00:00", "24:00"]] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
    Calendar.objects.update(intervals=every_day)

    office.writes(private=True)

    assert Delivery.objects.get().draft["text"] == "We read it soon."
