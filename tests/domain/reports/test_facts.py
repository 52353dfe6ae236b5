"""Facts: written once for each thing that happened, with all they are counted by."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from hearwell.conversations import services as conversations
from hearwell.events.models import Event
from hearwell.events.registry import handlers_of
from hearwell.reports import handlers
from hearwell.reports.facts import record_answers, record_resolutions
from hearwell.reports.models import AnswerFact, ResolutionFact
from hearwell.sla.events import ClockMet
from tests.exchange import minutes


def told(workspace_id, event):
    rows = Event.objects.filter(name=event.__name__).order_by("id")
    return [event.restored(workspace_id, row.payload) for row in rows]


def test_an_answer_leaves_one_fact_for_each_clock(exchange, bob):
    asked = exchange.ask()
    replied = exchange.reply(asked, at=asked.sent_at + minutes(7), author_user_id=bob.id)
    assert record_answers(told(exchange.workspace_id, ClockMet)) == 2
    first, answer = AnswerFact.objects.order_by("-is_first")
    assert (first.is_first, answer.is_first) == (True, False)
    for fact in (first, answer):
        assert (fact.asked_at, fact.answered_at) == (asked.sent_at, replied.sent_at)
        assert (fact.wall_s, fact.business_s) == (420, 420)
        assert (fact.channel_id, fact.network) == (exchange.channel.id, "pigeon")
        assert (fact.agent_id, fact.reply_id, fact.asked_by) == (bob.id, replied.id, asked.id)
        assert (fact.case_kind, fact.urgency) == ("question", 1)
        assert (fact.is_in_time, fact.sent_outside) == (True, False)


def test_telling_it_twice_writes_it_once(exchange):
    exchange.reply(exchange.ask())
    events = told(exchange.workspace_id, ClockMet)
    record_answers(events)
    assert record_answers(events) == 0
    assert AnswerFact.objects.count() == 2


def test_a_holding_reply_is_told_apart(exchange):
    exchange.reply(exchange.ask(), is_holding=True)
    record_answers(told(exchange.workspace_id, ClockMet))
    (fact,) = AnswerFact.objects.all()
    assert (fact.is_first, fact.is_holding) == (True, True)


def test_an_answer_in_the_network_is_told_apart(exchange, frozen):
    exchange.ask()
    frozen.shift(60)
    exchange.echo()
    record_answers(told(exchange.workspace_id, ClockMet))
    assert set(AnswerFact.objects.values_list("sent_outside", "agent_id")) == {(True, None)}


def test_many_events_take_four_statements(exchange, django_assert_num_queries):
    for number in range(5):
        exchange.reply(exchange.ask(f"t{number}"))
    events = told(exchange.workspace_id, ClockMet)
    with django_assert_num_queries(4):
        record_answers(events)


def test_closing_and_coming_back_are_facts(exchange, alice, frozen):
    from hearwell.conversations.events import CaseClosed, CaseReopened

    asked = exchange.ask()
    frozen.shift(600)
    conversations.close(asked.case_id, "solved", alice.id)
    closings = told(exchange.workspace_id, CaseClosed)
    assert record_resolutions(closings) == 1
    frozen.shift(60)
    conversations.reopen(asked.case_id, alice.id)
    assert record_resolutions(told(exchange.workspace_id, CaseReopened)) == 1
    assert record_resolutions(closings) == 0
    closed, back = ResolutionFact.objects.order_by("at")
    assert (closed.is_closing, closed.reason, closed.open_s) == (True, "solved", 600)
    assert (back.is_closing, back.open_s) == (False, None)


def test_the_handlers_are_registered():
    assert handlers.count_answers in handlers_of("ClockMet").values()
    assert handlers.count_closings in handlers_of("CaseClosed").values()
    assert handlers.count_returns in handlers_of("CaseReopened").values()


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_facts_cannot_be_altered(exchange, as_app_role, verb):
    exchange.reply(exchange.ask())
    record_answers(told(exchange.workspace_id, ClockMet))
    facts = AnswerFact.objects.all()
    alter = {
        "update": lambda: facts.update(wall_s=0),
        "delete": lambda: facts._raw_delete("default"),
    }
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        alter[verb]()
