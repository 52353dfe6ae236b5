"""The playbook and the coverage report, as programs read them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.kit.scope import scope
from hearwell.routing import services as routing
from hearwell.sla import services as sla
from hearwell.strategy import services
from hearwell.strategy.rules import Path, Shift

CEILING = 20


@pytest.fixture
def team(workspace, frozen):
    sla.ensure_defaults(workspace)
    return routing.ensure_default_team(workspace.id)


@pytest.fixture
def book(workspace, team, alice, bob):
    by_day = Shift((0, 1, 2, 3, 4), "08:00", "20:00", team=str(team.id), backup=str(bob.id))
    services.keep(
        workspace.id,
        by=alice,
        networks={"sandbox": "answer"},
        rota=(by_day,),
        paths={"complaint": Path("Say sorry, then act.", team=str(team.id))},
        roles={"agent": "Up to 25 a case"},
    )
    return services.publish(workspace.id, by=alice, remark="The first")


def test_the_version_that_holds_is_read_with_its_names(program, book, team, workspace, alice):
    told = program.get("/playbook").json()
    assert (told["version"], told["is_current"], told["made_by"]) == (1, True, "Alice Adams")
    (shift,) = told["rota"]
    assert (shift["team"]["name"], shift["stands_in"]["name"]) == ("Everyone", "Bob Brown")
    assert (shift["days"], shift["person"]) == ([0, 1, 2, 3, 4], None)
    assert told["paths"]["complaint"]["team"]["id"] == str(team.id)
    services.keep(workspace.id, by=alice, elsewhere="A forum")
    services.publish(workspace.id, by=alice, remark="The second")
    assert [one["version"] for one in program.get("/playbook/versions").json()] == [2, 1]
    assert program.get("/playbook").json()["elsewhere"] == "A forum"
    old = program.get("/playbook?version=1").json()
    assert (old["is_current"], old["elsewhere"]) == (False, "")
    assert program.get("/playbook?version=9").status_code == 404
    assert program.get("/playbook?version=0").status_code == 422


def test_what_is_missing_is_said(program, book):
    told = program.get("/playbook/readiness").json()
    assert (told["is_ready"], told["version"], told["is_newer"]) == (False, 1, False)
    assert {one["question"] for one in told["missing"]} == {"rota", "paths", "roles"}


def test_every_hour_has_its_owners(program, book):
    told = program.get("/reports/coverage").json()
    assert told["open_hours"] == 168 - 5 * 12
    assert [len(day["hours"]) for day in told["days"]] == [24] * 7
    monday, sunday = told["days"][0]["hours"], told["days"][6]["hours"]
    assert monday[8] == {"shifts": [0], "open_minutes": 0}
    assert sunday[8] == {"shifts": [], "open_minutes": 60}
    assert told["gaps"][0] == {"day": told["monday"], "starts": 0, "ends": 480}
    assert told["shifts"][0]["team"]["name"] == "Everyone"
    assert told["on_duty"] == [0]
    assert program.get("/reports/coverage?week=2026-04-01").json()["monday"] == "2026-03-30"
    for wrong in ("0001-01-01", "9999-12-31", "soon"):
        assert program.get(f"/reports/coverage?week={wrong}").status_code == 422


def test_another_workspaces_is_not_seen(program, team, other_workspace, charlie):
    with scope(other_workspace.id):
        services.keep(other_workspace.id, by=charlie, elsewhere="Theirs")
        services.publish(other_workspace.id, by=charlie)
    assert program.get("/playbook").status_code == 404
    assert program.get("/playbook?version=1").status_code == 404
    assert program.get("/playbook/versions").json() == []
    assert program.get("/playbook/readiness").json()["version"] is None


def test_it_stays_under_its_ceiling(program, book):
    program.get("/me")
    for path in ("/playbook", "/playbook/versions", "/playbook/readiness", "/reports/coverage"):
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        assert len(queries) <= CEILING, (path, len(queries))
