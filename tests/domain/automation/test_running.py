"""Rules at work: each once a case and event, in order, never in a circle, never too much."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from hearwell.accounts.models import AuditRow, Membership
from hearwell.automation import services as automation
from hearwell.automation.models import Rule, Run, RunState
from hearwell.automation.quiet import look_for_quiet
from hearwell.automation.rules import Conditions, Hours, Then, Trigger
from hearwell.automation.services import BadAutomationError, Call, run_rules
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, CaseLog, Draft, Message
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery
from hearwell.routing import services as routing
from hearwell.routing.models import Team
from hearwell.routing.rules import When
from hearwell.sla.events import ClockBreached
from hearwell.triage import services as triage
from hearwell.triage.models import Topic
from hearwell.triage.services import TopicFacts

BAGS = Conditions(words=frozenset({"bag", "Koffer", "行李"}))


class TestWhen:
    def test_a_message_calls_what_waits_for_it_and_the_story_says_who_did_it(self, office):
        rule = office.rule(wanted=BAGS)
        case = office.writes("Where is my BAG?")
        other = office.writes("Where is my baggage receipt?", external_id="other")
        assert (office.tags(case), office.tags(other)) == (["bag"], [])
        line = CaseLog.objects.get(case_id=case.id, verb="tagged")
        assert (line.actor_id, line.data["by_rule"], line.data["tags"]) == (None, "Bags", ["bag"])
        (run,) = office.runs(rule)
        assert (run.state, run.did) == ("done", [{"act": "tags", "ok": True, "tags": ["bag"]}])

    def test_a_topic_calls_a_rule_and_the_topics_of_the_whole_case_count(self, office):
        owner = Membership.objects.get(user=office.alice)
        triage.save_topic(TopicFacts("Baggage", ("suitcase", "bag")), owner)
        wanted = Conditions(when=When(topics=frozenset({"baggage"})))
        rule = office.rule(wanted=wanted)
        case = office.writes("Where is my suitcase?", thread_key="t", external_id="t")
        other = office.writes("When do you open?", external_id="other")
        assert (office.tags(case), office.tags(other)) == (["bag"], [])
        office.writes("Are you there?", thread_key="t", parent_id="t")
        assert len(office.runs(rule)) == 2
        triage.remove_topic(Topic.objects.get().id, owner)
        assert Rule.objects.get(id=rule.id).wanted.when.topics == {"baggage"}

    def test_a_topic_that_nobody_looks_for_is_refused(self, office):
        wanted = Conditions(when=When(topics=frozenset({"meals"})))
        with pytest.raises(BadAutomationError) as refused:
            office.rule(wanted=wanted)
        assert refused.value.field == "topics"

    def test_an_event_that_is_told_again_changes_nothing(self, office):
        rule = office.rule(then=Then(tags=("bag",), note="Look at the tag number."))
        case = office.writes()
        office.hear(again=True)
        assert len(office.runs(rule)) == 1
        assert Message.objects.filter(case_id=case.id, kind="note").count() == 1

    def test_a_case_is_opened_once_and_a_second_message_is_only_a_message(self, office):
        opened = office.rule("New", trigger=Trigger.OPENED, then=Then(tags=("new",)))
        office.rule("Any", then=Then(tags=("any",)))
        case = office.writes(thread_key="t", external_id="t")
        office.writes("And now?", thread_key="t", parent_id="t")
        assert len(office.runs(opened)) == 1
        assert office.tags(case) == ["any", "new"]

    def test_reopened_late_and_a_persons_reply(self, office):
        office.rule("Back", trigger=Trigger.REOPENED, then=Then(tags=("back",)))
        office.rule("Late", trigger=Trigger.LATE, then=Then(urgency=4))
        case = office.writes()
        conversations.close(case.id, "solved", None)
        conversations.reopen(case.id, None)
        office.hear()
        assert office.tags(case) == ["back"]
        from hearwell.events.services import emit

        emit([ClockBreached(office.workspace.id, case.id, case.id, "answer", now())])
        office.hear()
        assert Case.objects.get(id=case.id).urgency == 4
        assert CaseLog.objects.get(case_id=case.id, verb="urgency").data["by_rule"] == "Late"

    def test_silence_calls_once_for_each_reply_and_never_for_what_was_before_the_rule(self, office):
        case = office.writes()
        old = office.writes(external_id="old")
        rule = office.rule("Silent", trigger=Trigger.QUIET, quiet_h=48, then=Then(tags=("silent",)))
        ago = now() - timedelta(hours=49)
        Rule.objects.filter(id=rule.id).update(changed_at=now() - timedelta(hours=5))
        for one, at in ((case, ago), (old, ago - timedelta(days=3))):
            Case.objects.filter(id=one.id).update(turn="theirs", last_reply_at=at)
        assert look_for_quiet(office.workspace.id) == 1
        assert look_for_quiet(office.workspace.id) == 0
        assert (office.tags(case), office.tags(old)) == (["silent"], [])


class TestIf:
    def test_hours_earlier_cases_and_labels_that_must_not_be_there(self, office):
        from hearwell.sla.calendars import current_calendars

        key = current_calendars(office.workspace.id)[0].key
        closed = Conditions(hours=Hours.CLOSED, calendar_key=key)
        opened = Conditions(hours=Hours.OPEN, calendar_key=key)
        first = office.rule("Closed", wanted=closed, then=Then(tags=("hours",)))
        second = office.rule("Open", wanted=opened, then=Then(tags=("hours",)))
        office.rule("Known", wanted=Conditions(earlier_from=1), then=Then(tags=("known",)))
        not_new = Conditions(not_tags=frozenset({"hours"}))
        never = office.rule("Not", wanted=not_new, then=Then(tags=("never",)))
        one, two = office.writes(), office.writes(external_id="two")
        assert len(office.runs(first)) + len(office.runs(second)) == 2
        assert (office.tags(one), office.tags(two)) == (["hours"], ["hours", "known"])
        assert office.runs(never) == []


class TestOrder:
    def test_later_rules_see_what_earlier_ones_did_unless_one_is_the_last(self, office):
        tagged = Conditions(when=When(tags=frozenset({"bag"})))
        second = office.rule("Second", wanted=tagged, then=Then(tags=("second",)))
        first = office.rule("First")
        case = office.writes()
        assert office.tags(case) == ["bag"]
        automation.move_rule(office.workspace.id, first.id, by=office.alice, is_up=True)
        case = office.writes(external_id="two")
        assert office.tags(case) == ["bag", "second"]
        office.rule("First", rule_id=first.id, is_last=True)
        case = office.writes(external_id="three")
        assert office.tags(case) == ["bag"]
        assert len(office.runs(second)) == 1

    def test_what_is_off_does_nothing(self, office):
        rule = office.rule(is_active=False)
        office.writes()
        assert office.runs(rule) == []


class TestLoops:
    def test_a_chain_that_became_a_circle_at_run_time_ends_and_says_so(self, office):
        rule = office.rule("One", trigger=Trigger.TAGGED, tags=frozenset({"a"}),
                           then=Then(tags=("b",), untags=("a",)))  # fmt: skip
        case = office.writes()
        # Past the check, as if a bug or an older version had let it in.
        Rule.objects.filter(id=rule.id).update(then={"tags": ["a"], "untags": ["b"]}, tags=["b"])
        other = Rule.objects.create(
            workspace_id=office.workspace.id, name="Two", position=2, trigger="tagged",
            tags=["a"], then={"tags": ["b"], "untags": ["a"]},
        )  # fmt: skip
        conversations.tag([case.id], ["a"])
        office.hear()
        assert [run.state for run in office.runs(other)] == ["done", "refused"]
        assert office.why(other)[-1] == "circle"
        assert office.runs(other)[-1].chain == [str(other.id), str(rule.id)]

    def test_a_chain_may_not_grow_without_end(self, office):
        names = "abcdef"
        for here, there in pairwise(names):
            office.rule(
                here, trigger=Trigger.TAGGED, tags=frozenset({here}), then=Then(tags=(there,))
            )
        case = office.writes()
        conversations.tag([case.id], ["a"])
        office.hear()
        assert office.tags(case) == ["a", "b", "c", "d"]
        assert office.why(Rule.objects.get(name="d")) == ["deep"]


class TestRate:
    def test_a_rule_that_does_too_much_pauses_itself_and_says_so(self, office):
        rule = office.rule(hourly_most=2)
        cases = [office.writes(external_id=f"m{n}") for n in range(3)]
        assert [office.tags(case) for case in cases] == [["bag"], ["bag"], []]
        assert Rule.objects.get(id=rule.id).paused_at is not None
        assert office.why(rule)[-1] == "rate"
        assert AuditRow.objects.filter(action="automation.rule_paused").count() == 1
        office.writes(external_id="m9")
        assert len(office.runs(rule)) == 3
        automation.switch_rule(office.workspace.id, rule.id, by=office.alice, is_on=True)
        assert Rule.objects.get(id=rule.id).paused_at is None

    def test_a_batch_costs_the_same_however_many_cases(self, office, django_assert_max_num_queries):
        rule = office.rule(then=Then(tags=("bag",), urgency=3))
        cases = [office.writes(external_id=f"m{n}") for n in range(8)]
        calls = [
            Call(trigger=Trigger.RECEIVED, case_id=one.id, key=f"again {one.id}") for one in cases
        ]
        conversations.untag([one.id for one in cases], ["bag"])
        with django_assert_max_num_queries(32):
            assert run_rules(office.workspace.id, calls) == 8
        assert len(office.runs(rule)) == 16


class TestActs:
    def test_team_person_note_and_snooze(self, office, bob):
        team = routing.save_team(
            office.workspace.id,
            routing.TeamFacts(name="Bags"),
            by=office.alice,
            calendars=set(),
        )
        then = Then(team=str(team.id), assign=str(bob.id), note="Check the tag.", snooze_h=2)
        office.rule(then=then)
        case = office.writes()
        assert (case.team_id, case.assignee_id, case.status) == (team.id, bob.id, "snoozed")
        verbs = set(CaseLog.objects.filter(case_id=case.id).values_list("verb", flat=True))
        assert {"put_to", "assigned", "snoozed"} <= verbs

    def test_what_somebody_has_is_not_taken_from_them(self, office, alice, bob):
        rule = office.rule(then=Then(assign=str(bob.id)))
        case = office.writes(thread_key="t", external_id="t")
        conversations.assign([case.id], alice.id)
        office.writes("And?", thread_key="t", parent_id="t")
        assert Case.objects.get(id=case.id).assignee_id == alice.id
        assert office.why(rule)[-1] == "held"

    def test_nobody_who_waits_is_closed_upon(self, office):
        rule = office.rule(then=Then(close="solved"))
        case = office.writes("My flight was cancelled. What happens now?")
        thanks = office.writes("Nice weather over the harbour today.", external_id="nice")
        assert (case.status, office.why(rule)[0]) == ("open", "waiting")
        assert (thanks.status, thanks.closed_reason) == ("closed", "solved")

    def test_a_reply_is_laid_ready_for_whoever_gets_the_case(self, office, bob):
        office.rule(
            then=Then(suggest=office.saved("Hello {customer.first_name|there}. {agent.initials}"))
        )
        case = office.writes()
        assert Draft.objects.count() == 0
        conversations.assign([case.id], bob.id)
        assert automation.lay_ready(office.workspace.id) == 1
        draft = Draft.objects.get(case_id=case.id)
        assert (draft.user_id, draft.text) == (bob.id, "Hello Lena. BB")
        assert automation.lay_ready(office.workspace.id) == 0


class TestUndo:
    def test_the_last_run_is_taken_back_as_far_as_it_can_be(self, office, bob):
        then = Then(tags=("bag",), urgency=4, assign=str(bob.id), note="Look.", snooze_h=3)
        rule = office.rule(then=then)
        case = office.writes()
        before = Run.objects.get().did[1]["before"]
        assert automation.undo_last(office.workspace.id, rule.id, by=office.owner) == 1
        case.refresh_from_db()
        assert (office.tags(case), case.urgency, case.assignee_id) == ([], before, None)
        assert case.status == "open"
        run = Run.objects.get()
        assert run.state == RunState.UNDONE
        assert [line["act"] for line in run.did if line.get("stays")] == ["note"]
        assert automation.undo_last(office.workspace.id, rule.id, by=office.owner) == 0

    def test_what_a_person_changed_since_stays(self, office):
        rule = office.rule(then=Then(urgency=4))
        case = office.writes()
        conversations.set_urgency({case.id: 1})
        (run,) = office.runs(rule)
        automation.undo_run(office.workspace.id, run.id, by=office.owner)
        assert Case.objects.get(id=case.id).urgency == 1
        assert office.runs(rule)[0].did[0]["stays"] == "changed"


def test_another_workspaces_rules_stay_out_of_it(office, other_workspace):
    from hearwell.kit.scope import scope

    with scope(other_workspace.id):
        Rule.objects.create(
            workspace_id=other_workspace.id, name="x", position=1, trigger="received",
            then={"tags": ["theirs"]},
        )  # fmt: skip
    case = office.writes()
    assert office.tags(case) == []
    assert Team.objects.count() >= 0
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("known", [True, False])
def test_history_is_left_alone(office, known):
    rule = office.rule()
    case = office.writes()
    Case.objects.filter(id=case.id).update(is_historic=True)
    call = Call(trigger=Trigger.RECEIVED, case_id=case.id, key=f"k{known}")
    assert run_rules(office.workspace.id, [call]) == 0
    assert len(office.runs(rule)) == 1
