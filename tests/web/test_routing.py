"""Teams, rules, presence, the next case: each page opens for whom it may, and does what it says."""

from __future__ import annotations

import pytest

from hearwell.conversations.models import Case
from hearwell.routing import services as routing
from hearwell.routing.models import Agent, RoutingSettings, Rule, Skill, Team, TeamMember
from hearwell.routing.rules import When
from hearwell.sla.services.promises import ensure_defaults
from tests.domain.routing.conftest import Desk
from tests.factories import make_case, make_channel
from tests.web.conftest import HTMX

PAGES = (
    "/team/",
    "/settings/teams/",
    "/settings/teams/new/",
    "/settings/routing/",
    "/settings/routing/new/",
)
RULE = {"urgency_from": "0", "priority": "0", "is_active": "on", "act": "save"}
TEAM = {"mode": "push", "method": "round_robin", "overflow_after": "15"}


@pytest.fixture
def desk(workspace, alice) -> Desk:
    routing.ensure_default_team(workspace.id)
    ensure_defaults(workspace)
    return Desk(workspace, alice)


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("url", PAGES)
def test_every_page_keeps_its_budget(owner, desk, bob, url, budget):
    bea = desk.person("Bea Berg", "BE", capacity=4, language=["de"])
    team = desk.team("Care", bea)
    desk.rule("German", team, When(languages=frozenset({"de"})))
    for _ in range(3):
        desk.case()
    owner.get(url)
    with budget(15):
        assert owner.get(url).status_code == 200


def test_the_pages_of_one_rule_team_and_person_keep_it_too(owner, desk, bob, budget):
    team = desk.team("Care", bob)
    rule = desk.rule("German", team, When(languages=frozenset({"de"})))
    for url in (
        f"/settings/routing/{rule.id}/",
        f"/settings/teams/{team.id}/",
        f"/settings/teams/people/{bob.id}/",
    ):
        owner.get(url)
        with budget(15):
            assert owner.get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES[1:])
def test_settings_are_for_leads_and_above(agent, desk, bob, bobs, url):
    assert agent.get(url).status_code == 403
    bobs.role = "lead"
    bobs.save()
    assert agent.get(url).status_code == 200


class TestTeams:
    def test_a_team_is_made_and_changed(self, owner, desk, bob):
        given = {**TEAM, "name": "Care", "members": [str(bob.id)], "calendar_key": "office-hours"}
        assert owner.post("/settings/teams/new/", given).status_code == 302
        team = Team.objects.get(name="Care")
        assert (team.mode, team.method, team.overflow_after_s) == ("push", "round_robin", 900)
        assert list(TeamMember.objects.values_list("user_id", flat=True)) == [bob.id]
        owner.post(f"/settings/teams/{team.id}/", {**given, "name": "Care 2", "members": []})
        assert Team.objects.get(id=team.id).name == "Care 2"
        assert TeamMember.objects.count() == 0

    def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(self, owner, desk):
        answer = owner.post("/settings/teams/new/", {**TEAM, "name": "everyone"})
        page = text(answer)
        assert answer.status_code == 422
        assert "There is a team of this name already." in page
        assert 'aria-describedby="id_name_error"' in page
        assert Team.objects.count() == 1

    def test_a_team_is_removed_unless_a_rule_needs_it(self, owner, desk):
        team = desk.team("Care")
        rule = desk.rule("German", team, When(languages=frozenset({"de"})))
        answer = owner.post(f"/settings/teams/{team.id}/remove/", follow=True)
        assert "“German”" in text(answer)
        owner.post(f"/settings/routing/{rule.id}/act/", {"act": "remove"})
        owner.post(f"/settings/teams/{team.id}/remove/")
        assert not Team.objects.filter(id=team.id).exists()

    def test_a_person_gets_points_and_skills(self, owner, desk, bob):
        given = {"capacity": "9", "language": "DE, en-GB", "product": "Baggage", "kind": ["praise"]}
        assert owner.post(f"/settings/teams/people/{bob.id}/", given).status_code == 302
        assert set(Skill.objects.values_list("kind", "value")) == {
            ("language", "de"), ("language", "en"), ("product", "baggage"), ("kind", "praise"),
        }  # fmt: skip
        page = text(owner.get("/settings/teams/"))
        assert "German" in page
        assert "taken to have any of that kind" in page

    def test_points_that_nobody_could_carry_are_refused(self, owner, desk):
        given = {
            "capacity": "2", "away_after": "5", "back_after": "30", "weight_chat": "3",
            "weight_private": "1", "weight_public": "1", "weight_mail": "1",
        }  # fmt: skip
        assert owner.post("/settings/teams/points/", given).status_code == 422
        assert RoutingSettings.objects.count() == 0
        assert owner.post("/settings/teams/points/", {**given, "capacity": "8"}).status_code == 302
        assert RoutingSettings.objects.get().capacity == 8


