"""Scheduled reports for programs: listed, ordered, paused and removed, each with its rights."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.scheduledreports.models import Order

pytestmark = pytest.mark.django_db
WISH = {"kind": "service", "cadence": "weekly", "on_day": 1, "hour": 7}
AT = "/scheduled-reports"


def test_a_program_orders_pauses_and_removes(owners_program, program, alice, bob):
    both = {**WISH, "reader_ids": [str(alice.id), str(bob.id)], "has_csv": True}
    made = owners_program.post(AT, both)
    assert made.status_code == 201
    told = made.json()
    assert (told["reader_ids"], told["failed"], told["sent_at"]) == (both["reader_ids"], 0, None)
    assert told["next_at"]
    assert [one["id"] for one in program.get(AT).json()] == [told["id"]]
    path = f"{AT}/{told['id']}"
    assert program.post(f"{path}/pause").status_code == 404
    assert owners_program.post(f"{path}/pause").json()["next_at"] is None
    assert owners_program.post(f"{path}/resume").json()["is_paused"] is False
    assert program("DELETE", path).status_code == 404
    assert owners_program("DELETE", path).status_code == 204
    assert owners_program.get(AT).json() == []
    assert owners_program("DELETE", path).status_code == 404


def test_what_cannot_be_is_refused_in_words(program, alice):
    own = program.post(AT, WISH).json()
    assert own["reader_ids"] != [str(alice.id)]
    refused = program.post(AT, {**WISH, "reader_ids": [str(alice.id)]})
    assert (refused.status_code, refused.json()["field"]) == (422, "reader_ids")
    for wrong in ({"hour": 24}, {"kind": "x"}, {"on_day": 9}, {"kind": "league"}):
        assert program.post(AT, {**WISH, **wrong}).status_code == 422
    assert program.post(f"{AT}/{uuid4()}/pause").status_code == 404
    assert Order.objects.count() == 1
