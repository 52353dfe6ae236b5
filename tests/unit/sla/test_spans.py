"""What messages ask for, what replies meet, and the clocks of a finished exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.sla.rules import Asked, Replied, clocks_for, clocks_met, spans

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minute):
    return NOON + timedelta(minutes=minute)


def ask(minute, **more):
    return Asked(at(minute), UUID(int=minute), **more)


def reply(minute, **more):
    return Replied(at(minute), UUID(int=1000 + minute), **more)


def told(found):
    def minute(moment):
        return int((moment - NOON).total_seconds() // 60)

    return [
        (span.kind.value, minute(span.asked.at), span.reply and minute(span.reply.at))
        for span in found
    ]


@pytest.mark.parametrize(
    ("duty", "is_thanks", "kinds"),
    [
        ("answer", False, ["first_reply", "answer"]),
        ("acknowledge", False, ["first_reply"]),
        ("acknowledge", True, []),
        ("answer", True, []),
        ("none", False, []),
    ],
)
def test_what_a_message_asks_for(duty, is_thanks, kinds):
    assert list(clocks_for(duty, is_thanks=is_thanks)) == kinds


@pytest.mark.parametrize(
    ("is_holding", "is_automatic", "kinds"),
    [
        (False, False, ["first_reply", "answer"]),
        (True, False, ["first_reply"]),
        (False, True, []),
        (True, True, []),
    ],
)
def test_what_a_reply_meets(is_holding, is_automatic, kinds):
    assert list(clocks_met(is_holding=is_holding, is_automatic=is_automatic)) == kinds


def test_oldest_not_latest():
    """ZoomSphere counts from the latest, 8 h; Zendesk from the oldest, 32 h. So do we."""
    found = spans([ask(0), ask(24 * 60)], [reply(32 * 60)])
    assert told(found) == [("first_reply", 0, 32 * 60), ("answer", 0, 32 * 60)]


def test_a_holding_reply_acknowledges_and_the_answer_goes_on():
    found = spans([ask(0)], [reply(5, is_holding=True), reply(60)])
    assert told(found) == [("first_reply", 0, 5), ("answer", 0, 60)]


def test_each_turn_has_its_answer():
    found = spans([ask(0), ask(3), ask(20)], [reply(10), reply(25)])
    assert told(found) == [("first_reply", 0, 10), ("answer", 0, 10), ("answer", 20, 25)]


def test_what_was_never_answered_is_one_clock():
    assert told(spans([ask(0), ask(9)], [])) == [("first_reply", 0, None), ("answer", 0, None)]


def test_our_own_word_before_theirs_answers_nothing():
    assert told(spans([ask(10)], [reply(0)])) == [("first_reply", 10, None), ("answer", 10, None)]


def test_praise_then_a_question():
    found = spans([ask(0, needs_answer=False), ask(5)], [reply(7)])
    assert told(found) == [("first_reply", 0, 7), ("answer", 5, 7)]


def test_nobody_asked():
    assert spans([], [reply(1)]) == []


MINUTES = st.lists(st.integers(0, 500), max_size=12, unique=True)


@given(MINUTES, MINUTES)
def test_every_question_lies_in_one_answer_span(asked, replied):
    asks, replies = [ask(m) for m in asked], [reply(m) for m in replied]
    answers = [span for span in spans(asks, replies) if span.kind == "answer"]
    for question in asks:
        covering = [
            span
            for span in answers
            if span.asked.at <= question.at and (span.reply is None or question.at <= span.reply.at)
        ]
        assert len(covering) == 1
    assert all(span.reply is None or span.reply.at >= span.asked.at for span in answers)
