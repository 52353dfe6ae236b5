"""The service report by hand, and that every total is that of every other report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hearwell.conversations import services as conversations
from hearwell.conversations.events import CaseClosed
from hearwell.kit.clock import now
from hearwell.reports.beside import methods_beside
from hearwell.reports.facts import record_answers, record_resolutions
from hearwell.reports.models import NeedFact
from hearwell.reports.overview.figure import EMPTY, FEW
from hearwell.reports.overview.report import CHANGED, NEVER, overview
from hearwell.reports.queries import response_report
from hearwell.reports.relation import Period
from hearwell.reports.rolling.cube import Slice, Span
from hearwell.reports.services import BadCostError, recompute, set_cost
from hearwell.reports.study.methods import ALL
from hearwell.sla.events import ClockMet
from tests.domain.reports.test_facts import told
from tests.domain.reports.test_response_report import DAY, by_hand
from tests.exchange import Exchange

MONDAY = date(2026, 3, 2)
HERE = Span(MONDAY, MONDAY)


@pytest.fixture
def house(workspace, frozen):
    made = Exchange(workspace.id)
    by_hand(made)
    frozen.shift(48 * 3600)
    record_answers(told(made.workspace_id, ClockMet))
    recompute(made.workspace_id)
    return made


def test_every_figure_by_hand(house, workspace):
    """Four ask: answered after 5 min, 2 h, 25 h; one waits, for 59 h by now."""
    found = {one.key: (one.value, one.n) for one in overview(workspace, HERE).figures}
    assert found == {
        "response_rate": (0.5, 4),
        "within_1h": (0.25, 4),
        "response_median": (3750, 2),
        "response_p90": (pytest.approx(300 + 0.9 * 6900), 2),
        "acknowledged_median": (7200, 3),
        "answer_median": (7200, 3),
        "answer_mean": (32_500, 3),
        "next_median": (None, 0),
        "native_share": (0, 3),
        "waiting": (1, 4),
        "all_median": (7200, 4),
        "seen_unanswered": (0, 1),
        "promise_first_reply": (0.25, 4),
        "promise_answer": (0.5, 4),
        "promise_resolution": (None, 0),
        "resolution_median": (None, 0),
        "reopened": (None, 0),
        "stayed_solved": (None, 0),
        "first_contact": (None, 0),
        "without_handoff": (None, 0),
        "one_handoff": (None, 0),
        "more_handoffs": (None, 0),
        "handle_time": (None, 0),
        "personal_share": (0, 2),
        "named_share": (0, 2),
        "granted_cases": (None, 0),
        "grants": (None, 0),
        "cost": (None, 0),
    }


def test_each_figure_says_how_it_was_counted_and_what_it_is_worth(house, workspace):
    report = overview(workspace, HERE)
    assert all(one.method and one.title for one in report.figures)
    assert report.figure("response_rate").caveat == FEW
    empty = overview(workspace, Span(MONDAY - timedelta(days=9), MONDAY - timedelta(days=8)))
    assert {one.value for one in empty.figures} == {None}
    assert empty.figure("response_rate").caveat == EMPTY
    assert all(not lines for lines in empty.lines.values())


def test_what_must_be_said_of_a_period(workspace, house):
    workspace.time_zone = "Europe/Berlin"
    workspace.save()
    recompute(workspace.id)
    notes = overview(workspace, Span(date(2026, 3, 28), date(2026, 3, 30))).notes
    assert CHANGED in notes
    assert CHANGED not in overview(workspace, HERE).notes


def test_before_the_first_count_it_says_so(workspace, frozen):
    report = overview(workspace, HERE)
    assert NEVER in report.notes
    assert report.figure("response_rate").caveat == EMPTY


def test_closed_without_an_answer_was_seen(house, workspace, alice):
    silent = NeedFact.objects.get(wait_s=None)
    conversations.close(silent.case_id, "no_answer_needed", alice.id)
    record_resolutions(told(workspace.id, CaseClosed))
    recompute(workspace.id)
    report = overview(workspace, HERE)
    seen = report.figure("seen_unanswered")
    assert (seen.value, seen.n) == (1, 1)
    closed = overview(workspace, Span(now().date(), now().date()))
    stayed = closed.figure("stayed_solved")
    assert (stayed.value, stayed.n) == (None, 0)


def test_an_hour_has_its_price(house, workspace, alice, owner_of):
    for wrong in (("x", "EUR", "40"), ("30", "€", "40"), ("30", "EUR", "0"), ("30", "EUR", "-1")):
        with pytest.raises(BadCostError):
            set_cost(owner_of, *wrong)
    set_cost(owner_of, "30", "eur", "14")
    for fact in NeedFact.objects.filter(wait_s__lt=80_000):
        conversations.close(fact.case_id, "solved", alice.id)
    record_resolutions(told(workspace.id, CaseClosed))
    recompute(workspace.id)
    cost = overview(workspace, Span(now().date(), now().date())).figure("cost")
    assert (cost.value, cost.n, cost.currency) == (3000, 2, "EUR")  # 2 hours of 30 for 2 cases


@pytest.fixture
def owner_of(workspace, alice):
    from hearwell.accounts.models import Membership

    return Membership.objects.select_related("user").get(workspace_id=workspace.id, user=alice)


def test_every_total_is_that_of_every_other(house, workspace):
    """Overview, its tables, its hours, the response report and the methods beside each other."""
    other = Exchange(house.workspace_id, handle="northwind_help")
    by_hand(other)
    recompute(workspace.id)
    span = Span(MONDAY, date(2026, 3, 9))
    period = Period(DAY.starts_at, datetime(2026, 3, 10, tzinfo=UTC))
    report, said = overview(workspace, span), response_report(workspace.id, period)
    beside = {one.method.name: one for one in methods_beside(workspace.id, period)}
    n = report.figure("response_rate").n
    answered = round(n * report.figure("response_rate").value)
    assert (said.total.needs_reply, said.total.answered) == (n, answered)
    assert beside["hearwell"].figures == said.total
    assert said.total.first_response_s.median == report.figure("response_median").value
    assert said.total.waiting == report.figure("waiting").value
    for lines in report.lines.values():
        assert sum(line.n for line in lines) == n
        assert sum(line.waiting for line in lines) == said.total.waiting
        assert sum(line.of_issues for line in lines) == pytest.approx(1)
    assert (sum(h.n for h in report.hours), sum(h.answered for h in report.hours)) == (n, answered)
    by_channel = {line.key: (line.n, line.waiting) for line in report.lines["channel_id"]}
    assert by_channel == {
        one.channel_id: (one.figures.needs_reply, one.figures.waiting) for one in said.by_channel
    }
    for line in report.lines["channel_id"]:
        alone = overview(workspace, span, Slice(channel_id=line.key))
        assert alone.figure("response_rate").n == line.n
        assert alone.figure("acknowledged_median").value == line.acknowledged_s
    promise = report.figure("promise_answer")
    assert promise.n == next(
        one.met + one.breached for one in said.attainment if one.kind == "answer"
    )


def test_every_method_beside_the_others_says_what_it_says_alone(house, workspace):
    for one in methods_beside(workspace.id, DAY):
        assert one.figures == response_report(workspace.id, DAY, one.method.name).total, one
        assert one.why
    assert [one.method for one in methods_beside(workspace.id, DAY)] == list(ALL)


def test_both_are_a_handful_of_statements(house, workspace, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        overview(workspace, HERE)
    with django_assert_max_num_queries(3):
        methods_beside(workspace.id, DAY)
