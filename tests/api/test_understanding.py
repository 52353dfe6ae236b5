"""Labels, accuracy, bands and topics through the API."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.events.models import Event
from hearwell.inbox.intake import take_in
from hearwell.triage.models import Lesson, Topic
from tests.factories import make_channel, make_item

pytestmark = pytest.mark.usefixtures("small_shipped")


@pytest.fixture
def message(workspace, frozen):
    (message,) = take_in(make_channel(), [make_item("Where is my bag?")])
    return message


def test_a_label_is_learned_and_told(program, message):
    said = {"message_id": str(message.id), "field": "kind", "value": "praise"}
    assert program.post("/triage/labels", said).status_code == 204

    told = program.get("/triage/labels").json()
    assert {one["head"]: one["label"] for one in told["items"]} == {
        "kind": "praise",
        "duty": "acknowledge",
    }
    assert told["next_before"] is None
    first = program.get("/triage/labels?limit=1").json()
    assert (first["items"][0]["number"], first["next_before"]) == (2, 2)
    heads = {one["head"]: one for one in program.get("/triage/accuracy").json()}
    assert heads["kind"]["share"]["n"] == 1
    assert heads["kind"]["bands"]["pass"] == {"right": 0, "n": 0, "low": None, "high": None}


@pytest.mark.parametrize(
    ("field", "value", "head", "label"),
    [
        ("sentiment", "positive", "sentiment", "positive"),
        ("urgency", "4", "urgent", "yes"),
        ("urgency", "0", "urgent", "no"),
        ("thanks", "yes", "thanks", "yes"),
    ],
)
def test_all_that_is_judged_can_be_put_right_and_undone(
    program, message, field, value, head, label
):
    before = program.get(f"/cases/{message.case_id}/verdict").json()
    said = {"message_id": str(message.id), "field": field, "value": value}
    assert program.post("/triage/labels", said).status_code == 204

    told = program.get("/triage/labels").json()["items"]
    assert {one["head"]: one["label"] for one in told}[head] == label
    assert field in program.get(f"/cases/{message.case_id}/verdict").json()["spoken"]
    heads = {one["head"] for one in program.get("/triage/accuracy").json()}
    assert head in heads
    events = Event.objects.filter(name="MessageCorrected").values_list("payload", flat=True)
    assert [(one["field"], one["value"]) for one in events] == [(field, value)]

    undo = f"/triage/labels/{message.id}"
    assert program("DELETE", undo).status_code == 204
    after = program.get(f"/cases/{message.case_id}/verdict").json()
    for name in ("kind", "duty", "sentiment", "urgency", "is_thanks"):
        assert after[name] == before[name]


def test_where_nothing_was_said_nothing_is_undone(program, message):
    assert program("DELETE", f"/triage/labels/{message.id}").status_code == 404
    assert program("DELETE", f"/triage/labels/{uuid4()}").status_code == 404


def test_what_is_no_label_is_refused(program, message):
    said = {"message_id": str(message.id), "field": "kind", "value": "nonsense"}
    assert program.post("/triage/labels", said).status_code == 422
    assert program.post("/triage/labels", {**said, "field": "engine"}).status_code == 422
    for field, value in (("sentiment", "angry"), ("urgency", "9"), ("thanks", "perhaps")):
        wrong = {**said, "field": field, "value": value}
        assert program.post("/triage/labels", wrong).status_code == 422
    unknown = {**said, "message_id": str(uuid4()), "value": "praise"}
    assert program.post("/triage/labels", unknown).status_code == 404
    assert not Lesson.objects.exists()


def test_bands_are_chosen(owners_program, workspace):
    wanted = {"may_quiet": False, "miss_budget": 0.01, "sure": {"duty": 0.9}}
    told = owners_program("PUT", "/triage/bands", wanted).json()
    assert (told["may_quiet"], told["sure"], told["missing"]) == (False, {"duty": 0.9}, 200)
    assert owners_program.get("/triage/bands").json() == told
    assert owners_program("PUT", "/triage/bands", {**wanted, "miss_budget": 0.5}).status_code == 422


def test_topics_come_and_go(owners_program, workspace):
    made = owners_program.post("/topics", {"name": "Bags", "phrases": ["bag", "suitcase"]})
    assert made.status_code == 201, made.content
    where = f"/topics/{made.json()['id']}"
    assert owners_program.post("/topics", {"name": "bags"}).status_code == 422
    changed = owners_program("PUT", where, {"name": "Bags", "phrases": ["luggage"]}).json()
    assert changed["phrases"] == ["luggage"]
    assert owners_program.get("/topics").json() == [changed]
    assert owners_program("DELETE", where).status_code == 204
    assert owners_program("DELETE", where).status_code == 404
    assert not Topic.objects.exists()
