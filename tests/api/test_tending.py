"""Snooze, labels and kinds through the API: by the same rules as people."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.conversations.models import Case, CaseTag
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.triage.models import Correction
from hearwell.triage.rules import Kind
from tests.exchange import Exchange
from tests.factories import DUARTE, make_channel, make_item
from tests.unit.triage.engine.tiny import tiny_model

CEILING = 40


@pytest.fixture
def case(workspace, frozen):
    (message,) = take_in(make_channel(), [make_item("Where is my bag?", author=DUARTE)])
    return Case.objects.get(id=message.case_id)


def later(**delta):
    return {"until": (now() + timedelta(**delta)).isoformat()}


def test_a_case_is_put_away_and_brought_back(program, case):
    told = program.post(f"/cases/{case.id}/snooze", later(hours=3))
    assert told.status_code == 200, told.content
    assert (told.json()["status"], told.json()["snoozed_until"] is not None) == ("snoozed", True)
    assert program.post(f"/cases/{case.id}/wake").json()["status"] == "open"
    assert program.post(f"/cases/{case.id}/wake").json()["status"] == "open"


def test_what_a_model_thought_is_told_by_name(program, workspace, frozen, monkeypatch):
    model = tiny_model()
    monkeypatch.setattr("hearwell.triage.learning.mind.shipped_model", lambda: model)
    (message,) = take_in(make_channel(), [make_item("broken, call 0170 1234567", author=DUARTE)])

    told = program.get(f"/cases/{message.case_id}/verdict").json()

    assert (told["kind"], told["sentiment"], told["urgency"]) == ("complaint", "negative", 3)
    assert told["probabilities"]["kind"]["complaint"] > 0.5
    assert sum(told["probabilities"]["duty"].values()) == pytest.approx(1, abs=0.01)
    assert (told["personal"], told["engine"]) == (["phone"], "tiny-1")


def test_neither_into_the_past_nor_for_ever_nor_once_closed(program, case):
    for until in (later(hours=-1), later(days=91), {"until": "2026-03-02T12:00:00"}, {}):
        assert program.post(f"/cases/{case.id}/snooze", until).status_code == 422
    program.post(f"/cases/{case.id}/close", {"reason": "spam"})
    told = program.post(f"/cases/{case.id}/snooze", later(hours=1))
    assert (told.status_code, told.json()["code"]) == (409, "conflict")


def test_silence_is_not_solving_and_another_reason_says_why(program, case):
    told = program.post(f"/cases/{case.id}/close", {"reason": "solved"})
    assert (told.status_code, told.json()["code"]) == (422, "unanswered")
    assert "Nobody has answered" in told.json()["detail"]
    told = program.post(f"/cases/{case.id}/close", {"reason": "no_answer_needed"})
    assert told.json()["closed_reason"] == "no_answer_needed"


def test_labels_go_on_and_off(program, case):
    path = f"/cases/{case.id}/tags"
    assert program("PATCH", path, {"add": ["storm", "Bag\u0000"]}).json()["tags"] == [
        "Bag\u2400", "storm",
    ]  # fmt: skip
    told = program("PATCH", path, {"add": ["STORM"], "remove": ["bag\u2400", "never"]})
    assert told.json()["tags"] == ["storm"]
    assert program.get("/tags").json() == ["Bag\u2400", "storm"]
    for wrong in ({"add": [""]}, {"add": ["x" * 61]}, {"add": ["x"] * 21}):
        assert program("PATCH", path, wrong).status_code == 422


def test_a_kind_is_corrected_and_the_word_stays(program, case, bob):
    judged = program.get(f"/cases/{case.id}/verdict").json()
    assert (judged["kind"], judged["is_corrected"]) == ("question", False)
    assert judged["reasons"]
    told = program("PUT", f"/cases/{case.id}/kind", {"kind": "praise"})
    assert (told.json()["kind"], told.json()["duty"]) == ("praise", "acknowledge")
    assert program.get(f"/cases/{case.id}/verdict").json()["is_corrected"] is True
    assert Correction.objects.filter(user_id=bob.id, field="kind").count() == 1
    assert program("PUT", f"/cases/{case.id}/kind", {"kind": "weather"}).status_code == 422


def test_kinds_are_those_of_triage():
    from hearwell.api.v1 import tending

    assert set(tending.Kind.__args__) == {kind.value for kind in Kind}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "snooze", {"until": "2026-11-27T12:00:00Z"}),
        ("POST", "wake", None),
        ("PATCH", "tags", {"add": ["x"], "remove": ["y"]}),
        ("GET", "verdict", None),
        ("PUT", "kind", {"kind": "idea"}),
    ],
)
def test_foreign_is_absent(program, exchange, other_workspace, method, path, body):
    if path == "snooze":
        body = later(hours=2)
    with scope(other_workspace.id):
        foreign = Exchange(other_workspace.id).ask().case_id
    answers = [program(method, f"/cases/{key}/{path}", body) for key in (foreign, uuid4())]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not CaseTag.objects.filter(case_id=foreign).exists()
    with scope(other_workspace.id):
        assert Case.objects.get(id=foreign).status == "open"


def test_acts_stay_under_their_ceiling(program, case):
    program.get("/me")
    for method, path, body in (
        ("POST", "snooze", later(hours=3)),
        ("POST", "wake", None),
        ("PATCH", "tags", {"add": ["a", "b"], "remove": ["c"]}),
        ("GET", "verdict", None),
        ("PUT", "kind", {"kind": "idea"}),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert program(method, f"/cases/{case.id}/{path}", body).status_code == 200
        assert len(queries) <= CEILING, (path, len(queries))
