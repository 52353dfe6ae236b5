"""To whom: rules, people, hours and overflow, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hearwell.contacts import services as contacts
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.routing.board import read_board
from hearwell.routing.models import Agent, Placement, Team, TeamMember
from hearwell.routing.rules import When
from tests.factories import LENA, make_channel, make_reply

GERMAN = When(languages=frozenset({"de"}))


@pytest.fixture(autouse=True)
def _still(frozen):
    """At noon, until a test moves on."""


class TestPush:
    def test_a_case_goes_to_who_is_here_and_says_why(self, desk):
        bea = desk.person("Bea Berg", "BE", capacity=6, language=["de"])
        team = desk.team("German desk", bea)
        desk.rule("German posts", team, GERMAN)
        case = desk.case("Wo ist mein Koffer?", language="de-AT")
        assert desk.place() > 0
        assert desk.holder(case) == bea.id
        assert desk.team_of(case) == "German desk"
        assert desk.story(case) == [
            {
                "to": str(bea.id), "code": "given", "team": "German desk", "capacity": 6, "used": 1,
                "method": "least_loaded", "rule": "German posts", "skills": [["language", "de"]],
            },
        ]  # fmt: skip

    def test_what_no_rule_takes_goes_by_the_last_line(self, desk):
        bea = desk.person("Bea Berg", "BE")
        other = desk.team("German desk", bea)
        desk.rule("German posts", other, GERMAN)
        case = desk.case(language="en")
        desk.place()
        assert desk.team_of(case) == "Everyone"
        assert desk.holder(case) is None

    def test_the_first_rule_that_fits_decides_and_one_that_is_off_does_not(self, desk):
        first, second = desk.team("First"), desk.team("Second")
        desk.rule("Off", second, GERMAN, is_active=False)
        desk.rule("Angry", first, When(kinds=frozenset({"complaint"})))
        desk.rule("German", second, GERMAN)
        case = desk.case("Eure App ist kaputt, ich bin wütend!", language="de")
        Case.objects.filter(id=case.id).update(kind="complaint")
        desk.place()
        assert desk.team_of(case) == "First"

    @pytest.mark.parametrize("presence", ["busy", "away"])
    def test_nobody_who_is_busy_or_away_is_given_anything(self, desk, presence):
        bea = desk.person("Bea Berg", "BE")
        desk.team("Care", bea)
        desk.rule("All German", Team.objects.get(name="Care"), GERMAN)
        case = desk.case(language="de")
        routing.set_presence(desk.workspace.id, bea.id, presence)
        desk.place()
        assert desk.holder(case) is None
        routing.set_presence(desk.workspace.id, bea.id, "available")
        desk.place()
        assert desk.holder(case) == bea.id

    def test_nobody_of_whom_nothing_is_heard_is_given_anything(self, desk, frozen):
        bea = desk.person("Bea Berg", "BE")
        desk.rule("All German", desk.team("Care", bea), GERMAN)
        case = desk.case(language="de")
        frozen.shift(301)
        desk.place()  # before any sweep has noticed that she is gone
        assert desk.holder(case) is None

    def test_never_more_than_the_points_and_chats_weigh_three(self, desk):
        bea = desk.person("Bea Berg", "BE", capacity=5)
        desk.rule("All German", desk.team("Care", bea), GERMAN)
        chat = make_channel(network="webchat", handle="Chat")
        chats = [desk.case(language="de", channel=chat) for _ in range(2)]
        posts = [desk.case(language="de") for _ in range(4)]
        desk.place()
        held = [case for case in (*chats, *posts) if desk.holder(case)]
        assert sum(3 if case.network == "webchat" else 1 for case in held) == 5
        assert desk.place() == 0

    def test_room_comes_back_when_the_customer_has_to_answer_but_a_chat_goes_on(self, desk):
        bea = desk.person("Bea Berg", "BE", capacity=3)
        desk.rule("All German", desk.team("Care", bea), GERMAN)
        chat = make_channel(network="webchat", handle="Chat")
        talk = desk.case(language="de", channel=chat)
        desk.place()
        post = desk.case(language="de")
        make_reply(talk)
        desk.place()
        assert (desk.holder(talk), desk.holder(post)) == (bea.id, None)
        conversations.close(talk.id, "solved", bea.id)
        desk.place()
        assert desk.holder(post) == bea.id

    def test_what_is_more_pressing_goes_first(self, desk):
        bea = desk.person("Bea Berg", "BE", capacity=1)
        team = desk.team("Care", bea)
        desk.rule("Pressing", team, When(languages=frozenset({"nb"})), priority=5)
        desk.rule("All German", team, GERMAN)
        early, late, pressing = (desk.case(language=code) for code in ("de", "de", "nb"))
        Case.objects.filter(id=late.id).update(due_at=now() + timedelta(hours=1))
        Case.objects.filter(id=early.id).update(due_at=now() + timedelta(minutes=5))
        for expected in (pressing, early, late):
            desk.place()
            assert desk.holder(expected) == bea.id
            conversations.close(expected.id, "solved", bea.id)

    def test_in_turn_goes_on_from_batch_to_batch(self, desk):
        people = [desk.person(f"P{n} Poe", f"P{n}", capacity=50) for n in range(3)]
        team = desk.team("Care", *people, method="round_robin")
        desk.rule("All German", team, GERMAN)
        for _ in range(7):
            desk.case(language="de")
            desk.place()
        counts = [Case.objects.filter(assignee_id=person.id).count() for person in people]
        assert sorted(counts) == [2, 2, 3]
        assert max(TeamMember.objects.values_list("turn", flat=True)) == 7

    def test_points_count_once_for_who_is_in_two_teams(self, desk):
        bea = desk.person("Bea Berg", "BE", capacity=2)
        one, two = desk.team("One", bea), desk.team("Two", bea)
        desk.rule("German", one, GERMAN)
        desk.rule("Norwegian", two, When(languages=frozenset({"nb"})))
        for code in ("de", "de", "nb", "nb"):
            desk.case(language=code)
        desk.place()
        assert Case.objects.filter(assignee_id=bea.id).count() == 2

    def test_who_gave_a_case_back_is_not_given_it_again(self, desk, member_of):
        bea, carl = desk.person("Bea Berg", "BE"), desk.person("Carl Cole", "CC", here=False)
        desk.rule("All German", desk.team("Care", bea, carl), GERMAN)
        case = desk.case(language="de")
        desk.place()
        routing.assign([case.id], None, actor=bea)
        assert desk.place() == 0
        routing.set_presence(desk.workspace.id, carl.id, "available")
        desk.place()
        assert desk.holder(case) == carl.id

    def test_what_somebody_is_on_is_left_to_them(self, desk, alice):
        bea = desk.person("Bea Berg", "BE")
        desk.rule("All German", desk.team("Care", bea), GERMAN)
        case = desk.case(language="de")
        routing.claim(case.id, alice)
        desk.place()
        assert desk.holder(case) == alice.id

    def test_every_decision_is_told(self, desk):
        bea = desk.person("Bea Berg", "BE")
        desk.rule("All German", desk.team("Care", bea), GERMAN)
        case = desk.case(language="de")
        desk.place()
        told = Event.objects.get(name="CaseAssigned")
        assert told.payload["case_id"] == str(case.id)
        assert told.payload["assignee_id"] == str(bea.id)
        waits = desk.case(language="de")
        routing.set_presence(desk.workspace.id, bea.id, "away")
        desk.place()
        moved = Event.objects.get(name="TeamChanged")
        assert moved.payload["case_ids"] == [str(waits.id)]
        assert desk.story(waits) == [{"code": "rule", "rule": "All German", "team": "Care"}]


class TestOverflow:
    def test_first_without_the_skill_then_to_the_overflow_team(self, desk, frozen):
        carl = desk.person("Carl Cole", "CC", language=["en"], here=False)
        dora = desk.person("Dora Dahl", "DO", language=["en"], here=False)
        other = desk.team("Second line", dora)
        team = desk.team("German desk", carl, overflow_after_s=600, overflow_team_id=other.id)
        desk.rule("German posts", team, GERMAN)
        case = desk.case(language="de")
        desk.place()
        frozen.shift(599)
        routing.set_presence(desk.workspace.id, carl.id, "available")
        desk.place()
        assert desk.holder(case) is None
        routing.set_presence(desk.workspace.id, carl.id, "away")
        frozen.shift(1)
        desk.place()
        assert Placement.objects.get().stage == 1
        assert desk.story(case)[-1] == {
            "code": "any_skill", "team": "German desk", "minutes": 10,
            "skills": [["kind", case.kind], ["language", "de"], ["network", "sandbox"]],
        }  # fmt: skip
        frozen.shift(600)
        routing.set_presence(desk.workspace.id, dora.id, "available")
        desk.place()
        assert (desk.team_of(case), desk.holder(case)) == ("Second line", dora.id)
        assert desk.story(case)[-2] == {
            "code": "overflow", "from": "German desk", "team": "Second line", "minutes": 10,
        }  # fmt: skip

    def test_without_the_skill_the_same_team_may_do_it(self, desk, frozen):
        carl = desk.person("Carl Cole", "CC", language=["en"])
        desk.rule("German posts", desk.team("German desk", carl, overflow_after_s=240), GERMAN)
        case = desk.case(language="de")
        desk.place()
        assert desk.holder(case) is None
        frozen.shift(240)
        desk.place()
        assert desk.holder(case) == carl.id

    def test_zero_minutes_means_never(self, desk, frozen):
        carl = desk.person("Carl Cole", "CC", language=["en"])
        desk.rule("German posts", desk.team("German desk", carl, overflow_after_s=0), GERMAN)
        case = desk.case(language="de")
        desk.place()
        frozen.shift(100)
        desk.place()
        assert desk.holder(case) is None
        assert Placement.objects.get().look_at is None

    def test_what_somebody_has_does_not_overflow(self, desk, frozen):
        bea = desk.person("Bea Berg", "BE")
        other = desk.team("Second line")
        team = desk.team("Care", bea, overflow_after_s=240, overflow_team_id=other.id)
        desk.rule("German posts", team, GERMAN)
        case = desk.case(language="de")
        desk.place()
        frozen.shift(250)
        desk.place()
        assert (desk.team_of(case), desk.holder(case)) == ("Care", bea.id)


class TestFollowTheSun:
    @pytest.fixture
    def teams(self, desk):
        west = desk.team("West", desk.person("Wes West", "WW", capacity=9), calendar_key="night")
        east = desk.team(
            "East",
            desk.person("Eve East", "EE", capacity=9),
            calendar_key="day",
            next_team_id=west.id,
        )
        desk.rule("German posts", east, GERMAN)
        return east, west

    def test_at_the_end_of_hours_what_waits_for_us_goes_on_and_what_they_must_answer_stays(
        self, desk, teams
    ):
        desk.open = {"day"}
        ours, theirs = desk.case(language="de"), desk.case(language="de")
        desk.place()
        make_reply(theirs)
        eve = desk.holder(ours)
        desk.open = {"night"}
        desk.place()
        assert (desk.team_of(ours), desk.team_of(theirs)) == ("West", "East")
        assert desk.holder(ours) not in {eve, None}
        assert desk.holder(theirs) == eve
        assert {"code": "hours", "from": "East", "team": "West"} in desk.story(ours)

    def test_a_case_for_a_closed_team_goes_to_the_open_one_at_once(self, desk, teams):
        desk.open = {"night"}
        case = desk.case(language="de")
        desk.place()
        assert desk.team_of(case) == "West"
        assert desk.story(case)[0]["closed"] == "East"

    def test_where_nobody_is_open_it_waits_and_nobody_is_given_it(self, desk, teams):
        case = desk.case(language="de")
        desk.place()
        assert (desk.team_of(case), desk.holder(case)) == ("East", None)

    def test_what_was_taken_by_hand_stays(self, desk, teams, alice):
        desk.open = {"day"}
        case = desk.case(language="de")
        desk.place()
        routing.assign([case.id], alice.id, actor=alice)
        desk.open = {"night"}
        desk.place()
        assert (desk.team_of(case), desk.holder(case)) == ("East", alice.id)


class TestGivenBack:
    def test_by_hand_is_left_alone_until_they_are_away_too_long_and_the_customer_waits(
        self, desk, alice, frozen
    ):
        bea = desk.person("Bea Berg", "BE")
        carl = desk.person("Carl Cole", "CC", here=False)
        desk.rule("German posts", desk.team("Care", bea, carl), GERMAN)
        waits, answered = desk.case(language="de"), desk.case(language="de")
        routing.assign([waits.id, answered.id], bea.id, actor=alice)
        make_reply(answered)
        routing.set_presence(desk.workspace.id, bea.id, "away")
        frozen.shift(1799)
        desk.place()
        assert desk.holder(waits) == bea.id
        frozen.shift(1)
        desk.place()
        assert (desk.holder(waits), desk.holder(answered)) == (None, bea.id)
        assert {"code": "away", "name": "Bea Berg", "minutes": 30} in desk.story(waits)
        routing.set_presence(desk.workspace.id, carl.id, "available")
        desk.place()
        assert desk.holder(waits) == carl.id

    def test_silence_counts_as_away_from_when_it_was_noticed(self, desk, alice, frozen):
        bea = desk.person("Bea Berg", "BE")
        desk.team("Care", bea)
        case = desk.case()
        routing.assign([case.id], bea.id, actor=alice)
        frozen.shift(301)
        assert routing.notice_absence() == 1
        assert Agent.objects.get(user_id=bea.id).is_gone
        frozen.shift(1800)
        desk.place()
        assert desk.holder(case) is None

    def test_who_is_writing_keeps_it(self, desk, frozen):
        bea = desk.person("Bea Berg", "BE")
        desk.team("Care", bea)
        case = desk.case()
        routing.set_presence(desk.workspace.id, bea.id, "away")
        frozen.shift(1800)
        routing.claim(case.id, bea)
        desk.place()
        assert desk.holder(case) == bea.id

    def test_what_people_hold_who_have_left_comes_back(self, desk, alice, member_of):
        bea = desk.person("Bea Berg", "BE")
        desk.team("Care", bea)
        case = desk.case()
        routing.assign([case.id], bea.id, actor=alice)
        member_of(bea).delete()
        assert routing.take_from_the_gone(read_board(desk.workspace.id), 10) == 1
        assert desk.holder(case) is None
        assert {"code": "left"} in desk.story(case)


class TestMissed:
    def test_open_cases_that_nobody_noted_are_found_and_closed_ones_forgotten(self, desk):
        desk.team("Care")
        known, unknown = desk.case(), desk.case()
        Placement.objects.filter(case_id=unknown.id).delete()
        conversations.close(known.id, "solved", None)
        assert routing.note_missed(desk.workspace.id) == 2
        assert [one.case_id for one in Placement.objects.all()] == [unknown.id]

    def test_a_case_of_a_removed_team_goes_through_the_rules_anew(self, desk):
        team = desk.team("Care")
        rule = desk.rule("German posts", team, GERMAN)
        case = desk.case(language="de")
        desk.place()
        routing.remove_rule(desk.workspace.id, rule.id, by=desk.alice)
        routing.remove_team(desk.workspace.id, team.id, by=desk.alice)
        desk.place()
        assert desk.team_of(case) == "Everyone"


class TestAsBefore:
    def test_a_fresh_workspace_has_one_team_and_notes_nothing(self, workspace):
        team = routing.ensure_default_team(workspace.id)
        assert (team.mode, team.is_routed) == ("pull", False)
        assert not routing.is_routed(workspace.id)

    def test_the_first_rule_team_or_push_sets_it_up(self, desk):
        assert not routing.is_routed(desk.workspace.id)
        desk.team("Everyone", mode="push")
        assert routing.is_routed(desk.workspace.id)


class TestTier:
    def test_a_rule_can_ask_for_the_customers_tier(self, desk):
        team = desk.team("Gold desk", desk.person("Bea Berg", "BE"))
        desk.rule("Gold", team, When(tiers=frozenset({"gold"})))
        gold, other = desk.case(), desk.case(author=replace(LENA, external_id="nils"))
        contacts.call_tier(desk.workspace.id, gold.contact_id, "Gold")
        desk.place()
        assert (desk.team_of(gold), desk.team_of(other)) == ("Gold desk", "Everyone")
