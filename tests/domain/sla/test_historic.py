"""Clocks of imported cases, reckoned from the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearwell.conversations.models import Case
from hearwell.events.models import Event
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.sla.queries import explain_clock
from tests.exchange import PRAISE, minutes

THEN = datetime(2017, 10, 31, 22, 10, tzinfo=UTC)


def outcome(case_id):
    rows = Clock.objects.filter(case_id=case_id).order_by("started_at", "-kind")
    return [(clock.kind, clock.state, clock.wall_s) for clock in rows]


def imported(exchange, items, verdict=None):
    fresh = exchange.take(items, **({"verdict": verdict} if verdict else {}), historic=True)
    return fresh[0].case_id


def test_an_answered_case_is_met_at_its_recorded_time(exchange):
    case_id = imported(
        exchange,
        [
            exchange.item(at=THEN),
            exchange.item(at=THEN + minutes(10), is_echo=True, by="northwind"),
        ],
    )
    assert sla.close_historic(exchange.workspace_id, [case_id]) == 2
    assert outcome(case_id) == [("first_reply", "met", 600), ("answer", "met", 600)]


def test_a_late_one_is_missed_and_a_silent_one_unanswered(exchange):
    late = imported(
        exchange,
        [
            exchange.item("late", at=THEN),
            exchange.item("late", at=THEN + timedelta(days=2), is_echo=True, by="northwind"),
        ],
    )
    silent = imported(exchange, [exchange.item("silent", at=THEN)])
    sla.close_historic(exchange.workspace_id, [late, silent])
    assert {state for _, state, _ in outcome(late)} == {"missed"}
    assert outcome(silent) == [("first_reply", "unanswered", None), ("answer", "unanswered", None)]


def test_a_dialogue_has_an_answer_clock_for_each_turn(exchange):
    def at(number):
        return THEN + minutes(number)

    case_id = imported(
        exchange,
        [
            exchange.item(at=at(0)),
            exchange.item(at=at(5)),
            exchange.item(at=at(20), is_echo=True, by="northwind"),
            exchange.item(at=at(30)),
            exchange.item(at=at(31), is_echo=True, by="northwind"),
        ],
    )
    sla.close_historic(exchange.workspace_id, [case_id])
    assert outcome(case_id) == [
        ("first_reply", "met", 1200),
        ("answer", "met", 1200),
        ("answer", "met", 60),
    ]


def test_praise_is_acknowledged_only(exchange):
    case_id = imported(exchange, [exchange.item(at=THEN)], PRAISE)
    sla.close_historic(exchange.workspace_id, [case_id])
    assert outcome(case_id) == [("first_reply", "unanswered", None)]


def test_it_never_falls_due_and_tells_nobody(exchange, frozen):
    case_id = imported(exchange, [exchange.item(at=THEN)])
    sla.close_historic(exchange.workspace_id, [case_id])
    assert sla.sweep_breaches() == 0
    assert Case.objects.get(id=case_id).due_at is None
    assert not Event.objects.filter(name__startswith="Clock").exists()


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_the_order_of_arrival_and_repeats_make_no_difference(exchange, order):
    items = [
        exchange.item(at=THEN, remote_id="a"),
        exchange.item(at=THEN + minutes(10), remote_id="b", is_echo=True, by="northwind"),
        exchange.item(at=THEN + minutes(15), remote_id="c"),
    ]
    for place in [*order, *order]:
        exchange.take([items[place]], historic=True)
        case_id = Case.objects.get().id
        sla.close_historic(exchange.workspace_id, [case_id])
    assert outcome(case_id) == [
        ("first_reply", "met", 600),
        ("answer", "met", 600),
        ("answer", "unanswered", None),
    ]


def test_a_whole_channel_at_once(exchange):
    for thread in ("a", "b"):
        imported(exchange, [exchange.item(thread, at=THEN)])
    assert sla.close_historic(exchange.workspace_id, channel_id=exchange.channel.id) == 4


def test_the_explanation_says_that_times_were_recorded(exchange):
    case_id = imported(
        exchange,
        [exchange.item(at=THEN), exchange.item(at=THEN + minutes(1), is_echo=True, by="northwind")],
    )
    sla.close_historic(exchange.workspace_id, [case_id])
    lines = explain_clock(Clock.objects.filter(kind="answer").get().id).lines
    assert [(line.what, line.why) for line in lines] == [
        ("started", "recorded_times"),
        ("met", "recorded_times"),
    ]


def test_no_message_is_worth_a_statement_of_its_own(
    exchange, workspace, django_assert_max_num_queries
):
    sla.ensure_defaults(workspace)
    items = [exchange.item(f"t{n}", at=THEN) for n in range(200)]
    exchange.take(items, historic=True)
    cases = list(Case.objects.values_list("id", flat=True))
    with django_assert_max_num_queries(8):
        sla.close_historic(exchange.workspace_id, cases)
