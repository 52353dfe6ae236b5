"""A customer's data, for programs."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

import pytest

from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Case, Status
from hearwell.kit.ids import uuid7
from hearwell.privacy import services
from tests.factories import make_case, make_channel


@pytest.fixture
def case(workspace, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = make_case()
    Case.objects.update(status=Status.CLOSED)
    return case


def test_export(owners_program, case):
    answer = owners_program.get(f"/contacts/{case.contact_id}/export")
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        told = json.loads(archive.read("customer.json"))
    assert told["about"]["contact_id"] == str(case.contact_id)
    assert told["tables"]["contacts_contact"][0]["name"] == "Lena Vik"


def test_hold_and_erase(owners_program, case, workspace):
    path = f"/contacts/{case.contact_id}"
    assert owners_program.get(f"{path}/privacy").json()["state"] == "kept"
    assert owners_program("PUT", f"{path}/hold", {"why": "Court"}).json()["state"] == "held"
    refused = owners_program.post(f"{path}/erase")
    assert (refused.status_code, refused.json()["code"]) == (409, "held")
    assert owners_program("DELETE", f"{path}/hold").json()["state"] == "kept"
    asked = owners_program.post(f"{path}/erase")
    assert (asked.status_code, asked.json()["state"]) == (202, "erasing")
    services.erase(workspace.id, case.contact_id)
    assert owners_program.get(f"{path}/privacy").json()["state"] == "erased"
    assert owners_program.post(f"{path}/erase").json()["code"] == "gone"


def test_not_for_everybody(program, owners_program, case, other_workspace):
    with scope(other_workspace.id):
        foreign = make_case("Ours", make_channel()).contact_id
    calls = (
        ("GET", "privacy", None), ("GET", "export", None), ("PUT", "hold", {"why": "x"}),
        ("DELETE", "hold", None), ("POST", "erase", None),
    )  # fmt: skip
    for method, act, body in calls:
        assert program(method, f"/contacts/{case.contact_id}/{act}", body).status_code == 403
        answers = [
            owners_program(method, f"/contacts/{one}/{act}", body) for one in (foreign, uuid7())
        ]
        assert [a.status_code for a in answers] == [404, 404]
        assert answers[0].content == answers[1].content
