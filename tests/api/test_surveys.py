"""Surveys by the API: what there is, what came of it, and what cannot be asked for."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.surveys.models import Question, Survey
from hearwell.surveys.rules import Status
from tests.factories import make_case


def _asked(workspace, answers: dict[str, int]) -> Survey:
    one = Survey.objects.create(
        workspace_id=workspace.id, name="A", by_id=uuid7(), items=["csat", "nps"], state="on"
    )
    case = make_case()
    Question.objects.create(
        workspace_id=workspace.id, case_id=case.id, channel_id=case.channel_id, network="email",
        closed_at=now(), due_at=now(), asked_at=now(), survey_id=one.id, status=Status.RATED,
        answers=answers, times=1,
    )  # fmt: skip
    return one


def _period(**more: str) -> str:
    start, end = now() - timedelta(days=1), now() + timedelta(days=1)
    return urlencode({"starts_at": start.isoformat(), "ends_at": end.isoformat(), **more})


def test_figures_come_with_n_formula_and_interval(program, workspace):
    one = _asked(workspace, {"csat": 5, "nps": 3})
    (listed,) = program.get("/surveys").json()
    assert (listed["id"], listed["state"]) == (str(one.id), "on")
    found = program.get(f"/surveys/results?{_period(survey_id=str(one.id))}").json()
    csat, nps = found["total"]
    assert (csat["question"], csat["formula"], csat["n"], csat["value"]) == ("csat", "share", 1, 1)
    assert 0 < csat["low"] < csat["high"] <= 1
    assert (nps["value"], nps["answers"], nps["low"]) == (-100, {"3": 1}, None)
    assert [row["share"] for row in found["buys"]] == [None, None]


def test_what_cannot_be_asked_for_is_said(program):
    bad = "/surveys/results?starts_at=2026-03-02T00:00:00&ends_at=2026-03-03T00:00:00Z"
    assert program.get(bad).status_code == 422
    backwards = "/surveys/results?starts_at=2026-03-03T00:00:00Z&ends_at=2026-03-02T00:00:00Z"
    assert program.get(backwards).status_code == 422
    assert program.get(f"/surveys/results?{_period(survey_id=str(uuid7()))}").status_code == 404
