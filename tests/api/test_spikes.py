"""Spikes for programs: read by all, decided by who may approve."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.spikes.models import Spike, State
from tests.api.conftest import program_of
from tests.characters import _member
from tests.factories import make_message
from tests.web.test_spikes import made


@pytest.fixture
def lead(workspace):
    return program_of(workspace, _member(workspace, "Lea Lund", "lead", "LL"))


def test_spikes_are_listed_and_read(program, workspace):
    first, second = made(workspace), made(workspace, kind="praise", state=State.DISMISSED)

    listed = program.get("/spikes").json()
    assert [one["id"] for one in listed] == [str(second.id), str(first.id)]
    assert [one["id"] for one in program.get("/spikes?state=proposed").json()] == [str(first.id)]
    assert program.get(f"/spikes?before={first.id}").json() == []
    told = program.get(f"/spikes/{first.id}").json()
    assert (told["count"], told["expected"], told["words"]) == (30, 2.5, ["down"])
    assert program.get(f"/spikes/{uuid4()}").status_code == 404
    assert program.get("/spikes?state=none").status_code == 422


def test_the_cases_of_a_spike_are_a_list_of_cases(program, workspace):
    spike = made(workspace)
    make_message("Something else")

    listed = program.get(f"/cases?queue=all&spike={spike.id}").json()

    assert [one["id"] for one in listed["items"]] == [str(spike.case_id)]


def test_a_lead_decides_and_an_agent_does_not(program, lead, workspace):
    spike = made(workspace)
    path = f"/spikes/{spike.id}/decision"

    assert program.post(path, {"state": "confirmed"}).status_code == 403
    assert lead.post(path, {"state": "confirmed"}).json()["state"] == "confirmed"
    assert lead.post(path, {"state": "proposed"}).json()["decided_by_id"] is None
    assert lead.post(f"/spikes/{uuid4()}/decision", {"state": "confirmed"}).status_code == 404
    assert Spike.objects.get().state == State.PROPOSED
