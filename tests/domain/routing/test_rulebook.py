"""Teams, people and rules as settings: kept whole or not at all, refused at their field."""

from __future__ import annotations

from uuid import UUID

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.conversations import services as conversations
from hearwell.kit.ids import uuid7
from hearwell.routing import services as routing
from hearwell.routing.models import Rule, Skill, Team, TeamMember
from hearwell.routing.rules import DEFAULT_WEIGHTS, When
from hearwell.routing.services import BadRoutingError


def refused(act) -> tuple[str, str]:
    with pytest.raises(BadRoutingError) as told:
        act()
    return told.value.field, str(told.value)


class TestTeams:
    def test_a_team_is_kept_with_its_people_and_audited(self, desk, bob):
        team = desk.team("Care", bob, calendar_key="day", overflow_after_s=120)
        assert list(TeamMember.objects.values_list("user_id", flat=True)) == [bob.id]
        row = AuditRow.objects.get(action="routing.team_made")
        assert (row.summary, row.after["members"]) == ("Care", [str(bob.id)])
        desk.team("Care", bob, calendar_key="day", overflow_after_s=120)
        assert AuditRow.objects.filter(action="routing.team_changed").count() == 0
        desk.team("Care", calendar_key="night")
        assert TeamMember.objects.count() == 0
        assert Team.objects.get(id=team.id).calendar_key == "night"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"name": "  "}, "name"),
            ({"name": "everyone"}, "name"),
            ({"name": "New", "mode": "throw"}, "mode"),
            ({"name": "New", "calendar_key": "gone"}, "calendar_key"),
            ({"name": "New", "overflow_after_s": 10**8}, "overflow_after"),
            ({"name": "New", "overflow_team_id": UUID(int=3)}, "overflow_team_id"),
            ({"name": "New", "members": frozenset({UUID(int=3)})}, "members"),
        ],
    )
    def test_what_makes_no_sense_is_refused_at_its_field_and_nothing_is_kept(
        self, desk, facts, field
    ):
        assert refused(lambda: desk.team(facts.pop("name"), **facts))[0] == field
        assert list(Team.objects.values_list("name", flat=True)) == ["Everyone"]
        assert AuditRow.objects.filter(action__startswith="routing").count() == 0

    def test_it_cannot_hand_over_to_itself_or_without_hours(self, desk):
        team = desk.team("Care", calendar_key="day")
        other = desk.team("Night")
        itself = {"calendar_key": "day", "next_team_id": team.id}
        assert refused(lambda: desk.team("Care", **itself))[0] == "next_team_id"
        field, words = refused(lambda: desk.team("Care", next_team_id=other.id))
        assert (field, "always open" in words) == ("next_team_id", True)

    def test_the_last_line_keeps_its_team_and_rules_keep_theirs(self, desk):
        default = Team.objects.get(is_default=True)
        refused(lambda: routing.remove_team(desk.workspace.id, default.id, by=desk.alice))
        team = desk.team("Care")
        desk.rule("German posts", team, When(languages=frozenset({"de"})))
        _field, words = refused(
            lambda: routing.remove_team(desk.workspace.id, team.id, by=desk.alice)
        )
        assert "“German posts”" in words

    def test_a_removed_team_leaves_no_pointer_behind(self, desk):
        gone = desk.team("Second line")
        team = desk.team("Care", overflow_team_id=gone.id)
        routing.remove_team(desk.workspace.id, gone.id, by=desk.alice)
        assert Team.objects.get(id=team.id).overflow_team_id is None

    def test_another_workspaces_team_does_not_exist(self, desk, other_workspace):
        with pytest.raises(Team.DoesNotExist):
            routing.remove_team(desk.workspace.id, uuid7(), by=desk.alice)


