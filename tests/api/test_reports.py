"""The reports for programs: the same figures as on the page."""

from __future__ import annotations

import pytest

from hearwell.reports.overview.report import overview
from hearwell.reports.rolling.cube import Span
from hearwell.reports.services import recompute
from tests.domain.reports.test_overview import MONDAY
from tests.domain.reports.test_response_report import by_hand
from tests.exchange import Exchange

WHEN = f"first={MONDAY}&last={MONDAY}"


@pytest.fixture
def house(workspace, frozen):
    made = Exchange(workspace.id)
    by_hand(made)
    frozen.shift(48 * 3600)
    recompute(workspace.id)
    return made


def test_the_figures_of_a_period(program, workspace, house):
    told = program.get(f"/reports/service?{WHEN}").json()
    report = overview(workspace, Span(MONDAY, MONDAY))
    assert {one["key"]: (one["value"], one["n"]) for one in told["figures"]} == {
        one.key: (one.value, one.n) for one in report.figures
    }
    (line,) = told["by_channel"]
    assert (line["label"], line["n"], line["waiting"]) == ("northwind", 4, 1)
    assert sum(hour["answered"] for hour in told["by_hour"]) == 2
    alone = program.get(f"/reports/service?{WHEN}&channel_id={line['key']}").json()
    assert "promise_answer" not in {one["key"] for one in alone["figures"]}


def test_every_method_and_periods_that_are_none(program, house):
    told = program.get(f"/reports/methods?{WHEN}").json()
    assert [(one["method"], one["needs_reply"], one["answered"]) for one in told][:2] == [
        ("hearwell", 4, 2),
        ("simply-measured", 5, 3),
    ]
    for wrong in ("first=2026-03-02&last=2026-03-01", "first=0001-01-01", "last=9999-12-31"):
        assert program.get(f"/reports/service?{wrong}").status_code == 422
        assert program.get(f"/reports/methods?{wrong}").status_code == 422
