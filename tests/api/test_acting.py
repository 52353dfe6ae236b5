"""Acting through the API: once each, by the same rules as people."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow
from hearwell.api.models import Remembered
from hearwell.api.services import forget_keys
from hearwell.conversations.models import Case, Message
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from tests.api.conftest import program_of
from tests.exchange import Exchange, minutes

CEILING = 45
"""A reply checks the case, the channel, the outbox and the audit; none of it grows with data."""


@pytest.fixture
def case(exchange):
    return Case.objects.get(id=exchange.ask(by="lena").case_id)


class TestReply:
    def test_it_is_queued_with_the_members_initials(self, program, case):
        answer = program.reply(case)
        assert answer.status_code == 202, answer.content
        told = answer.json()
        delivery = Delivery.objects.get()
        assert (told["id"], told["state"]) == (str(delivery.id), "queued")
        assert told["text"].endswith("^BB")
        assert program.get(f"/deliveries/{delivery.id}").json() == told
        assert AuditRow.objects.filter(action="reply.queued").count() == 1

    def test_the_same_key_gives_the_same_answer_and_one_reply(self, program, case):
        first = program.reply(case, key="k1")
        again = program.reply(case, key="k1")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first
        assert Delivery.objects.count() == 1

    def test_the_key_is_bound_to_the_request(self, program, case):
        program.reply(case, key="k1")
        other = program.reply(case, "Something else.", key="k1")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert Delivery.objects.count() == 1

    def test_a_refusal_is_kept_as_well(self, program, case):
        first = program.reply(case, key="k1", seen_version=case.version - 1)
        assert (first.status_code, first.json()["code"]) == (409, "conflict")
        again = program.reply(case, key="k1", seen_version=case.version - 1)
        assert again.content == first.content
        assert again["Idempotency-Replayed"] == "true"

    def test_an_error_of_ours_is_kept_and_nothing_was_done(self, program, case, monkeypatch):
        from hearwell.api.v1 import acting

        def half_done(reply, by):
            Case.objects.filter(id=case.id).update(title="half done")
            raise RuntimeError

        with monkeypatch.context() as broken:
            broken.setattr(acting, "send_reply", half_done)
            first = program.reply(case, key="k1")
        assert (first.status_code, first.json()["code"]) == (500, "internal")
        assert Case.objects.get(id=case.id).title != "half done"
        assert program.reply(case, key="k1").status_code == 500
        assert program.reply(case, key="k2").status_code == 202

    @pytest.mark.parametrize(
        ("key", "code"), [("", "idempotency_key_missing"), ("x" * 256, "idempotency_key_too_long")]
    )
    def test_a_key_is_needed(self, program, case, key, code):
        headers = {"idempotency-key": key} if key else {}
        body = {"text": "x", "audience": "public", "seen_version": case.version}
        answer = program.post(f"/cases/{case.id}/replies", body, **headers)
        assert (answer.status_code, answer.json()["code"]) == (400, code)

    def test_a_bad_form_is_refused_and_its_key_stays_free(self, program, case):
        bad = program.post(f"/cases/{case.id}/replies", {"text": ""}, **{"idempotency-key": "k1"})
        assert (bad.status_code, bad.json()["code"]) == (422, "invalid")
        assert program.reply(case, key="k1").status_code == 202

    @pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b"null"])
    def test_what_is_no_json_is_refused(self, program, case, body):
        answer = program(
            "POST", f"/cases/{case.id}/replies", body, **{"idempotency-key": str(uuid4())}
        )
        assert answer.status_code in {400, 422}
        assert answer["Content-Type"] == "application/problem+json"

    def test_a_zero_byte_in_the_text_is_replaced(self, program, case):
        told = program.reply(case, "a\u0000b \ud83d").json()
        assert told["text"].startswith("a\u2400b \ufffd")

    def test_a_newer_message_stops_it_until_confirmed(self, program, case, exchange):
        newer = exchange.ask(at=case.last_message_at + minutes(1))
        stopped = program.reply(case)
        assert (stopped.status_code, stopped.json()["code"]) == (409, "conflict")
        assert str(newer.id) in stopped.json()["newer_message_ids"]
        assert Delivery.objects.count() == 0
        assert program.reply(case, confirm=True).status_code == 202

    def test_somebody_elses_claim_stops_it(self, program, owners_program, case, alice):
        owners_program.post(f"/cases/{case.id}/claim")
        stopped = program.reply(case)
        assert (stopped.status_code, stopped.json()["code"]) == (409, "taken")
        assert stopped.json()["user_id"] == str(alice.id)

    def test_too_long_for_the_network_is_told_before_anything_leaves(self, program, case):
        answer = program.reply(case, "long " * 2000)
        assert (answer.status_code, answer.json()["code"]) == (422, "cannot_send")
        assert answer.json()["problems"][0]["code"]

    def test_another_members_key_is_another_key(self, program, owners_program, case):
        assert program.reply(case, key="k1").status_code == 202
        other = owners_program.reply(case, "Mine.", key="k1", confirm=True)
        assert other.status_code == 202
        assert Delivery.objects.count() == 2

    def test_it_stays_under_its_ceiling(self, program, case):
        program.get("/me")
        with CaptureQueriesContext(connection) as queries:
            assert program.reply(case).status_code == 202
        assert len(queries) <= CEILING, [query["sql"][:100] for query in queries]


class TestKeys:
    def test_they_are_kept_a_day_and_forgotten_after_two(self, program, case, frozen):
        program.reply(case, key="k1")
        frozen.shift(24 * 3600 + 1)
        assert forget_keys() == 0
        assert program.reply(case, key="k1")["Idempotency-Replayed"] == "true"
        frozen.shift(24 * 3600)
        assert forget_keys() == 1
        assert Remembered.objects.count() == 0


class TestNotes:
    def test_a_note_is_for_the_team(self, program, case):
        told = program.post(f"/cases/{case.id}/notes", {"text": "She called, too."})
        assert told.status_code == 201
        assert (told.json()["audience"], told.json()["kind"]) == ("team", "note")
        assert told.json()["author_name"] == "Bob Brown"

    def test_a_key_makes_it_one(self, program, case):
        for _ in range(3):
            program.post(f"/cases/{case.id}/notes", {"text": "x"}, **{"idempotency-key": "n1"})
        assert Message.objects.filter(kind="note").count() == 1

    def test_blank_is_refused(self, program, case):
        assert program.post(f"/cases/{case.id}/notes", {"text": "  "}).status_code == 422


class TestWork:
    def test_claim_and_let_go(self, program, owners_program, case, bob):
        claimed = program.post(f"/cases/{case.id}/claim")
        assert (claimed.status_code, claimed.json()["user_id"]) == (200, str(bob.id))
        lost = owners_program.post(f"/cases/{case.id}/claim")
        assert (lost.status_code, lost.json()["code"]) == (409, "taken")
        assert "Bob Brown" in lost.json()["detail"]
        assert program("DELETE", f"/cases/{case.id}/claim").status_code == 204
        assert owners_program.post(f"/cases/{case.id}/claim").status_code == 200

    def test_assign(self, program, case, alice):
        told = program("PUT", f"/cases/{case.id}/assignee", {"user_id": str(alice.id)})
        assert told.json()["assignee_id"] == str(alice.id)
        told = program("PUT", f"/cases/{case.id}/assignee", {"user_id": None})
        assert told.json()["assignee_id"] is None

    def test_a_stranger_cannot_be_given_a_case(self, program, case, charlie):
        told = program("PUT", f"/cases/{case.id}/assignee", {"user_id": str(charlie.id)})
        assert (told.status_code, told.json()["code"]) == (422, "not_a_member")

    def test_close_and_reopen(self, program, case):
        told = program.post(f"/cases/{case.id}/close", {"reason": "no_answer_needed"})
        assert (told.json()["status"], told.json()["closed_reason"]) == (
            "closed",
            "no_answer_needed",
        )
        clocks = program.get(f"/cases/{case.id}").json()["clocks"]
        assert {clock["state"] for clock in clocks} == {"cancelled"}
        assert program.post(f"/cases/{case.id}/reopen").json()["status"] == "open"

    def test_a_reason_is_one_of_ours(self, program, case):
        told = program.post(f"/cases/{case.id}/close", {"reason": "bored"})
        assert told.status_code == 422
        assert "solved" in told.json()["detail"]

    def test_it_is_not_closed_over_a_newer_message(self, program, case, exchange):
        exchange.ask(at=case.last_message_at + minutes(1))
        body = {"reason": "no_answer_needed", "expected_version": case.version}
        told = program.post(f"/cases/{case.id}/close", body)
        assert (told.status_code, told.json()["code"]) == (409, "conflict")
        assert Case.objects.get(id=case.id).status == "open"


@pytest.mark.django_db(transaction=True)
def test_the_same_key_twice_at_once_is_one_note():
    from tests import characters

    workspace = characters._workspace("Northwind Air", "northwind")
    with scope(workspace.id):
        bob = characters._member(workspace, "Bob Brown", "agent", "BB")
        case_id = Exchange(workspace.id).ask().case_id
    program, start, answers = program_of(workspace, bob), threading.Barrier(2), []

    def press():
        start.wait(10)
        path, body = f"/cases/{case_id}/notes", {"text": "once"}
        answers.append(program.post(path, body, **{"idempotency-key": "n1"}))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 1
    with scope(workspace.id):
        assert Message.objects.filter(kind="note").count() == 1


class TestGuard:
    def test_a_warning_tells_what_overrides_it(self, program, case):
        text = "Sent to lena.vik@mail.example."
        told = program.reply(case, text)
        assert (told.status_code, told.json()["code"]) == (409, "guard")
        (finding,) = told.json()["findings"]
        assert (finding["check"], finding["level"]) == ("email", "warn")
        assert "lena.vik@mail.example" in finding["what"]
        sent = program.reply(case, text, overrides=[finding["token"]])
        assert sent.status_code == 202
        assert AuditRow.objects.get(action="reply.overridden").after == {"checks": "email"}

    def test_what_is_blocked_stays_blocked(self, program, case):
        told = program.reply(case, "Card 4111 1111 1111 1111", confirm=True)
        assert (told.status_code, told.json()["code"]) == (422, "guard")
        token = told.json()["findings"][0]["token"]
        again = program.reply(case, "Card 4111 1111 1111 1111", overrides=[token])
        assert again.status_code == 422
        assert not Delivery.objects.exists()
