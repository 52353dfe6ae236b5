"""Rules of automation, as programs make, try, switch and take back what they did."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.automation.models import Rule
from tests.domain.automation.conftest import Office, office

__all__ = ["office"]
RULES = "/automation/rules"
BODY = {
    "name": "Bags",
    "trigger": "received",
    "conditions": {"words": ["bag", "Koffer"], "not_tags": ["VIP"], "earlier_to": 3},
    "then": {"tags": ["bag"], "note": "Ask for the tag."},
}


@pytest.fixture
def made(owners_program, office: Office):
    answer = owners_program.post(RULES, BODY)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_what_was_sent_is_what_is_read(owners_program, made):
    found = owners_program.get(f"{RULES}/{made['id']}").json()
    assert found == made
    assert owners_program.get(RULES).json() == [made]
    assert (found["position"], found["version"], found["is_active"]) == (1, 1, True)
    assert found["conditions"]["words"] == ["Koffer", "bag"]
    assert found["conditions"]["not_tags"] == ["vip"]
    assert (found["then"]["tags"], found["then"]["team"]) == (["bag"], None)
    assert AuditRow.objects.filter(action="automation.rule_made").count() == 1
    again = {name: made[name] for name in ("name", "trigger", "conditions", "then")}
    assert owners_program("PUT", f"{RULES}/{made['id']}", again).json() == made


def test_it_acts_and_is_taken_back(owners_program, office: Office, made):
    case = office.writes()
    assert office.tags(case) == ["bag"]
    (run,) = owners_program.get(f"{RULES}/{made['id']}/runs").json()
    assert (run["case_id"], run["state"]) == (str(case.id), "done")
    undone = owners_program.post(f"/automation/runs/{run['id']}/undo").json()
    assert undone["state"] == "undone"
    assert office.tags(case) == []
    assert owners_program.post(f"/automation/runs/{run['id']}/undo").json() == undone


def test_a_try_changes_nothing(owners_program, office: Office):
    case = office.writes()
    body = {**BODY, "then": {"close": "solved", "tags": ["bag"]}}
    found = owners_program.post(f"{RULES}/preview", body).json()
    assert found["looked_at"] == 1
    assert [(one["case_id"], one["hindered"]) for one in found["matches"]] == [
        (str(case.id), {"close": "waiting"})
    ]
    assert (Rule.objects.count(), office.tags(case)) == (0, [])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"trigger": "tagged", "called_by": ["bag"]}, "tags_on"),
        ({"then": {}}, "tags_on"),
        ({"then": {"team": str(uuid4())}}, "team"),
        ({"then": {"send": str(uuid4())}}, "send"),
        ({"conditions": {"channels": [str(uuid4())]}}, "channels"),
        ({"conditions": {"hours": "open", "calendar_key": "none"}}, "calendar_key"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(owners_program, office: Office, given, field):
    answer = owners_program.post(RULES, {**BODY, **given})
    assert (answer.status_code, answer.json().get("field")) == (422, field)
    assert not Rule.objects.exists()


@pytest.mark.parametrize("given", [{"trigger": "never"}, {"name": ""}, {"hourly_most": 0}])
def test_what_has_no_shape_is_refused(owners_program, office: Office, given):
    assert owners_program.post(RULES, {**BODY, **given}).status_code == 422
    assert not Rule.objects.exists()


def test_it_is_switched_moved_and_removed(owners_program, made):
    path = f"{RULES}/{made['id']}"
    other = owners_program.post(RULES, {**BODY, "name": "Later"}).json()
    found = owners_program("PATCH", path, {"is_on": False, "move": "down"}).json()
    assert (found["is_active"], found["position"], found["version"]) == (False, 2, 1)
    assert owners_program("DELETE", path).status_code == 204
    assert [one["id"] for one in owners_program.get(RULES).json()] == [other["id"]]
    for answer in (
        owners_program.get(path),
        owners_program("PUT", path, BODY),
        owners_program("PATCH", path, {"is_on": True}),
        owners_program("DELETE", path),
        owners_program.get(f"{path}/runs"),
        owners_program.post(f"/automation/runs/{uuid4()}/undo"),
    ):
        assert answer.status_code == 404


def test_no_program_lets_a_rule_post_in_public(owners_program, office: Office):
    body = {**BODY, "then": {"send": office.saved("We are on it."), "audience": "public"}}
    made = owners_program.post(RULES, body).json()
    assert made["is_allowed_in_public"] is False
    office.writes()
    assert office.why(Rule.objects.get()) == ["not_allowed"]


def test_agents_may_not(program, made):
    path = f"{RULES}/{made['id']}"
    for answer in (
        program.get(RULES),
        program.post(RULES, BODY),
        program.post(f"{RULES}/preview", BODY),
        program("PUT", path, BODY),
        program("PATCH", path, {"is_on": False}),
        program("DELETE", path),
        program.get(f"{path}/runs"),
        program.post(f"/automation/runs/{uuid4()}/undo"),
    ):
        assert answer.status_code == 403