class TestRules:
    def test_a_rule_is_tried_first_and_changes_nothing_by_that(self, owner, desk):
        team = desk.team("Care")
        for _ in range(3):
            make_case(channel=desk.channel)
        make_case(channel=make_channel(network="mastodon", handle="other"))
        before = list(Case.objects.order_by("id").values_list("team_id", "assignee_id"))
        given = {**RULE, "name": "Harbour", "team": str(team.id), "networks": ["sandbox"]}
        page = text(owner.post("/settings/routing/new/", {**given, "act": "try"}))
        assert "3 of the last 4 cases would match." in page
        assert page.count("this rule</td>") == 3
        assert Rule.objects.count() == 0
        assert list(Case.objects.order_by("id").values_list("team_id", "assignee_id")) == before
        assert owner.post("/settings/routing/new/", given).status_code == 302
        assert Rule.objects.get().when == {"networks": ["sandbox"]}

    def test_the_dry_run_tells_what_rules_before_it_take(self, owner, desk):
        team = desk.team("Care")
        desk.rule("Asked", team, When(kinds=frozenset({"question"})))
        desk.rule("Harbour", team, When(networks=frozenset({"sandbox"})))
        for kind in ("question", "complaint"):
            case = make_case(channel=desk.channel)
            Case.objects.filter(id=case.id).update(kind=kind)
        page = text(owner.get(f"/settings/routing/{Rule.objects.get(name='Harbour').id}/"))
        assert "2 of the last 2 cases would match." in page
        assert "1 of them would come here" in page
        assert "“Asked”" in page

    def test_a_rule_that_no_case_can_match_is_refused_at_its_field(self, owner, desk):
        team = desk.team("Care")
        other = make_channel(network="mastodon", handle="other")
        given = {
            **RULE, "name": "Never", "team": str(team.id), "networks": ["sandbox"],
            "channels": [str(other.id)],
        }  # fmt: skip
        answer = owner.post("/settings/routing/new/", given)
        assert answer.status_code == 422
        assert "none of these accounts is on a network that you chose" in text(answer)
        assert Rule.objects.count() == 0

    def test_they_are_ordered_by_buttons_and_one_never_reached_says_so(self, owner, desk):
        team = desk.team("Care")
        desk.rule("Urgent", team, When(networks=frozenset({"sandbox"}), urgency_from=3))
        wide = desk.rule("Harbour", team, When(networks=frozenset({"sandbox"})))
        page = text(owner.get("/settings/routing/"))
        assert 'aria-label="Move Harbour up"' in page
        assert "Never reached" not in page
        owner.post(f"/settings/routing/{wide.id}/act/", {"act": "up"})
        assert list(Rule.objects.order_by("position").values_list("name", flat=True)) == [
            "Harbour", "Urgent",
        ]  # fmt: skip
        assert "Never reached: “Harbour” takes all its cases." in text(
            owner.get("/settings/routing/")
        )

    def test_what_is_not_there_is_not_found(self, owner, desk, workspace):
        for url in (f"/settings/routing/{workspace.id}/", f"/settings/teams/{workspace.id}/"):
            assert owner.get(url).status_code == 404
        assert (
            owner.post(f"/settings/routing/{workspace.id}/act/", {"act": "up"}).status_code == 404
        )


