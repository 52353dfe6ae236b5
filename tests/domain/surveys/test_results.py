"""What came of a survey, counted by hand on a few answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from hearwell.sla.models import Clock
from hearwell.surveys.models import Question, Survey
from hearwell.surveys.results import Results, results_of
from hearwell.surveys.rules import FAST, NEVER, SLOW, Status
from tests.domain.surveys.conftest import Solving

DAY = timedelta(days=1)


@pytest.fixture
def asked(solving: Solving) -> Any:
    """Make asked questions, all of one delivered message, with what was answered."""
    survey = Survey.objects.create(
        workspace_id=solving.workspace.id, name="A", by_id=solving.alice.id, items=["csat", "buy"]
    )
    solving.asked()
    sent, old = Delivery.objects.get(), Question.objects.get()
    old.delete()

    def ask(network: str = "email", *, wall_s: int | None = None, **answers: int) -> Question:
        key, at = uuid7(), now()
        one = Question.objects.create(
            id=key, workspace_id=solving.workspace.id, case_id=old.case_id, network=network,
            channel_id=old.channel_id, closed_at=at + timedelta(microseconds=key.int % 10**6),
            due_at=at, asked_at=at, survey_id=survey.id, answers=answers, times=1,
            status=Status.RATED if answers else Status.ASKED,
        )  # fmt: skip
        Delivery.objects.create(
            **{f.attname: getattr(sent, f.attname) for f in Delivery._meta.concrete_fields}
            | {"id": uuid7(), "key": key, "remote_id": str(key)}
        )
        Clock.objects.filter(case_id=old.case_id, kind="answer").update(
            met_at=at if wall_s is not None else None, wall_s=wall_s
        )
        return one

    return ask


def found(workspace, **more) -> Results:
    return results_of(workspace.id, now() - DAY, now() + DAY, **more)


def test_nothing_asked_is_nothing_and_no_zero(workspace):
    none = found(workspace)
    assert (none.total, none.response.n, none.response.value) == ([], 0, None)
    assert [one.share.value for one in none.buys] == [None, None]


def test_scores_add_up_by_network_and_month(workspace, asked):
    for network, csat in [("email", 5), ("email", 4), ("email", 2), ("webchat", 1)]:
        asked(network, csat=csat)
    asked("webchat")
    Question.objects.filter(answers={"csat": 5}).update(times=3)
    Delivery.objects.filter(key=asked().id).update(state="failed")  # it has reached nobody
    all_of = found(workspace)
    (csat,) = all_of.total
    assert (csat.score.n, csat.score.value) == (4, 0.5)
    assert all_of.asked["email"].n == 3
    assert (all_of.response.right, all_of.response.n) == (4, 5)
    assert all_of.again == 1
    by_network = {name: rows[0].answers for name, rows in all_of.by_network}
    assert by_network == {"email": {5: 1, 4: 1, 2: 1}, "webchat": {1: 1}}
    assert sum(sum(rows[0].answers.values()) for _, rows in all_of.by_month) == 4
    assert [name for name, _ in all_of.by_month] == ["2026-03"]


def test_one_survey_and_one_period_alone(workspace, asked):
    asked(csat=5)
    one = Survey.objects.get()
    assert found(workspace, survey_id=one.id).total
    assert not found(workspace, survey_id=uuid7()).total
    assert not results_of(workspace.id, now() + DAY, now() + 2 * DAY).total


def test_satisfied_and_others_who_is_likelier_to_buy(workspace, asked):
    for csat, buy in [(5, 5), (5, 4), (4, 3), (3, 4), (1, 1), (2, 2)]:
        asked(csat=csat, buy=buy)
    asked(csat=5)  # said nothing of buying
    satisfied, others = found(workspace).buys
    assert (satisfied.share.right, satisfied.share.n) == (2, 3)
    assert (others.share.right, others.share.n) == (1, 3)


def test_fast_slow_and_not_at_all(workspace, asked):
    asked(wall_s=600, recommend=3)
    assert _groups(workspace) == {FAST: (1, 1), SLOW: (0, 0), NEVER: (0, 0)}
    asked(wall_s=7200, recommend=1)  # all are of one case: its clock counts for both
    assert _groups(workspace) == {FAST: (0, 0), SLOW: (1, 2), NEVER: (0, 0)}
    asked(recommend=2)
    assert _groups(workspace) == {FAST: (0, 0), SLOW: (0, 0), NEVER: (1, 3)}


def _groups(workspace) -> dict[str, tuple[int, int]]:
    ((item, groups),) = found(workspace).recommends
    assert item.key == "recommend"
    return {one.key: (one.share.right, one.share.n) for one in groups}


def test_another_desks_answers_are_not_ours(workspace, other_workspace, asked):
    asked(csat=5)
    with scope(other_workspace.id):
        assert not found(other_workspace).total
        assert not found(workspace).total
