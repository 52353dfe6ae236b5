"""Graded replies, scores and agreement, as programs of leads read them."""

from __future__ import annotations

import pytest

from hearwell.quality import services
from hearwell.quality.models import Sample
from hearwell.quality.rules import CRITERIA
from tests.domain.quality.conftest import alices, planned, wrote  # noqa: F401  fixtures

SPAN = "since=2026-03-01T00:00:00Z&until=2026-03-09T00:00:00Z"


@pytest.fixture
def graded(workspace, planned, wrote, alice, alices) -> Sample:  # noqa: F811
    wrote(3)
    services.draw_now(workspace.id, by=alice)
    Sample.objects.update(wanted=1)
    sample = Sample.objects.order_by("id").first()
    services.grade(sample.id, dict.fromkeys(CRITERIA, "yes"), "Kind.", by=alices)
    return sample


def test_a_lead_reads_what_was_graded(owners_program, graded, bob):
    (told,) = owners_program.get(f"/quality/reviews?{SPAN}").json()
    assert (told["id"], told["agent_id"]) == (str(graded.id), str(bob.id))
    assert told["grades"][0]["score"] == 1
    assert told["grades"][0]["note"] == "Kind."
    assert owners_program.get(f"/quality/reviews?{SPAN}&agent_id={graded.id}").json() == []

    scores = owners_program.get(f"/quality/scores?{SPAN}").json()
    assert scores["random"] == {"n": 1, "mean": None, "low": None, "high": None}
    assert scores["criteria"]["tone"]["yes"] == 1
    assert scores["agreement"]["trust"] == "too_few"
    assert set(scores["agreement_by_criterion"]) == set(CRITERIA)


def test_agents_do_not(program, graded):
    for what in ("reviews", "scores"):
        assert program.get(f"/quality/{what}?{SPAN}").status_code == 403


@pytest.mark.parametrize(
    "span", ["", "since=2026-03-09T00:00:00Z&until=2026-03-01T00:00:00Z", "since=x&until=y"]
)
def test_a_span_is_asked_for(owners_program, span):
    assert owners_program.get(f"/quality/reviews?{span}").status_code == 422
