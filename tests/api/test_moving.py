"""Merge, split and undo for programs: by the same rules as people."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.conversations.models import Case, Conversation
from hearwell.kit.clock import now
from tests.factories import DUARTE, make_channel, make_item, receive


@pytest.fixture
def pair(exchange):
    one = Case.objects.get(id=exchange.ask(by="lena").case_id)
    item = make_item("Where is my bag?", author=DUARTE, occurred_at=now())
    (message,) = receive(make_channel(), [item])
    return one, Case.objects.get(id=message.case_id)


def test_a_case_is_merged_split_and_taken_back(program, pair):
    one, two = pair
    body = {"into_case_id": str(one.id), "why": "Same bag", "expected_version": two.version}
    merged = program.post(f"/cases/{two.id}/merge", body)
    assert merged.status_code == 200, merged.content
    move = merged.json()
    assert (move["kind"], move["why"], move["undone_at"]) == ("merge", "Same bag", None)
    assert program.get(f"/cases/{two.id}").json()["merged_into_id"] == str(one.id)
    assert len(program.get(f"/cases/{one.id}").json()["conversations"]) == 2

    off = program.post(f"/cases/{one.id}/split", {"conversation_ids": move["conversation_ids"]})
    assert Conversation.objects.get(case_id=off.json()["to_case_id"])
    assert program.post(f"/moves/{move['id']}/undo").json()["code"] == "cannot_move"
    for made in (off.json(), move):
        undone = program.post(f"/moves/{made['id']}/undo")
        assert undone.json()["undone_at"]
    assert [m["id"] for m in program.get(f"/cases/{two.id}/moves").json()] == [move["id"]]
    assert AuditRow.objects.filter(action__in=["case.merged", "case.split"]).count() == 2


def test_the_same_key_merges_once(program, pair):
    one, two = pair
    made = [
        program.post(
            f"/cases/{two.id}/merge", {"into_case_id": str(one.id)}, **{"idempotency-key": "m1"}
        )
        for _n in range(2)
    ]
    assert made[0].content == made[1].content


def test_refusals_say_why(program, pair):
    one, two = pair
    stale = {"into_case_id": str(one.id), "expected_version": two.version + 1}
    answer = program.post(f"/cases/{two.id}/merge", stale)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    itself = program.post(f"/cases/{one.id}/merge", {"into_case_id": str(one.id)})
    assert (itself.status_code, itself.json()["code"]) == (422, "cannot_move")
    for path, body in (
        (f"/cases/{uuid4()}/merge", {"into_case_id": str(one.id)}),
        (f"/cases/{one.id}/merge", {"into_case_id": str(uuid4())}),
        (f"/moves/{uuid4()}/undo", {}),
    ):
        assert program.post(path, body).status_code == 404
    assert program.get(f"/cases/{uuid4()}/related").status_code == 404


def test_related_cases_come_with_the_reason(program, exchange):
    channel = make_channel()
    ids = []
    for number in range(2):
        item = make_item("NW-4F7K2", author=DUARTE, thread_key=f"t{number}", occurred_at=now())
        ids.append(str(receive(channel, [item])[0].case_id))
    assert program.get(f"/cases/{ids[0]}/related").json() == [
        {"case_id": ids[1], "why": "person", "what": ""}
    ]
