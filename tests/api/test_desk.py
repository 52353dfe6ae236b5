"""Teams, presence and the next case, as programs see them."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Case
from hearwell.routing import services as routing
from hearwell.routing.models import Agent
from tests.domain.routing.conftest import Desk
from tests.factories import make_case


@pytest.fixture
def desk(workspace, alice, frozen) -> Desk:
    routing.ensure_default_team(workspace.id)
    return Desk(workspace, alice)


def test_teams_and_whether_they_are_open(program, desk, bob):
    desk.team("Care", bob, calendar_key="night")
    found = {one["name"]: one for one in program.get("/teams").json()}
    assert (found["Everyone"]["is_default"], found["Everyone"]["is_open"]) == (True, True)
    assert (found["Care"]["is_open"], found["Care"]["member_ids"]) == (False, [str(bob.id)])


def test_presence_is_read_and_set(program, desk, bob):
    routing.save_agent(
        desk.workspace.id, bob.id, capacity=4, skills=[("language", "de")], by=desk.alice
    )
    answer = program("PUT", "/me/presence", {"presence": "busy"})
    assert answer.status_code == 200
    assert answer.json() == {
        "user_id": str(bob.id), "name": "Bob Brown", "presence": "busy", "used": 0, "capacity": 4,
        "skills": {"language": ["de"]},
    }  # fmt: skip
    assert {one["name"]: one["presence"] for one in program.get("/presence").json()} == {
        "Alice Adams": "away", "Bob Brown": "busy",
    }  # fmt: skip
    assert Agent.objects.get(user_id=bob.id).presence == "busy"


def test_a_word_that_is_no_presence_is_refused(program, desk):
    assert program("PUT", "/me/presence", {"presence": "asleep"}).status_code == 422


def test_the_next_case_until_there_is_none(program, desk, bob):
    case = make_case()
    taken = program.post("/me/next-case")
    assert (taken.status_code, taken.json()["user_id"]) == (200, str(bob.id))
    assert Case.objects.get(id=case.id).assignee_id == bob.id
    assert program.post("/me/next-case").status_code == 204


def test_who_may_not_take_cases_may_not_ask_for_one(program, desk, bob):
    Membership.objects.filter(user=bob).update(role="viewer")
    assert program.post("/me/next-case").status_code == 403
    assert program("PUT", "/me/presence", {"presence": "busy"}).status_code == 403
    assert program.get("/teams").status_code == 200
