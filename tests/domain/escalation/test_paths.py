"""Whose a case becomes: asked, passed over, moved on, accepted once, signed off."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from hearwell.accounts.models import AuditRow, Membership
from hearwell.accounts.services import create_workspace
from hearwell.conversations.models import Case
from hearwell.escalation import services
from hearwell.escalation.models import Escalation, EscalationMove, EscalationPath
from hearwell.escalation.queries import moves_of
from hearwell.escalation.rules import BadPathError, Choice, Path
from hearwell.escalation.services import sweeping
from hearwell.escalation.services.sweeping import sweep_due
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.routing.models import Agent, Team, TeamMember
from hearwell.sla.services import make_calendar
from tests.domain.escalation.conftest import member
from tests.factories import make_case

FAR = timedelta(days=3)


def told(name: str) -> list[dict]:
    return [row.payload for row in Event.objects.filter(name=name).order_by("id")]


def away(workspace, who: Membership) -> None:
    Agent.objects.create(workspace_id=workspace.id, user_id=who.user_id, presence="away")


def asked(one: Escalation) -> list[str]:
    return [move.user_ids for move in moves_of(one.workspace_id, [one.id]) if move.user_ids][-1]


def what(one: Escalation) -> list[str]:
    return [move.what for move in moves_of(one.workspace_id, [one.id])]


@pytest.fixture
def case(workspace) -> Case:
    return make_case("I want to speak to your boss")


def test_the_first_of_the_path_is_asked_as_it_is_raised(workspace, agent, lead, case) -> None:
    one = services.escalate(case.id, 2, agent, "He is right")

    assert asked(one) == [str(lead.user_id)]
    assert (one.state, one.remark) == ("waiting", "He is right")
    (event,) = told("EscalationRaised")
    assert event["user_ids"] == [str(lead.user_id)]
    assert event["severity"] == 2
    assert AuditRow.objects.get().action == "escalation.raised"


def test_said_twice_it_is_one_escalation(workspace, agent, lead, case) -> None:
    first = services.escalate(case.id, 1, agent)

    assert services.escalate(case.id, 3, lead).id == first.id
    assert len(told("EscalationRaised")) == 1


def test_nobody_accepts_so_it_goes_on_and_ends_with_an_owner(
    frozen, workspace, owner, admin, lead, agent, case
) -> None:
    one = services.escalate(case.id, 3, agent)
    seen = []
    for _ in range(6):
        one.refresh_from_db()
        seen.append((asked(one), one.level, one.state))
        frozen.move_to(one.due_at)
        sweep_due()

    ada, olga = [str(admin.user_id)], [str(owner.user_id)]
    assert seen == [
        (ada, 3, "waiting"),
        (ada, 3, "waiting"),
        (olga, 4, "waiting"),
        ([str(lead.user_id)], 4, "waiting"),
        (olga, 4, "waiting"),
        (olga, 4, "given"),
    ]
    one.refresh_from_db()
    assert one.owner_id == owner.user_id
    assert any(event["is_given"] for event in told("EscalationMoved"))
    # And an owner it stays with is told again, until somebody accepts.
    assert one.due_at is not None
    services.accept(one.id, owner)
    one.refresh_from_db()
    assert (one.state, one.due_at) == ("accepted", None)


def test_it_has_an_owner_by_the_time_it_promises(frozen, workspace, owner, agent, case) -> None:
    one = services.escalate(case.id, 0, agent)
    while now() < one.owned_by:
        frozen.shift(60)
        sweep_due()

    one.refresh_from_db()
    assert one.owner_id is not None


def test_the_seconds_of_sweeps_do_not_add_up(frozen, workspace, owner, agent, case) -> None:
    """Each look is a second late; by the time it promises there is an owner all the same."""
    one = services.escalate(case.id, 3, agent)
    while one.owner_id is None:
        frozen.move_to(one.due_at + timedelta(seconds=1))
        sweep_due()
        one.refresh_from_db()

    given = EscalationMove.objects.get(what="given")
    assert given.at <= one.owned_by


def test_after_a_long_stop_the_next_one_has_their_whole_time(
    frozen, workspace, owner, admin, lead, agent, case
) -> None:
    one = services.escalate(case.id, 2, agent)
    frozen.move_to(one.due_at + timedelta(hours=5))
    sweep_due()

    one.refresh_from_db()
    assert (one.step, one.due_at) == (1, now() + timedelta(minutes=10))


def test_the_away_are_passed_over_at_once(workspace, owner, admin, lead, agent, case) -> None:
    away(workspace, lead)

    one = services.escalate(case.id, 2, agent)

    assert asked(one) == [str(admin.user_id)]
    passed = EscalationMove.objects.get(what="passed")
    assert passed.data == {"why": "away", "target": "role:lead"}


def test_a_closed_browser_is_no_absence(workspace, lead, agent, case) -> None:
    Agent.objects.create(
        workspace_id=workspace.id, user_id=lead.user_id, presence="available", is_gone=True
    )

    assert asked(services.escalate(case.id, 2, agent)) == [str(lead.user_id)]


def test_a_team_off_duty_is_passed_over(frozen, workspace, owner, admin, agent, case) -> None:
    calendar = make_calendar(
        workspace.id, name="Nights", time_zone="UTC", intervals={"mon": [["20:00", "23:00"]]}
    )
    night = Team.objects.create(workspace_id=workspace.id, name="Night", calendar_key=calendar.key)
    TeamMember.objects.create(workspace_id=workspace.id, team=night, user_id=agent.user_id)
    path = Path(f"team:{night.id}", "role:admin", 10)
    services.save_path(workspace.id, "", 2, path, owner.user)

    assert asked(services.escalate(case.id, 2, agent)) == [str(admin.user_id)]
    assert EscalationMove.objects.get(what="passed").data["why"] == "closed"


def test_a_path_whose_people_have_all_left_says_so_and_loses_nothing(
    workspace, owner, agent, case
) -> None:
    gone = f"user:{uuid7()}"
    for severity in range(5):
        services.save_path(workspace.id, "", severity, Path(gone, gone, 5), owner.user)

    one = services.escalate(case.id, 1, agent)

    assert asked(one) == [str(owner.user_id)]
    whys = {move.data["why"] for move in EscalationMove.objects.filter(what="passed")}
    assert whys == {"left"}
    assert one.steps[one.step]["place"] == "last"


def test_a_deactivated_person_is_one_who_left(workspace, owner, admin, lead, agent, case) -> None:
    lead.user.is_active = False
    lead.user.save()

    assert asked(services.escalate(case.id, 2, agent)) == [str(admin.user_id)]


def test_a_change_of_the_path_leaves_what_is_under_way(workspace, owner, lead, agent, case) -> None:
    one = services.escalate(case.id, 2, agent)

    services.save_path(workspace.id, "", 2, Path("role:owner", "", 1), owner.user)

    one.refresh_from_db()
    assert one.steps[0]["target"] == "role:lead"
    other = make_case("Another one")
    assert services.escalate(other.id, 2, agent).steps[0]["target"] == "role:owner"
    versions = EscalationPath.objects.order_by("version").values_list("version", "is_current")
    assert list(versions) == [(1, True)]


def test_a_kind_has_its_own_path_before_that_of_any_kind(workspace, owner, agent, lead) -> None:
    case = make_case("You lost my bag and nobody cares, this is terrible!")
    assert case.kind == "complaint"
    services.save_path(workspace.id, "", 1, Path("role:agent", "", 5), owner.user)
    services.save_path(workspace.id, "complaint", 1, Path("role:lead", "", 5), owner.user)

    assert asked(services.escalate(case.id, 1, agent)) == [str(lead.user_id)]
    assert services.drop_path(workspace.id, "complaint", 1, owner.user)
    other = make_case("Your service is terrible and I am very angry!")
    assert asked(services.escalate(other.id, 1, agent)) == [str(agent.user_id)]


@pytest.mark.parametrize(
    "path",
    [
        Path("", "", 5), Path("nobody", "", 5), Path("user:1", "", 5), Path("role:boss", "", 5),
        Path("role:lead", "", 0), Path("role:lead", "part:cook", 5), Path("assignee:x", "", 5),
    ],
)  # fmt: skip
def test_a_path_that_cannot_be_followed_is_refused(workspace, owner, path) -> None:
    with pytest.raises(BadPathError):
        services.save_path(workspace.id, "", 2, path, owner.user)


def test_only_who_is_asked_or_leads_accepts_and_only_one_does(
    workspace, owner, admin, lead, agent, case
) -> None:
    one = services.escalate(case.id, 2, agent)
    with pytest.raises(services.NotYoursError):
        services.accept(one.id, agent)

    services.accept(one.id, lead)
    services.accept(one.id, lead)

    with pytest.raises(services.HasOwnerError) as caught:
        services.accept(one.id, admin)
    assert caught.value.owner_id == lead.user_id
    assert len(told("EscalationAccepted")) == 1


def test_done_is_done_where_nobody_signs_it_off(workspace, lead, agent, case) -> None:
    one = services.accept(services.escalate(case.id, 1, agent).id, lead)

    services.finish(one.id, lead, "Called and apologised")

    one.refresh_from_db()
    assert (one.state, one.outcome) == ("done", "Called and apologised")
    with pytest.raises(services.SettledError):
        services.finish(one.id, lead, "again")


def test_what_is_done_is_signed_off_by_another(workspace, owner, admin, lead, agent, case) -> None:
    one = services.accept(services.escalate(case.id, 2, agent).id, lead)
    services.finish(one.id, lead, "Done")
    with pytest.raises(services.NotYoursError):
        services.sign_off(one.id, lead, is_good=True)

    services.sign_off(one.id, admin, is_good=False, remark="And the refund?")
    one.refresh_from_db()
    assert one.state == "accepted"
    services.finish(one.id, lead, "Refunded, too")
    services.sign_off(one.id, admin, is_good=True)

    one.refresh_from_db()
    assert (one.state, one.signed_by_id) == ("done", admin.user_id)
    assert what(one)[-4:] == ["finished", "returned", "finished", "signed"]


def test_who_owns_it_never_signs_it_off_while_another_can(workspace, owner, admin, agent, case):
    one = services.accept(services.escalate(case.id, 2, agent).id, admin)
    services.finish(one.id, admin, "Done")

    with pytest.raises(services.NotYoursError):
        services.sign_off(one.id, admin, is_good=True)
    services.sign_off(one.id, owner, is_good=True)


def test_raised_in_error_it_is_withdrawn(workspace, lead, agent, case) -> None:
    one = services.escalate(case.id, 1, agent)

    services.withdraw(one.id, agent)

    one.refresh_from_db()
    assert (one.state, one.due_at) == ("withdrawn", None)
    assert services.escalate(case.id, 1, agent).id != one.id


def test_an_alarm_of_triage_enters_at_three_and_chatter_costs_nothing(
    workspace, owner, admin, django_assert_num_queries
) -> None:
    class Said:
        def __init__(self, case: Case, *alarms: str) -> None:
            self.case_id, self.kind, self.alarms = case.id, case.kind, alarms

    calm, grave = make_case("Thanks!"), make_case("My lawyer will write")
    with django_assert_num_queries(0):
        services.raise_alarms(workspace.id, {uuid7(): Said(calm)})

    (one,) = services.raise_alarms(
        workspace.id, {uuid7(): Said(calm), uuid7(): Said(grave, "legal", "press")}
    )

    assert (one.case_id, one.severity, one.why) == (grave.id, 3, "legal")
    services.choose(workspace.id, Choice(alarms=("press",)), owner.user)
    other = make_case("My lawyer again")
    assert services.raise_alarms(workspace.id, {uuid7(): Said(other, "legal")}) == []


def test_many_alarms_cost_as_many_statements_as_one(
    workspace, owner, admin, django_assert_max_num_queries
) -> None:
    class Said:
        def __init__(self, case: Case) -> None:
            self.case_id, self.kind, self.alarms = case.id, case.kind, ("safety",)

    verdicts = {uuid7(): Said(make_case(f"Fire number {n}")) for n in range(30)}
    with django_assert_max_num_queries(14):
        assert len(services.raise_alarms(workspace.id, verdicts)) == 30


def test_many_that_are_due_at_once_cost_as_many_statements_as_one(
    frozen, workspace, owner, admin, django_assert_max_num_queries
) -> None:
    for n in range(30):
        services.escalate(make_case(f"Fire number {n}").id, 3, owner)
    frozen.shift(timedelta(minutes=30))
    with django_assert_max_num_queries(25):
        assert sweep_due() == 30


def test_a_workspace_that_cannot_be_swept_keeps_no_other_waiting(
    frozen, workspace, other_workspace, owner, agent, case, monkeypatch
) -> None:
    one = services.escalate(case.id, 3, agent)
    stranger = member(other_workspace, "Olga Orr", "owner", "OO")
    with scope(other_workspace.id):
        services.escalate(make_case("Fire at theirs").id, 3, stranger)
    whole = sweeping.sweep_place

    def sweep(workspace_id, moment) -> int:
        if workspace_id == other_workspace.id:
            raise ZeroDivisionError
        return whole(workspace_id, moment)

    monkeypatch.setattr(sweeping, "sweep_place", sweep)
    frozen.shift(timedelta(minutes=30))
    assert sweep_due() == 1
    one.refresh_from_db()
    assert one.step == 1


def test_another_workspace_cannot_touch_it(workspace, other_workspace, owner, agent, case) -> None:
    one = services.escalate(case.id, 1, agent)
    stranger = Membership(workspace=other_workspace, user=owner.user, role="owner", initials="XX")

    with scope(other_workspace.id), pytest.raises(services.UnknownEscalationError):
        services.accept(one.id, stranger)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_accept_at_once_one_is_the_owner() -> None:
    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        people = [member(workspace, f"L{n} Lead", "lead", f"L{n}") for n in range(10)]
        one = services.escalate(make_case("It burns").id, 2, people[0])
    start, results = threading.Barrier(10), []

    def press(who: Membership) -> None:
        start.wait()
        try:
            with scope(workspace.id):
                services.accept(one.id, who)
            results.append("mine")
        except services.HasOwnerError:
            results.append("theirs")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["mine", *["theirs"] * 9]
