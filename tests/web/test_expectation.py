"""The study of expectations: begun, answered by both sides, held against what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.sla.models import Clock, Policy
from hearwell.sla.services.promises import ensure_defaults
from hearwell.surveys.models import Study, StudyAnswer
from hearwell.surveys.rules import Side
from hearwell.surveys.services import StudyLink, begin_study, set_closed, study_link_of
from tests.factories import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(workspace, alice) -> Study:
    return begin_study(workspace.id, "2026", by=alice)


def address(one: Study, side: Side = Side.CUSTOMERS, study_id=None) -> str:
    link = StudyLink(one.workspace_id, study_id or one.id, side)
    return "/study/" + study_link_of(link).split("/study/")[1]


def test_an_owner_begins_closes_and_opens_and_nobody_else(owner, agent):
    assert agent.post("/expectation/begin/", {"name": "x"}).status_code == 403
    assert owner.post("/expectation/begin/", {"name": " "}).status_code == 302
    assert not Study.objects.exists()
    owner.post("/expectation/begin/", {"name": "2026 <b>"})
    one = Study.objects.get()
    page = owner.get("/expectation/").content.decode()
    assert "2026 &lt;b&gt;" in page
    assert "/study/" in page
    assert "Begin a wave" not in agent.get("/expectation/").content.decode()
    where = f"/expectation/{one.id}/close/"
    assert agent.post(where).status_code == 403
    owner.post(where)
    assert Client().get(address(one)).status_code == 410
    owner.post(where, {"do": "open"})
    assert Client().get(address(one)).status_code == 200
    assert owner.post(f"/expectation/{uuid7()}/close/").status_code == 404


def test_a_customer_answers_anywhere_and_the_last_answer_stands(study):
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(address(study))
    assert "frame-ancestors *" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert b"<script" not in page.content
    given = {"wait": "1", "motives": ["1", "3"]}
    assert b"the last answer stands" in visitor.post(address(study), given).content
    again = visitor.post(address(study), {"wait": "2"})
    assert b"taken the place" in again.content
    assert list(StudyAnswer.objects.values_list("answers", "times")) == [({"wait": [2]}, 2)]
    Client().post(address(study), given)
    assert StudyAnswer.objects.count() == 2
    assert visitor.post(address(study), {"wait": "9"}).status_code == 422


def test_the_team_is_known_by_its_sign_in_and_named_nowhere(study, agent, bob):
    for wait in ("3", "4"):
        agent.post(address(study, Side.TEAM), {"wait": wait})
    agent.cookies.pop("hw_voice", None)
    agent.post(address(study, Side.TEAM), {"wait": "4"})
    one = StudyAnswer.objects.get()
    assert (one.side, one.answers, one.times) == ("team", {"wait": [4]}, 3)
    assert str(bob.id) not in one.voice
    assert "How soon do you think customers expect" in (
        agent.get(address(study, Side.TEAM)).content.decode()
    )


def test_closed_unknown_and_broken_links_are_alike(study, workspace, alice):
    set_closed(workspace.id, study.id, is_closed=True, by=alice)
    broken = address(study)[:-6] + "/"
    for where in (address(study), address(study, study_id=uuid7()), broken):
        for answer in (Client().get(where), Client().post(where, {"wait": "1"})):
            assert answer.status_code == 410
            assert b"You need do nothing" in answer.content
    assert not StudyAnswer.objects.exists()


def _delivered(workspace, wall_s: int | None, *, days: int = 5) -> None:
    at = now() - timedelta(days=days)
    Clock.objects.create(
        workspace_id=workspace.id, case_id=make_case().id, kind="answer", started_at=at,
        started_by=uuid7(), urgency=1, due_at=at, policy=Policy.objects.filter(
            workspace_id=workspace.id)[0], policy_version=1, wall_s=wall_s,
        state="running" if wall_s is None else "met",
        met_at=None if wall_s is None else at + timedelta(seconds=wall_s),
    )  # fmt: skip


def test_expectation_belief_and_delivery_stand_side_by_side(study, workspace, owner, budget):
    ensure_defaults(workspace)
    for wall_s in (600, 3600, None, None):
        _delivered(workspace, wall_s)
    _delivered(workspace, 60, days=0)  # too young to count
    for side, waits in ((Side.CUSTOMERS, (1, 2, 4, 4)), (Side.TEAM, (3, 3))):
        for wait in waits:
            Client().post(address(study, side), {"wait": str(wait), "motives": "1"})
    with budget(15):
        page = owner.get("/expectation/").content.decode()
    assert "n = 4 messages" in page
    # At once 1 of 4, within hours 2 of 4, at all 2 of 4: (0.25 + 0.5 + 0.5 + 0.5) / 4.
    assert "<b>43.8 %</b>" in page
    assert "n = 132" in page
    table = owner.get("/expectation/?format=csv").content.decode().splitlines()
    ladder = [line.split(",") for line in table if ",ladder," in line]
    assert [(row[3], row[4], row[5], row[6]) for row in ladder] == [
        ("0.25", "4", "0.25", "4"), ("0.5", "4", "0.5", "4"), ("0.5", "4", "0.5", "4"),
    ]  # fmt: skip
    believed = [line.split(",") for line in table if ",believed," in line]
    assert [(row[5], row[6]) for row in believed] == [("0.0", "2"), ("0.0", "2"), ("1.0", "2")]


def test_waves_are_compared_and_an_empty_one_says_so(study, workspace, alice, viewer):
    Client().post(address(study), {"wait": "1"})
    begin_study(workspace.id, "2027", by=alice)
    page = viewer.get("/expectation/").content.decode()
    assert "nobody yet" in page
    assert "Nothing to reckon yet" in page  # never "none" of messages, which would be a nought
    assert page.index('<th scope="col"><bdi>2026') < page.index('<th scope="col"><bdi>2027')


def test_another_desks_waves_are_not_there(owner, other_workspace):
    with scope(other_workspace.id):
        theirs = Study.objects.create(workspace_id=other_workspace.id, name="T", by_id=uuid7())
    assert "There was no wave yet" in owner.get("/expectation/").content.decode()
    assert owner.post(f"/expectation/{theirs.id}/close/").status_code == 404
