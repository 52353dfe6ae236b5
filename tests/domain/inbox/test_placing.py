"""From the take-in to a person: noted in its transaction, decided after it, found if missed."""

from __future__ import annotations

import pytest
from django.db import connection

from hearwell.accounts.models import Membership, Workspace
from hearwell.conversations.models import Case
from hearwell.inbox import acts, placing
from hearwell.inbox.intake import take_in
from hearwell.inbox.tasks import place_waiting
from hearwell.kit.scope import scope
from hearwell.routing import services as routing
from hearwell.routing.models import Placement
from hearwell.routing.rules import When
from hearwell.routing.services import Known, RuleFacts, TeamFacts
from hearwell.sla.calendars import is_open, open_calendars, opens_at
from hearwell.sla.models import Calendar
from hearwell.sla.rules import Hours, always_open
from hearwell.sla.services.promises import ensure_defaults
from hearwell.triage import services as triage
from hearwell.triage.queries import languages_of
from tests.characters import NOON, _member, _workspace
from tests.domain.routing.conftest import Desk
from tests.factories import make_case, make_item

GERMAN = "Mein Koffer ist weg und niemand antwortet mir. Wo ist er denn jetzt bitte?"


@pytest.fixture
def house(transactional_db: None) -> Workspace:
    return _workspace("Northwind Air", "northwind")


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'inbox.place_waiting'"
        )
        return cursor.fetchone()[0]


def desk_in(house: Workspace) -> Desk:
    alice = _member(house, "Alice Adams", "owner", "AA")
    routing.ensure_default_team(house.id)
    return Desk(house, alice)


def test_a_take_in_notes_the_case_and_wakes_one_job_after_it_is_committed(house):
    with scope(house.id):
        desk = desk_in(house)
        bea = desk.person("Bea Berg", "BE", language=["de"])
        desk.rule("German", desk.team("German desk", bea), When(languages=frozenset({"de"})))
        take_in(desk.channel, [make_item(GERMAN)])
        (noted,) = Placement.objects.all()
        assert (noted.state, noted.team_id, jobs()) == ("new", None, 0)
        case_id = noted.case_id
    assert jobs() == 1
    with scope(house.id):
        take_in(desk.channel, [make_item("Und noch eine Frage, bitte: wann kommt er?")])
    assert jobs() == 1, "one waiting job is enough"
    place_waiting(workspace_id=str(house.id))
    with scope(house.id):
        assert languages_of([case_id]) == {case_id: "de"}
        case = Case.objects.get(id=case_id)
        assert (case.assignee_id, case.team_id) == (bea.id, Placement.objects.first().team_id)


def test_a_topic_leads_a_case_to_its_team(house):
    with scope(house.id):
        desk = desk_in(house)
        owner = _membership(house, desk)
        triage.save_topic(triage.TopicFacts("Baggage", ("suitcase",)), owner)
        bags = desk.team("Bags", desk.person("Bea Berg", "BE"))
        known = Known(network_of={}, kinds=(), topics={"baggage"})
        facts = RuleFacts(name="Baggage", team_id=bags.id, when=When(topics=frozenset({"baggage"})))
        routing.save_rule(house.id, facts, by=desk.alice, known=known)
        take_in(desk.channel, [make_item("Where is my Suitcase?"), make_item("Are you open?")])
    place_waiting(workspace_id=str(house.id))
    with scope(house.id):
        teams = {one.preview: one.team_id for one in Case.objects.all()}
        assert teams["Where is my Suitcase?"] == bags.id
        assert teams["Are you open?"] != bags.id


def test_a_workspace_that_set_nothing_up_notes_and_wakes_nothing(house):
    with scope(house.id):
        desk = desk_in(house)
        take_in(desk.channel, [make_item(GERMAN)])
        assert Placement.objects.count() == 0
        case = Case.objects.get()
        assert case.team_id == routing.ensure_default_team(house.id).id
    assert jobs() == 0
    assert placing.place_due() == placing.make_rounds() == placing.look_for_missed() == 0