class TestPeople:
    def test_skills_are_kept_in_small_letters_once_and_audited(self, desk, bob):
        skills = [("language", " DE "), ("language", "de"), ("product", "Baggage")]
        routing.save_agent(desk.workspace.id, bob.id, capacity=4, skills=skills, by=desk.alice)
        kept = set(Skill.objects.values_list("kind", "value"))
        assert kept == {("language", "de"), ("product", "baggage")}
        assert AuditRow.objects.get(action="routing.agent_changed").after["capacity"] == 4

    @pytest.mark.parametrize(
        ("capacity", "skills", "field"),
        [
            (5000, [], "capacity"),
            (4, [("language", " ")], "language"),
            (4, [("product", "x" * 61)], "product"),
            (4, [("juggling", "yes")], "skills"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, desk, bob, capacity, skills, field):
        found = refused(
            lambda: routing.save_agent(
                desk.workspace.id, bob.id, capacity=capacity, skills=skills, by=desk.alice
            )
        )
        assert found[0] == field
        assert Skill.objects.count() == 0

    def test_a_case_that_weighs_more_than_a_person_is_refused(self, desk):
        def save(**changes):
            values = {
                "away_after_s": 300, "back_after_s": 1800, "capacity": 6,
                "weights": DEFAULT_WEIGHTS, **changes,
            }  # fmt: skip
            routing.save_settings(desk.workspace.id, by=desk.alice, **values)

        heavy = {**DEFAULT_WEIGHTS, "chat": 7}
        assert refused(lambda: save(weights=heavy))[0] == "weight_chat"
        assert refused(lambda: save(away_after_s=5))[0] == "away_after"
        save(capacity=9)
        assert AuditRow.objects.get(action="routing.settings_changed").after["capacity"] == 9


class TestRules:
    @pytest.mark.parametrize(
        ("when", "field"),
        [
            (When(), "networks"),
            (When(urgency_from=5), "urgency_from"),
            (When(channels=frozenset({str(UUID(int=1))})), "channels"),
            (When(kinds=frozenset({"riddle"})), "kinds"),
            (When(languages=frozenset({"german"})), "languages"),
            (When(tags=frozenset({"refund"})), "tags"),
            (When(topics=frozenset({"baggage"})), "topics"),
            (When(networks=frozenset({"email"}), audiences=frozenset({"public"})), "audiences"),
        ],
    )
    def test_a_rule_that_no_case_can_match_is_refused_at_its_field(self, desk, when, field):
        team = desk.team("Care")
        assert refused(lambda: desk.rule("New", team, when))[0] == field
        assert Rule.objects.count() == 0

    def test_a_label_that_exists_can_be_asked_for(self, desk):
        conversations.tag([desk.case().id], ["Refund"], None)
        assert (
            desk.rule("Refunds", desk.team("Care"), When(tags=frozenset({"refund"}))).version == 1
        )

    def test_a_rule_that_an_earlier_one_leaves_nothing_is_refused_naming_it(self, desk):
        team = desk.team("Care")
        desk.rule("German", team, When(languages=frozenset({"de", "nb"})))
        narrow = When(languages=frozenset({"de"}), urgency_from=3)
        _field, words = refused(lambda: desk.rule("Urgent German", team, narrow))
        assert "“German”" in words
        desk.rule("Urgent German", team, narrow, is_active=False)

    def test_a_change_is_a_version_and_no_change_is_none(self, desk):
        team = desk.team("Care")
        first = desk.rule("German", team, When(languages=frozenset({"de"})))
        known = routing.Known(network_of={}, kinds=())
        facts = routing.RuleFacts(name="German", team_id=team.id, when=first.conditions)
        for wanted, version in ((facts, 1), (routing.RuleFacts(
            name="German", team_id=team.id, when=first.conditions, priority=2), 2)):  # fmt: skip
            saved = routing.save_rule(
                desk.workspace.id, wanted, by=desk.alice, known=known, rule_id=first.id
            )
            assert saved.version == version
        assert AuditRow.objects.get(action="routing.rule_changed").after["priority"] == 2

    def test_they_move_and_go_and_stay_numbered(self, desk):
        team = desk.team("Care")
        made = [
            desk.rule(name, team, When(languages=frozenset({code})))
            for name, code in (("A", "de"), ("B", "en"), ("C", "nb"))
        ]
        place = desk.workspace.id
        assert routing.move_rule(place, made[2].id, by=desk.alice, is_up=True)
        assert not routing.move_rule(place, made[0].id, by=desk.alice, is_up=True)
        order = Rule.objects.order_by("position").values_list("name", flat=True)
        assert list(order) == ["A", "C", "B"]
        routing.remove_rule(place, made[0].id, by=desk.alice)
        assert list(Rule.objects.order_by("position").values_list("name", "position")) == [
            ("C", 1), ("B", 2),
        ]  # fmt: skip
