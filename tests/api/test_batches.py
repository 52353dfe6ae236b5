"""Many cases in one act through the API: what was done, what was left and why, and the way back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Batch, Case
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from tests.exchange import Exchange, minutes

CEILING = 50
"""Statements of an act and its undo together, begin and end of both included."""
NO_ANSWER = {"kind": "close", "reason": "no_answer_needed"}


@pytest.fixture
def cases(exchange):
    ids = [exchange.ask(f"t{n}").case_id for n in range(3)]
    return [Case.objects.get(id=case_id) for case_id in ids]


def body(act, cases):
    return {"act": act, "cases": [{"id": str(c.id), "version": c.version} for c in cases]}


def ids(cases):
    return [str(case.id) for case in cases]


def left(answer):
    return {one["id"]: one["why"] for one in answer.json()["left"]}


class TestActs:
    def test_what_has_moved_is_left_and_named(self, program, exchange, cases):
        exchange.ask("t1", at=now() + minutes(1))
        answer = program.post("/batches", body(NO_ANSWER, cases))
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert sorted(told["done"]) == sorted(ids([cases[0], cases[2]]))
        assert left(answer) == {str(cases[1].id): "moved"}
        assert Case.objects.filter(status="closed").count() == 2

        undone = program.post(f"/batches/{told['id']}/undo")
        assert sorted(undone.json()["back"]) == sorted(told["done"])
        assert undone.json()["left"] == []
        assert Case.objects.filter(status="open").count() == 3
        again = program.post(f"/batches/{told['id']}/undo")
        assert (again.status_code, again.json()["code"]) == (409, "cannot_undo")

    def test_what_nobody_answered_is_not_solved(self, program, cases):
        answer = program.post("/batches", body({"kind": "close", "reason": "solved"}, cases))
        assert (answer.json()["id"], answer.json()["undo_until"]) == (None, None)
        assert left(answer) == dict.fromkeys(ids(cases), "unanswered")

    def test_the_undo_leaves_what_somebody_else_has_worked_on(
        self, program, owners_program, cases, alice
    ):
        until = (now() + timedelta(hours=3)).isoformat()
        done = program.post("/batches", body({"kind": "snooze", "until": until}, cases)).json()
        assert sorted(done["done"]) == sorted(ids(cases))
        owners_program.post(f"/cases/{cases[0].id}/close", {"reason": "spam"})
        undone = program.post(f"/batches/{done['id']}/undo").json()
        assert undone["left"] == [str(cases[0].id)]

    def test_claim_assign_and_label(self, program, cases, alice, bob):
        Case.objects.filter(id=cases[0].id).update(assignee_id=alice.id)
        taken = program.post("/batches", body({"kind": "claim"}, cases))
        assert left(taken) == {str(cases[0].id): "so_already"}
        given = {"kind": "assign", "user_id": str(alice.id)}
        assert len(program.post("/batches", body(given, cases)).json()["done"]) == 2
        tagged = program.post("/batches", body({"kind": "tag", "tag": "storm"}, cases)).json()
        assert len(tagged["done"]) == 3
        assert program.get(f"/cases/{cases[0].id}").json()["tags"] == ["storm"]
        program.post(f"/batches/{tagged['id']}/undo")
        assert program.get(f"/cases/{cases[0].id}").json()["tags"] == []

    def test_the_same_key_does_it_once(self, program, cases):
        answers = [
            program.post("/batches", body(NO_ANSWER, cases), **{"idempotency-key": "b1"})
            for _ in range(2)
        ]
        assert answers[0].content == answers[1].content
        assert Batch.objects.count() == 1


class TestRefusals:
    @pytest.mark.parametrize(
        "act",
        [
            {"kind": "dance"},
            {"kind": "close", "reason": "bored"},
            {"kind": "close", "reason": "not_about_us"},
            {"kind": "tag", "tag": ""},
            {"kind": "tag", "tag": "  "},
            {"kind": "snooze", "until": "2026-03-02T12:00:00"},
            {"kind": "snooze", "until": "2020-03-02T12:00:00Z"},
            {"kind": "assign"},
            {"kind": "assign", "user_id": str(uuid4())},
        ],
    )
    def test_what_makes_no_sense_is_refused_whole(self, program, cases, act):
        answer = program.post("/batches", body(act, cases))
        assert answer.status_code == 422, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert Batch.objects.count() == 0

    def test_neither_none_nor_too_many(self, program):
        assert program.post("/batches", {"act": NO_ANSWER, "cases": []}).status_code == 422
        many = [{"id": str(uuid4())} for _ in range(1001)]
        assert program.post("/batches", {"act": NO_ANSWER, "cases": many}).status_code == 422
        high = [{"id": str(uuid4()), "version": 2**31}]
        assert program.post("/batches", {"act": NO_ANSWER, "cases": high}).status_code == 422

    def test_a_foreign_case_is_left_like_an_absent_one(self, program, cases, other_workspace):
        with scope(other_workspace.id):
            foreign = Exchange(other_workspace.id).ask().case_id
        absent = uuid4()
        asked = [{"id": str(key)} for key in (foreign, absent)]
        for act in (NO_ANSWER, {"kind": "claim"}, {"kind": "tag", "tag": "storm"}):
            answer = program.post("/batches", {"act": act, "cases": asked})
            assert answer.json()["done"] == []
            assert left(answer) == {str(foreign): "not_found", str(absent): "not_found"}
        with scope(other_workspace.id):
            found = Case.objects.get(id=foreign)
            assert (found.status, found.assignee_id) == ("open", None)

    def test_only_who_did_it_undoes_it(self, program, owners_program, cases):
        done = program.post("/batches", body(NO_ANSWER, cases)).json()
        other = owners_program.post(f"/batches/{done['id']}/undo")
        absent = owners_program.post(f"/batches/{uuid4()}/undo")
        assert (other.status_code, other.content) == (409, absent.content)

    def test_a_viewer_does_nothing(self, program, cases, bob):
        Membership.objects.filter(user=bob).update(role="viewer")
        assert program.post("/batches", body(NO_ANSWER, cases)).status_code == 403


def test_more_cases_cost_no_more_statements(program, exchange):
    def cost(n):
        made = [exchange.ask(f"c{n}-{i}").case_id for i in range(n)]
        cases = list(Case.objects.filter(id__in=made))
        with CaptureQueriesContext(connection) as queries:
            done = program.post("/batches", body(NO_ANSWER, cases)).json()
            assert len(done["done"]) == n
            assert program.post(f"/batches/{done['id']}/undo").status_code == 200
        return len(queries)

    cost(1)
    few = cost(2)
    assert cost(12) == few <= CEILING
