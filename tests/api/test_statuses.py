"""The status board for programs."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.conftest import program_of
from tests.characters import _member
from tests.factories import make_case

LATE = {
    "headline": "Flight NW 482 delayed until 14:10",
    "public_text": "NW 482 leaves at 14:10.",
    "replies": {"en": "Your flight NW 482 leaves at 14:10, we are sorry."},
    "entities": ["NW 482"],
}


@pytest.fixture
def lead(workspace):
    return program_of(workspace, _member(workspace, "Lea Lund", "lead", "LL"))


def test_an_update_is_written_published_corrected_and_withdrawn(program, lead, workspace):
    case, _bag, _refund = make_case("NW482?"), make_case("My bag?"), make_case("A refund?")
    made = lead.post("/status-updates", LATE)
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    path = f"/status-updates/{made.json()['id']}"
    assert program.get("/status-updates").json() == []
    assert lead.get(f"{path}/preview").json() == {
        "matched": 1, "of": 3, "case_ids": [str(case.id)],
    }  # fmt: skip

    assert program.post(f"{path}/publish", {}).status_code == 403
    assert lead.post(f"{path}/publish", {}).json()["cases"] == 1
    assert lead.post(f"{path}/publish", {}).status_code == 409
    assert [one["is_live"] for one in program.get("/status-updates").json()] == [True]
    assert program.get(f"{path}/cases").json()[0]["named"] == ["NW 482"]

    new = {"headline": "Delayed until 15:30", "replies": {"en": "At 15:30 it leaves, sorry."}}
    corrected = lead.post(f"{path}/correct", new).json()
    assert (corrected["version"], corrected["corrected_at"] is not None) == (2, True)
    assert lead.post(f"{path}/withdraw", {}).json()["state"] == "withdrawn"
    assert lead.post(f"{path}/correct", new).status_code == 409
    assert program.get("/status-updates").json() == []
    assert program.get("/status-updates?state=all").json()[0]["state"] == "withdrawn"
    assert lead.post(f"{path}/bring_back", {}).json()["is_live"]
    assert lead.post(f"{path}/explode", {}).status_code == 422


def test_one_about_nothing_is_refused_once_and_kept(lead, workspace):
    make_case("My bag?")
    made = lead.post("/status-updates", LATE).json()
    path = f"/status-updates/{made['id']}"

    refused = lead.post(f"{path}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "unusual_match")
    assert "0 of 1" in refused.json()["detail"]
    assert lead.get(path).json()["headline"] == LATE["headline"]
    assert lead.post(f"{path}/publish", {"is_sure": True}).json()["is_live"]


def test_a_draft_is_there_for_who_may_write_alone(lead, program, workspace):
    made = lead.post("/status-updates", LATE).json()
    for what in ("", "/preview", "/cases"):
        path = f"/status-updates/{made['id']}{what}"
        assert lead.get(path).status_code == 200
        assert program.get(path).status_code == 404


def test_of_two_programs_the_second_is_told(lead, workspace):
    made = lead.post("/status-updates", LATE).json()
    path = f"/status-updates/{made['id']}"
    old = {"seen": made["stamp"]}
    assert lead.post(f"{path}/publish", {"is_sure": True, "seen": "1.9"}).status_code == 409
    assert lead.post(f"{path}/publish", {"is_sure": True, **old}).status_code == 200
    first = lead.post(f"{path}/correct", {"headline": "Until 15:30", **old}).json()
    assert lead.post(f"{path}/correct", {"headline": "Until 14:20", **old}).status_code == 409
    again = {"headline": "Until 16:00", "seen": first["stamp"]}
    assert lead.post(f"{path}/correct", again).status_code == 200


@pytest.mark.parametrize(
    "until",
    ["2099-01-01T10:00:00", "9999-12-31T23:59:59-11:00", "2020-01-01T00:00:00Z", "soon", 1e18],
)
def test_a_time_has_a_zone_and_is_near(lead, workspace, until):
    assert lead.post("/status-updates", LATE | {"valid_until": until}).status_code == 422
    assert lead.get("/status-updates?state=all").status_code == 200


@pytest.mark.parametrize(
    "raw", [b'"\\ud800 late"', b'"\\u0000late"', b'"' + b"x" * 201 + b'"', b"null"]
)
def test_odd_characters_are_kept_as_they_can_be_or_refused(lead, workspace, raw):
    answer = lead.post("/status-updates", b'{"headline": ' + raw + b"}")
    assert answer.status_code in {201, 422}
    assert lead.get("/status-updates?state=all").status_code == 200


def test_what_cannot_be_kept_is_said(lead, program, workspace):
    assert lead.post("/status-updates", LATE | {"entities": ["--"]}).status_code == 422
    assert lead.post("/status-updates", LATE | {"headline": " "}).status_code == 422
    assert program.post("/status-updates", LATE).status_code == 403
    for path in (f"/status-updates/{uuid4()}", f"/status-updates/{uuid4()}/cases"):
        assert program.get(path).status_code == 404
    assert lead.post(f"/status-updates/{uuid4()}/publish", {}).status_code == 404
