"""The next case: the most pressing that one may take, and can."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.conversations.models import Case, CaseLog
from hearwell.inbox import atdesk
from hearwell.inbox.acts import NotAllowedError
from hearwell.kit.clock import now
from hearwell.routing import pressing
from hearwell.routing import services as routing
from hearwell.routing.models import Agent
from hearwell.routing.rules import When
from tests.factories import make_case, make_reply


@pytest.fixture(autouse=True)
def _still(frozen):
    """At noon, until a test moves on."""


def test_in_a_fresh_workspace_it_is_the_one_that_is_due_first(workspace, alice, bob):
    routing.ensure_default_team(workspace.id)
    later, sooner, undue = make_case(), make_case(), make_case()
    for case, minutes in ((later, 50), (sooner, 5)):
        Case.objects.filter(id=case.id).update(due_at=now() + timedelta(minutes=minutes))
    taken = [routing.take_next(workspace.id, bob).case_id for _ in range(3)]
    assert taken == [sooner.id, later.id, undue.id]
    assert routing.take_next(workspace.id, bob) is None
    assert Case.objects.get(id=sooner.id).assignee_id == bob.id
    verbs = CaseLog.objects.filter(case_id=sooner.id).order_by("at", "id")
    assert [line.verb for line in verbs] == ["assigned", "claimed", "routed"]


def waiting(*minutes: int) -> list[Case]:
    """Cases that are due in so many minutes; fewer than none: so late already."""
    cases = [make_case() for _ in minutes]
    for case, due in zip(cases, minutes, strict=True):
        Case.objects.filter(id=case.id).update(due_at=now() + timedelta(minutes=due))
    return cases


@pytest.mark.parametrize("is_late_turn", [True, False])
def test_urgent_ones_come_before_whatever_is_due(workspace, bob, monkeypatch, is_late_turn):
    monkeypatch.setattr(pressing, "is_late_turn", lambda: is_late_turn)
    routing.ensure_default_team(workspace.id)
    _late, _soon, urgent = waiting(-30, 5, 60)
    Case.objects.filter(id=urgent.id).update(urgency=3)
    assert routing.take_next(workspace.id, bob).case_id == urgent.id


def test_who_can_still_be_answered_in_time_comes_before_who_is_late(workspace, bob, monkeypatch):
    monkeypatch.setattr(pressing, "is_late_turn", lambda: False)
    routing.ensure_default_team(workspace.id)
    longest, late, soon, later = waiting(-30, -5, 5, 60)
    taken = [routing.take_next(workspace.id, bob).case_id for _ in range(4)]
    assert taken == [soon.id, later.id, longest.id, late.id]


def test_one_place_in_four_is_for_who_waits_longest(workspace, bob, monkeypatch):
    turns = iter([True, False, True])
    monkeypatch.setattr(pressing, "is_late_turn", lambda: next(turns))
    routing.ensure_default_team(workspace.id)
    longest, late, soon = waiting(-30, -5, 5)
    taken = [routing.take_next(workspace.id, bob).case_id for _ in range(3)]
    assert taken == [longest.id, soon.id, late.id]


def test_that_place_comes_by_chance_one_time_in_four():
    turns = [pressing.is_late_turn() for _ in range(4_000)]
    assert 800 < sum(turns) < 1_200


def test_what_others_have_or_the_customer_must_answer_is_passed_by(workspace, alice, bob):
    theirs, claimed = make_case(), make_case()
    make_reply(theirs)
    routing.claim(claimed.id, alice)
    Case.objects.filter(id=claimed.id).update(assignee_id=None)
    assert routing.take_next(workspace.id, bob) is None


def test_only_of_their_own_teams_and_of_everybodys(desk):
    bea, carl = desk.person("Bea Berg", "BE"), desk.person("Carl Cole", "CC")
    desk.rule("German", desk.team("German", bea, mode="pull"), When(languages=frozenset({"de"})))
    german = desk.case(language="de")
    other = desk.case(language="en")
    desk.place()
    assert routing.take_next(desk.workspace.id, carl).case_id == other.id
    assert routing.take_next(desk.workspace.id, carl) is None
    assert routing.take_next(desk.workspace.id, bea).case_id == german.id


def test_only_what_they_can_do(desk):
    bea = desk.person("Bea Berg", "BE", language=["de"])
    team = desk.team("Care", bea, mode="pull")
    desk.rule("English", team, When(languages=frozenset({"en"})))
    desk.case(language="en")
    german = desk.case(language="de")
    desk.place()
    assert routing.take_next(desk.workspace.id, bea).case_id == german.id
    assert routing.take_next(desk.workspace.id, bea) is None


def test_what_they_gave_back_comes_last(desk):
    bea = desk.person("Bea Berg", "BE")
    desk.team("Care", mode="pull")
    first, second = desk.case(), desk.case()
    desk.place()
    assert routing.take_next(desk.workspace.id, bea).case_id == first.id
    routing.release(first.id, bea)
    assert routing.take_next(desk.workspace.id, bea).case_id == second.id
    assert routing.take_next(desk.workspace.id, bea).case_id == first.id


def test_a_claim_that_runs_out_lets_it_wait_again(desk, frozen):
    bea, carl = desk.person("Bea Berg", "BE"), desk.person("Carl Cole", "CC")
    case = desk.case()
    routing.take_next(desk.workspace.id, bea)
    assert routing.take_next(desk.workspace.id, carl) is None
    frozen.shift(601)
    routing.expire_claims()
    assert routing.take_next(desk.workspace.id, carl).case_id == case.id


def test_asking_for_it_is_a_sign_of_life_and_a_right(desk, member_of, alice):
    bea = desk.person("Bea Berg", "BE", here=False)
    desk.case()
    assert atdesk.next_case(member_of(bea)) is not None
    assert Agent.objects.get(user_id=bea.id).effective == "available"
    membership = member_of(bea)
    membership.role = "viewer"
    with pytest.raises(NotAllowedError):
        atdesk.next_case(membership)


def test_a_rules_priority_goes_before_the_due_time(desk):
    bea = desk.person("Bea Berg", "BE")
    team = desk.team("Care", bea, mode="pull")
    desk.rule("Pressing", team, When(languages=frozenset({"nb"})), priority=3)
    due = desk.case(language="en")
    Case.objects.filter(id=due.id).update(due_at=now())
    pressing = desk.case(language="nb")
    desk.place()
    taken = [routing.take_next(desk.workspace.id, bea).case_id for _ in range(2)]
    assert taken == [pressing.id, due.id]
