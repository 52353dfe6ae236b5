"""Calls through the API: noted once, waiting like any other, wrong ones said at their field."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Membership
from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Case, Message
from tests.api.conftest import program_of

CALL = {"id": "pbx-1", "direction": "in", "number": "+351 912 345 678", "outcome": "callback"}


def test_who_asks_to_be_called_waits_like_any_other(program, workspace):
    told = program.post("/calls", CALL | {"name": "Lena Vik", "notes": "About her bag"})
    assert told.status_code == 201, told.content
    case = Case.objects.get()
    assert told.json() == {"case_id": str(case.id), "is_new": True}
    assert (case.network, case.turn) == ("phone", "ours")
    assert case.waiting_since is not None
    assert program.post("/calls", CALL).json()["is_new"] is False
    assert Message.objects.count() == 1


def test_a_call_in_vain_to_nobody_we_know_has_no_case(program, workspace):
    told = program.post("/calls", CALL | {"direction": "out", "outcome": "not_reached"})
    assert told.json() == {"case_id": None, "is_new": False}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"number": "12"}, "number"), ({"recording_url": "x"}, "recording_url"),
     ({"started_at": "2999-01-01T00:00:00Z"}, "started_at")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(program, workspace, wrong, word):
    told = program.post("/calls", CALL | wrong)
    assert (told.status_code, told.json()["code"]) == (422, "invalid")
    assert word in told.json()["detail"]
    assert not Message.objects.exists()


def test_a_hidden_number_has_its_case_too(program, workspace):
    told = program.post("/calls", CALL | {"number": "withheld"}).json()
    assert told == {"case_id": str(Case.objects.get().id), "is_new": True}


def test_a_call_of_the_same_id_in_another_workspace_is_another_call(
    program, workspace, other_workspace, charlie
):
    with scope(other_workspace.id):
        Membership.objects.create(user=charlie, workspace=other_workspace, role="agent")
        elsewhere = program_of(other_workspace, charlie)
        theirs = elsewhere.post("/calls", CALL).json()
    ours = program.post("/calls", CALL).json()
    assert (theirs["is_new"], ours["is_new"]) == (True, True)
    assert ours["case_id"] == str(Case.objects.get().id) != theirs["case_id"]


@pytest.mark.parametrize(
    "wrong",
    [{"id": ""}, {"id": "x" * 201}, {"notes": "x" * 20_001},
     {"duration_s": 86_401}, {"duration_s": -1}, {"started_at": "2026-03-02T09:30:00"},
     {"started_at": "0001-01-01T00:00:00Z"}, {"direction": "sideways"}, {"number": "1" * 200}],
)  # fmt: skip
def test_what_no_call_can_be_is_refused(program, workspace, wrong):
    assert program.post("/calls", CALL | wrong).status_code == 422
    assert not Message.objects.exists()
