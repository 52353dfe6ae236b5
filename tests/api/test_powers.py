"""Approving and giving through the API: by the same rules as on the screen."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.conversations.models import Case
from hearwell.outbound.models import Delivery
from hearwell.powers.models import Grant
from hearwell.powers.rules import Conditions
from hearwell.powers.services import add_review_rule
from tests.api.conftest import program_of
from tests.characters import _member


@pytest.fixture
def case(exchange):
    return Case.objects.get(id=exchange.ask(by="lena").case_id)


@pytest.fixture
def lead(workspace):
    return program_of(workspace, _member(workspace, "Lea Lund", "lead", "LL"))


def test_a_reply_waits_and_is_approved_as_it_was_read(program, lead, case, workspace, alice, bob):
    add_review_rule(workspace.id, Conditions(user_id=bob.id), by=alice)
    assert program.reply(case).json()["state"] == "approval"
    (waiting,) = lead.get("/approvals").json()
    assert waiting["reasons"] == [{"user_id": str(bob.id)}]
    path = f"/deliveries/{waiting['delivery']['id']}/decision"
    assert program.post(path, {"decision": "approve"}).status_code == 403
    wrong = lead.post(path, {"decision": "approve", "digest": "0" * 64})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "changed")
    told = {name: waiting[name] for name in ("digest", "lane_version")}
    assert lead.post(path, {"decision": "approve", **told}).json()["state"] == "queued"
    again = lead.post(path, {"decision": "approve", **told})
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")


def test_a_reply_is_returned_with_a_remark(program, lead, case, workspace, alice, bob):
    add_review_rule(workspace.id, Conditions(user_id=bob.id), by=alice)
    path = f"/deliveries/{program.reply(case).json()['id']}/decision"
    assert lead.post(path, {"decision": "return"}).json()["code"] == "remarkless"
    told = lead.post(path, {"decision": "return", "remark": "Say when."}).json()
    assert told["state"] == "cancelled"
    assert Delivery.objects.get().state == "cancelled"


def test_giving_once_and_deciding_what_is_above(program, lead, case):
    gift, key = {"amount_minor": 4000, "reason": "delay"}, {"idempotency-key": str(uuid4())}
    first = program.post(f"/cases/{case.id}/grants", gift, **key)
    assert (first.status_code, first.json()["state"]) == (201, "waiting")
    assert program.post(f"/cases/{case.id}/grants", gift, **key).json() == first.json()
    assert Grant.objects.count() == 1
    path = f"/grants/{first.json()['id']}/decision"
    assert program.post(path, {"decision": "approve"}).status_code == 403
    assert lead.post(path, {"decision": "approve"}).json()["state"] == "granted"
    assert lead.post(path, {"decision": "refuse"}).status_code == 409
    (listed,) = program.get(f"/cases/{case.id}/grants").json()
    assert (listed["amount_minor"], listed["currency"]) == (4000, "EUR")


def test_what_makes_no_sense_is_not_given(program, case):
    path, key = f"/cases/{case.id}/grants", {"idempotency-key": str(uuid4())}
    assert program.post(path, {"amount_minor": 0, "reason": "delay"}, **key).status_code == 422
    other = {"idempotency-key": str(uuid4())}
    told = program.post(path, {"amount_minor": 5, "reason": "other"}, **other)
    assert (told.status_code, told.json()["code"]) == (422, "not_given")
    assert program.get(f"/cases/{uuid4()}/grants").status_code == 404
