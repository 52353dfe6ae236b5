"""Clocks of live cases: what starts them, what meets them, what they are due for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.sla.queries import clocks_of, explain_clock, promises
from tests.exchange import ANSWER, CHATTER, PRAISE, THANKS, URGENT, minutes


def clocks(case_id, kind=None):
    rows = Clock.objects.filter(case_id=case_id).order_by("started_at", "kind")
    return list(rows.filter(kind=kind) if kind else rows)


def states(case_id):
    return [(clock.kind, clock.state) for clock in clocks(case_id)]


class TestStart:
    def test_a_question_starts_both_clocks_at_the_networks_time(self, exchange):
        asked = exchange.ask(at=now() - minutes(3))
        answer, first = clocks(asked.case_id)
        assert {answer.kind, first.kind} == {"answer", "first_reply"}
        assert first.started_at == answer.started_at == asked.sent_at
        assert first.due_at == asked.sent_at + timedelta(hours=1)
        assert answer.due_at == asked.sent_at + timedelta(hours=8)

    def test_an_urgent_one_is_due_sooner(self, exchange):
        asked = exchange.ask(verdict=URGENT)
        answer, first = clocks(asked.case_id)
        assert first.due_at == asked.sent_at + minutes(15)
        assert answer.due_at == asked.sent_at + timedelta(hours=2)

    @pytest.mark.parametrize("verdict", [THANKS, CHATTER])
    def test_thanks_and_chatter_start_nothing(self, exchange, verdict):
        asked = exchange.ask(verdict=verdict)
        assert clocks(asked.case_id) == []
        assert Case.objects.get(id=asked.case_id).due_at is None

    def test_thanks_after_an_answer_start_nothing_again(self, exchange, frozen):
        asked = exchange.ask()
        frozen.shift(60)
        exchange.reply(asked)
        frozen.shift(60)
        exchange.ask(verdict=THANKS)
        assert states(asked.case_id) == [("answer", "met"), ("first_reply", "met")]
        assert Case.objects.get(id=asked.case_id).turn != "ours"

    def test_praise_is_acknowledged_and_not_answered(self, exchange):
        asked = exchange.ask(verdict=PRAISE)
        assert states(asked.case_id) == [("first_reply", "running")]

    def test_the_case_is_due_when_its_next_clock_is(self, exchange):
        asked = exchange.ask()
        assert Case.objects.get(id=asked.case_id).due_at == asked.sent_at + timedelta(hours=1)

    def test_a_second_message_does_not_start_the_clock_anew(self, exchange, frozen):
        first = exchange.ask()
        frozen.shift(600)
        exchange.ask()
        assert [c.started_at for c in clocks(first.case_id)] == [first.sent_at] * 2

    def test_a_more_urgent_message_brings_the_due_time_forward(self, exchange, frozen):
        first = exchange.ask()
        frozen.shift(600)
        second = exchange.ask(verdict=URGENT)
        (answer,) = clocks(first.case_id, "answer")
        assert answer.started_at == first.sent_at
        assert answer.due_at == second.sent_at + timedelta(hours=2)
        assert [line.why for line in explain_clock(answer.id).lines] == [
            "oldest_unanswered",
            "more_urgent",
        ]

    def test_an_older_message_that_comes_late_takes_the_clock_back(self, exchange):
        exchange.ask(at=now())
        older = exchange.ask(at=now() - minutes(20))
        assert {c.started_at for c in clocks(older.case_id)} == {older.sent_at}
        assert {c.started_by for c in clocks(older.case_id)} == {older.id}

    def test_the_same_message_four_times_is_one_clock(self, exchange):
        item = exchange.item()
        for _ in range(4):
            exchange.take([item])
        (message,) = Clock.objects.values_list("started_by", flat=True).distinct()
        assert Clock.objects.count() == 2
        verdict = {message: ANSWER}
        case = Case.objects.get()
        again = [_Again(message, case.id, now())]
        assert sla.start_clocks(case.workspace_id, again, verdict) == []
        assert Clock.objects.count() == 2

    def test_a_batch_takes_the_same_statements_as_one_message(self, exchange):
        exchange.ask("before")

        def cost(threads):
            items = [exchange.item(thread) for thread in threads]
            fresh = _recorded(exchange, items)
            verdicts = {message.id: ANSWER for message in fresh}
            with CaptureQueriesContext(connection) as queries:
                sla.start_clocks(exchange.workspace_id, fresh, verdicts)
            return len(queries)

        one, many = cost(["a"]), cost([f"b{n}" for n in range(500)])
        assert one == many <= 8


class TestMeet:
    def test_an_answer_meets_both(self, exchange, frozen):
        asked = exchange.ask()
        replied = exchange.reply(asked, at=now() + minutes(7))
        for clock in clocks(asked.case_id):
            assert clock.state == "met"
            assert clock.met_at == replied.sent_at
            assert clock.wall_s == clock.business_s == 420
            assert clock.met_by == replied.id
        assert Case.objects.get(id=asked.case_id).due_at is None

    def test_a_holding_reply_meets_the_first_only(self, exchange):
        asked = exchange.ask()
        exchange.reply(asked, at=now() + minutes(7), is_holding=True)
        assert states(asked.case_id) == [("answer", "running"), ("first_reply", "met")]
        assert Case.objects.get(id=asked.case_id).due_at == asked.sent_at + timedelta(hours=8)

    def test_a_machines_reply_meets_neither(self, exchange):
        asked = exchange.ask()
        exchange.reply(asked, at=now() + minutes(1), is_automatic=True)
        assert {state for _, state in states(asked.case_id)} == {"running"}

    def test_a_late_answer_is_missed_and_says_by_how_much(self, exchange):
        asked = exchange.ask()
        exchange.reply(asked, at=now() + timedelta(hours=9))
        answer, first = clocks(asked.case_id)
        assert (answer.state, first.state) == ("missed", "missed")
        assert answer.breached_at == answer.due_at
        assert answer.wall_s == 9 * 3600

    def test_next_answer_counts_from_the_oldest_unanswered(self, exchange, frozen):
        """The thread of the metrics page: oldest, not latest."""
        asked = exchange.ask()
        frozen.shift(60)
        exchange.reply(asked)
        frozen.shift(60)
        second = exchange.ask()
        frozen.shift(3600)
        exchange.ask()
        frozen.shift(60)
        exchange.reply(second)
        assert [c.wall_s for c in clocks(asked.case_id, "answer")] == [60, 3660]
        assert len(clocks(asked.case_id, "first_reply")) == 1

    def test_a_message_after_the_replys_own_time_starts_the_next_clock(self, exchange, frozen):
        asked = exchange.ask()
        frozen.shift(600)
        later = exchange.ask()
        exchange.reply(asked, at=later.sent_at - minutes(1))
        before, after = clocks(asked.case_id, "answer")
        assert (before.state, before.wall_s) == ("met", 540)
        assert (after.state, after.started_by) == ("running", later.id)
        assert Case.objects.get(id=asked.case_id).due_at == later.sent_at + timedelta(hours=8)

    def test_answering_somebody_else_in_the_thread_meets_nothing_of_theirs(self, exchange, frozen):
        lena = exchange.ask(by="lena")
        frozen.shift(60)
        omar = exchange.ask(by="omar")
        frozen.shift(60)
        exchange.reply(omar)
        (answer,) = clocks(lena.case_id, "answer")
        assert (answer.state, answer.started_by) == ("running", lena.id)
        frozen.shift(60)
        exchange.reply(lena)
        (answer,) = clocks(lena.case_id, "answer")
        assert (answer.state, answer.wall_s) == ("met", 180)

    def test_when_the_oldest_is_answered_the_next_in_line_counts(self, exchange, frozen):
        lena = exchange.ask(by="lena")
        frozen.shift(60)
        omar = exchange.ask(by="omar")
        frozen.shift(60)
        exchange.reply(lena)
        done, running = clocks(lena.case_id, "answer")
        assert done.wall_s == 120
        assert (running.state, running.started_at) == ("running", omar.sent_at)

    def test_meeting_twice_changes_nothing(self, exchange):
        asked = exchange.ask()
        replied = exchange.reply(asked, at=now() + minutes(7))
        assert sla.meet(asked.case_id, now() + minutes(9), reply_id=replied.id) == []
        assert {c.wall_s for c in clocks(asked.case_id)} == {420}

    def test_an_answer_in_the_network_itself_meets_the_clock(self, exchange, frozen):
        asked = exchange.ask()
        frozen.shift(300)
        exchange.echo()
        assert {c.state for c in clocks(asked.case_id)} == {"met"}
        assert {c.wall_s for c in clocks(asked.case_id)} == {300}

    def test_it_does_so_when_it_arrives_before_the_question(self, exchange, frozen):
        asked_at = now()
        frozen.shift(300)
        exchange.echo()
        asked = exchange.ask(at=asked_at)
        assert states(asked.case_id) == [("answer", "met"), ("first_reply", "met")]
        assert {c.wall_s for c in clocks(asked.case_id)} == {300}
        assert Case.objects.get(id=asked.case_id).due_at is None

    def test_it_tells_who_asked_and_who_answered(self, exchange):
        asked = exchange.ask()
        replied = exchange.reply(asked, at=now() + minutes(7))
        told = list(Event.objects.filter(name="ClockMet").order_by("id"))
        assert len(told) == 2
        assert {e.payload["asked_by"] for e in told} == {str(asked.id)}
        assert {e.payload["reply_id"] for e in told} == {str(replied.id)}


class TestEnds:
    def test_closing_cancels_what_runs(self, exchange):
        asked = exchange.ask()
        assert sla.cancel(exchange.workspace_id, [asked.case_id]) == 2
        assert {state for _, state in states(asked.case_id)} == {"cancelled"}

    def test_closing_a_case_does_it_by_event(self, exchange, alice):
        from hearwell.conversations.events import CaseClosed
        from hearwell.events.registry import HANDLERS
        from hearwell.sla import handlers

        asked = exchange.ask()
        conversations.close(asked.case_id, "done", alice.id)
        assert handlers.stop_clocks in HANDLERS["CaseClosed"].values()
        handlers.stop_clocks(
            [CaseClosed(exchange.workspace_id, asked.case_id, alice.id, "done", 2)]
        )
        assert {state for _, state in states(asked.case_id)} == {"cancelled"}

    def test_a_case_that_comes_back_gets_new_clocks(self, exchange, alice, frozen):
        asked = exchange.ask()
        conversations.close(asked.case_id, "done", alice.id)
        sla.cancel(exchange.workspace_id, [asked.case_id])
        frozen.shift(60)
        again = exchange.ask()
        assert again.case_id == asked.case_id
        running = [c for c in clocks(asked.case_id) if c.state == "running"]
        assert {c.started_by for c in running} == {again.id}
        assert len(running) == 2

    def test_a_withdrawn_question_is_waited_for_no_longer(self, exchange, frozen):
        asked = exchange.ask()
        frozen.shift(60)
        other = exchange.ask(by="omar")
        _stop_waiting(exchange, asked)
        sla.reconcile(exchange.workspace_id, [asked.case_id], why="withdrawn")
        before, after = clocks(asked.case_id, "answer")
        assert (before.state, after.state) == ("cancelled", "running")
        assert after.started_by == other.id

    def test_a_message_judged_anew_starts_its_clock(self, exchange):
        asked = exchange.ask(verdict=CHATTER)
        conversations.apply_verdicts({asked.id: ANSWER.of(asked)})
        sla.reconcile(exchange.workspace_id, [asked.case_id], why="judged_anew")
        (answer,) = clocks(asked.case_id, "answer")
        assert answer.started_at == asked.sent_at


class TestHours:
    @pytest.fixture
    def office(self, workspace, alice):
        policy = sla.ensure_defaults(workspace)
        ready = promises(workspace.id).calendars
        monday_to_friday = next(c for c in ready if c.key == "office-hours")
        return sla.update_policy(
            policy.id, by=alice, counts="business", calendar_id=monday_to_friday.id
        )

    def test_both_times_are_kept(self, exchange, office):
        """Friday 16:45 to Monday 9:10, office hours 9 to 17: 25 minutes and a weekend."""
        friday = now() - timedelta(days=3) + timedelta(hours=4, minutes=45)
        asked = exchange.ask(at=friday)
        exchange.reply(asked, at=friday + timedelta(days=2, hours=16, minutes=25))
        answer, first = clocks(asked.case_id)
        assert first.due_at == friday + timedelta(days=2, hours=17)
        assert (first.state, first.business_s) == ("met", 25 * 60)
        assert first.wall_s == (2 * 24 + 16) * 3600 + 25 * 60
        assert answer.business_s == 25 * 60

    def test_counted_around_the_clock_business_time_is_still_kept(self, exchange, office, alice):
        sla.update_policy(office.id, by=alice, counts="calendar")
        saturday = now() - timedelta(days=2)
        asked = exchange.ask(at=saturday)
        exchange.reply(asked, at=saturday + timedelta(hours=1))
        _, first = clocks(asked.case_id)
        assert (first.wall_s, first.business_s) == (3600, 0)
        assert first.due_at == saturday + timedelta(hours=1)


class _Again:
    def __init__(self, message_id, case_id, sent_at):
        self.id, self.case_id, self.sent_at = message_id, case_id, sent_at


def _recorded(exchange, items):
    """Record without starting clocks."""
    people = _people(exchange, items)
    threads = conversations.thread(exchange.channel, items, people)
    fresh = conversations.record_inbound(exchange.channel, items, threads, people)
    conversations.apply_verdicts({message.id: ANSWER.of(message) for message in fresh})
    return fresh


def _people(exchange, items):
    from hearwell.contacts import services as contacts

    authors = list({item.author.external_id: item.author for item in items}.values())
    return contacts.identify(exchange.workspace_id, exchange.network, authors)


def _stop_waiting(exchange, message):
    from hearwell.conversations.models import Waiting

    Waiting.objects.filter(id=message.id).delete()


def test_clocks_of_a_case_are_one_query(exchange, django_assert_num_queries):
    asked = exchange.ask()
    with django_assert_num_queries(1):
        shown = clocks_of(asked.case_id)
    assert [view.target_s for view in shown] == [8 * 3600, 3600]
    assert shown[0].share_left(now()) == 1.0