class TestPresence:
    def test_one_chooses_and_colleagues_see_it(self, agent, owner, desk, bob):
        answer = agent.post("/team/presence/", {"presence": "busy", "next": "/me/"})
        assert answer["Location"] == "/me/"
        assert Agent.objects.get().presence == "busy"
        page = text(owner.get("/team/"))
        assert f'data-presence-of="{bob.id}" data-presence="busy"' in page

    @pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:x"])
    def test_it_leads_nowhere_else(self, agent, desk, elsewhere):
        answer = agent.post("/team/presence/", {"presence": "away", "next": elsewhere})
        assert answer["Location"] == "/"

    def test_with_scripts_only_the_switch_is_drawn_anew(self, agent, desk):
        page = text(agent.post("/team/presence/", {"presence": "busy"}, headers=HTMX))
        assert 'data-my-presence="busy"' in page
        assert "<html" not in page

    def test_a_word_that_is_none_is_refused(self, agent, desk):
        assert agent.post("/team/presence/", {"presence": "asleep"}).status_code == 404

    def test_a_sign_of_life_makes_one_available_and_brings_one_back(self, agent, desk, bob):
        assert agent.post("/team/here/").json() == {"presence": "available"}
        Agent.objects.update(is_gone=True)
        assert 'data-my-presence="available"' in text(agent.get("/team/"))
        assert not Agent.objects.get().is_gone

    def test_who_only_looks_has_no_switch(self, viewer, desk):
        assert "data-my-presence" not in text(viewer.get("/team/"))
        for url in ("/team/here/", "/team/presence/", "/inbox/next/"):
            assert viewer.post(url).status_code == 403


class TestNext:
    def test_it_opens_the_case_and_then_there_is_none(self, agent, desk, bob):
        case = desk.case()
        assert agent.post("/inbox/next/")["Location"] == f"/c/{case.id}/"
        page = text(agent.get(f"/c/{case.id}/"))
        assert "It was the next: the most pressing that you may take" in page
        assert "Nothing waits that you may take" in text(agent.post("/inbox/next/", follow=True))

    def test_the_case_says_why_it_is_with_whom(self, agent, desk):
        bea = desk.person("Bea Berg", "BE", capacity=6, language=["de"])
        desk.rule("German posts", desk.team("German desk", bea), When(languages=frozenset({"de"})))
        case = desk.case("Wo ist mein Koffer?", language="de")
        desk.place()
        page = text(agent.get(f"/c/{case.id}/"))
        assert "Given to Bea Berg: speaks German, 1 of 6 points used; rule “German posts”" in page
        routing.set_presence(desk.workspace.id, bea.id, "away")
        waits = desk.case("Und mein Rucksack?", language="de")
        desk.place()
        page = text(agent.get(f"/c/{waits.id}/"))
        assert "Now with the team German desk: rule “German posts”" in page


def test_the_page_of_who_is_here_says_what_waits_and_why(owner, desk):
    bea = desk.person("Bea Berg", "BE", capacity=1, language=["de"])
    team = desk.team("Care", bea)
    desk.rule("All", team, When(networks=frozenset({"sandbox"})))
    for code in ("de", "de", "nb"):
        desk.case(language=code)
    desk.place()
    page = text(owner.get("/team/"))
    assert "Everybody available who can do it has no room" in page
    assert "Nobody available can do it" in page
    assert "1 of 1" in " ".join(page.split())
    routing.set_presence(desk.workspace.id, bea.id, "away")
    assert "Nobody of the team is available" in text(owner.get("/team/"))