def test_sweeps_find_what_no_job_did_and_leave_other_workspaces_alone(house):
    other = _workspace("Contoso Rail", "contoso")
    with scope(house.id):
        desk = desk_in(house)
        bea = desk.person("Bea Berg", "BE", capacity=1)
        desk.rule("All", desk.team("Care", bea), When(networks=frozenset({"sandbox"})))
        first = make_case(channel=desk.channel)
        second = make_case(channel=desk.channel)
    with scope(other.id):
        routing.ensure_default_team(other.id)
        make_case()
    assert placing.look_for_missed() == 2
    assert placing.place_due() > 0
    with scope(house.id):
        held = [Case.objects.get(id=one.id).assignee_id for one in (first, second)]
        assert sorted(held, key=str) == sorted([bea.id, None], key=str)
        mine = Case.objects.get(assignee_id=bea.id)
        acts.close_case(mine.id, "answered_elsewhere", _membership(house, desk))
        assert not Placement.objects.filter(case_id=mine.id).exists()
    assert placing.make_rounds() == 1, "room came back"
    with scope(other.id):
        assert Placement.objects.count() == 0


def _membership(house: Workspace, desk: Desk):
    return Membership.objects.get(workspace=house, user=desk.alice)


def test_a_case_that_is_reopened_goes_through_the_rules_anew(house):
    with scope(house.id):
        desk = desk_in(house)
        by = _membership(house, desk)
        team = desk.team("Care")
        case = desk.case()
        acts.close_case(case.id, "answered_elsewhere", by)
        desk.rule("All", team, When(networks=frozenset({"sandbox"})))
        acts.reopen_case(case.id, by)
        desk.place()
        assert desk.team_of(case) == "Care"


class TestHours:
    OFFICE = Hours.parse("Europe/Oslo", {"mon": [["09:00", "17:00"]]})

    def test_a_moment_is_within_from_the_start_and_no_longer_at_the_end(self):
        at = [NOON.replace(hour=hour) for hour in (7, 8, 12, 15, 16)]
        assert [is_open(self.OFFICE, one) for one in at] == [False, True, True, True, False]
        assert is_open(always_open(), NOON)
        assert not is_open(Hours.parse("UTC", {}), NOON)

    def test_when_they_open_next(self):
        assert opens_at(self.OFFICE, NOON.replace(hour=16)) == NOON.replace(day=9, hour=8)
        assert opens_at(Hours.parse("UTC", {}), NOON) is None

    def test_the_calendars_of_a_workspace_that_are_open(self, workspace, frozen):
        ensure_defaults(workspace)
        assert open_calendars(workspace.id, NOON) == {"around-the-clock", "office-hours"}
        assert open_calendars(workspace.id, NOON.replace(hour=18)) == {"around-the-clock"}

    def test_hours_that_cannot_be_read_keep_nobody_waiting(self, workspace):
        ensure_defaults(workspace)
        Calendar.objects.filter(key="office-hours").update(time_zone="Mars/Olympus")
        assert "office-hours" in open_calendars(workspace.id, NOON.replace(hour=3))


def test_real_hours_open_and_close_a_team(workspace, alice, frozen):
    ensure_defaults(workspace)
    routing.ensure_default_team(workspace.id)
    desk = Desk(workspace, alice)
    bea = desk.person("Bea Berg", "BE")
    facts = TeamFacts(
        name="Day", mode="push", calendar_key="office-hours", members=frozenset({bea.id})
    )
    team = routing.save_team(workspace.id, facts, by=alice, calendars={"office-hours"})
    desk.rule("All", team, When(networks=frozenset({"sandbox"})))
    case = desk.case()
    frozen.shift(8 * 3600)
    routing.set_presence(workspace.id, bea.id, "available")
    placing.place_once(workspace.id)
    assert desk.holder(case) is None
    frozen.shift(14 * 3600)
    routing.set_presence(workspace.id, bea.id, "available")
    placing.place_once(workspace.id)
    assert desk.holder(case) == bea.id
