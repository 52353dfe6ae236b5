"""Escalated cases and incidents for programs."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.escalation import queries, services
from hearwell.escalation.models import Escalation
from tests.api.conftest import program_of
from tests.characters import _member
from tests.factories import make_case


@pytest.fixture
def lea(workspace):
    return _member(workspace, "Lea Lund", "lead", "LL")


@pytest.fixture
def lead(workspace, lea):
    return program_of(workspace, lea)


@pytest.fixture
def admin(workspace):
    return program_of(workspace, _member(workspace, "Ada Ahl", "admin", "AH"))


def test_a_case_is_escalated_accepted_and_finished(program, lead, workspace, lea):
    case = make_case("Your boss, please")
    made = program.post(f"/cases/{case.id}/escalation", {"severity": 1, "remark": "Go"}).json()
    assert (made["state"], made["asked_ids"]) == ("waiting", [str(lea.id)])
    path = f"/escalations/{made['id']}/act"

    assert program.post(path, {"act": "accept"}).status_code == 403
    assert lead.post(path, {"act": "accept"}).json()["owner_id"] == str(lea.id)
    assert program.get("/escalations").json()[0]["id"] == made["id"]
    assert lead.post(path, {"act": "finish", "remark": "Called"}).json()["outcome"] == "Called"
    assert lead.post(path, {"act": "withdraw"}).status_code == 409
    assert program.get("/escalations").json() == []
    assert program.get("/escalations?state=done").json()[0]["state"] == "done"
    assert program.get(f"/escalations/{uuid4()}").status_code == 404
    assert program.post(f"/cases/{uuid4()}/escalation", {"severity": 1}).status_code == 404
    assert program.post(f"/cases/{case.id}/escalation", {"severity": 5}).status_code == 422


def test_who_comes_second_gets_a_conflict(program, lead, admin, workspace):
    case = make_case()
    made = program.post(f"/cases/{case.id}/escalation", {"severity": 2}).json()
    path = f"/escalations/{made['id']}/act"
    lead.post(path, {"act": "accept"})

    assert admin.post(path, {"act": "accept"}).status_code == 409
    assert Escalation.objects.get().state == "accepted"


NUL = "a\x00b"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/incidents", {"title": NUL}),
        ("/incidents/1/act", {"act": "level", "severity": 3, "why": NUL}),
        ("/incidents/1/log", {"text": NUL}),
        ("/incidents/1/statements", {"text": NUL}),
        ("/cases/{case}/escalation", {"severity": 2, "remark": NUL}),
    ],
)
def test_what_cannot_be_kept_is_replaced_at_the_door(lead, workspace, path, body):
    case = make_case("Your boss, please")
    lead.post("/incidents", {"title": "Pier seven", "severity": 2})
    answer = lead.post(path.format(case=case.id), body)
    assert answer.status_code in (200, 201)
    assert "\\u0000" not in answer.content.decode()


@pytest.mark.parametrize(
    "moment",
    ["2026-11-30", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", 1e11, 10**40, -1],
)
def test_no_update_is_promised_for_a_moment_that_is_none(lead, workspace, moment):
    lead.post("/incidents", {"title": "Pier seven", "severity": 2})
    body = {"text": "We know.", "update_at": moment}
    assert lead.post("/incidents/1/statements", body).status_code == 422
    assert lead.get("/incidents/1/statements").json() == []


@pytest.mark.parametrize("part", ["a\x00b", "\U0001f600", "x" * 9])
def test_no_signature_for_a_part_that_is_none(lead, workspace, part):
    lead.post("/incidents", {"title": "Pier seven", "severity": 3})
    made = lead.post("/incidents/1/statements", {"text": "We know."}).json()
    path = f"/statements/{made['id']}/signature"
    assert lead.post(path, {"part": part, "digest": "\x00"}).status_code in (409, 422)


def test_an_incident_is_opened_stopped_and_ended(program, lead, workspace):
    case = make_case("Pier seven?")
    body = {"title": "Pier 7", "severity": 2, "case_ids": [str(case.id)]}
    assert program.post("/incidents", body).status_code == 403

    made = lead.post("/incidents", body)

    assert made.status_code == 201
    assert (made.json()["number"], made.json()["cases"], made.json()["state"]) == (1, 1, "live")
    assert lead.post("/incidents/1/act", {"act": "stop"}).json()["is_stopped"]
    assert program.post("/incidents/1/act", {"act": "resume"}).status_code == 403
    assert lead.post("/incidents/1/act", {"act": "level", "severity": 3}).json()["severity"] == 3
    ended = lead.post("/incidents/1/act", {"act": "end"}).json()
    assert (ended["state"], ended["is_stopped"]) == ("ended", False)
    assert lead.post("/incidents/1/act", {"act": "stop"}).status_code == 409
    assert [one["number"] for one in program.get("/incidents").json()] == [1]
    assert program.get("/incidents?state=live").json() == []
    assert program.get("/incidents/9").status_code == 404


def test_cases_join_and_are_listed(program, lead, workspace):
    lead.post("/incidents", {"title": "Pier 7"})
    case, other = make_case("Pier seven?"), make_case("My bag")

    assert program.post(f"/incidents/1/cases/{case.id}").json()["cases"] == 1
    program.post(f"/incidents/1/cases/{other.id}")
    assert program("DELETE", f"/incidents/1/cases/{other.id}").json()["cases"] == 1

    incident = queries.incident_by_number(workspace.id, 1)
    listed = program.get(f"/cases?queue=all&incident={incident.id}").json()
    assert [one["id"] for one in listed["items"]] == [str(case.id)]
    assert program.post(f"/incidents/1/cases/{uuid4()}").status_code == 404


def test_the_log_and_the_statement(program, lead, admin, workspace):
    lead.post("/incidents", {"title": "Pier 7"})
    added = program.post("/incidents/1/log", {"kind": "no_go", "text": "No names"})
    assert added.status_code == 201
    assert program.get("/incidents/1/log").json()[0]["text"] == "No names"
    assert program.post("/incidents/1/log", {"text": " "}).status_code == 422

    text = lead.post("/incidents/1/statements", {"text": "We are sorry."}).json()
    path = f"/statements/{text['id']}/signature"
    signature = {"part": "words", "digest": text["digest"]}
    assert lead.post(path, signature).status_code == 409
    assert admin.post(path, {**signature, "digest": "x"}).status_code == 409
    assert admin.post(path, signature).status_code == 200
    assert admin.post(path, {**signature, "part": "facts"}).json()["state"] == "approved"
    assert program.get("/incidents/1/statements").json()[0]["version"] == 1
    assert admin.post(f"/statements/{uuid4()}/signature", signature).status_code == 404


def test_a_proposal_is_opened_with_its_own_words(lead, workspace):
    from tests.web.test_incidents import proposed

    proposed(workspace)

    assert lead.post("/incidents/1/act", {"act": "dismiss"}).json()["state"] == "dismissed"
    assert lead.post("/incidents/1/act", {"act": "bring_back"}).json()["state"] == "proposed"
    opened = lead.post("/incidents/1/act", {"act": "open"}).json()
    assert (opened["title"], opened["state"]) == ("pier, seven", "live")
    assert services.stop_switch(queries.incident_by_number(workspace.id, 1)) is None
