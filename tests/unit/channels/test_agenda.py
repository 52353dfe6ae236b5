"""The agenda: what is due, in its order, each once, and the last word counts."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hearwell.channels.listening.agenda import Agenda, Errand, What

ONE, TWO = UUID(int=1), UUID(int=2)
POLL, HEALTH = Errand(ONE, What.POLL, "inbox"), Errand(ONE, What.HEALTH)
OTHER = Errand(TWO, What.POLL, "inbox")


def test_what_is_due_comes_in_its_order_and_once():
    agenda = Agenda()
    agenda.plan(HEALTH, 3)
    agenda.plan(POLL, 1)
    agenda.plan(OTHER, 9)

    assert agenda.next_at() == 1
    assert agenda.take_due(5) == [POLL, HEALTH]
    assert agenda.take_due(5) == []
    assert agenda.next_at() == 9


def test_the_last_word_on_a_time_counts():
    agenda = Agenda()
    agenda.plan(POLL, 1)
    agenda.plan(POLL, 10)

    assert agenda.take_due(5) == []
    assert agenda.next_at() == 10
    assert agenda.take_due(10) == [POLL]


def test_an_errand_under_way_is_not_begun_twice():
    agenda = Agenda()
    agenda.plan(POLL, 0)
    agenda.take_due(0)
    agenda.plan(POLL, 0)
    assert agenda.take_due(1) == []

    agenda.done(POLL, 7, now=1)
    assert agenda.next_at() == 7


def test_hurrying_wakes_what_waits_and_repeats_what_is_under_way():
    agenda = Agenda()
    agenda.plan(POLL, 100)
    agenda.plan(HEALTH, 100)
    agenda.plan(OTHER, 100)
    agenda.hurry(ONE, What.POLL, 2)
    assert agenda.take_due(2) == [POLL]

    agenda.hurry(ONE, What.POLL, 3)
    agenda.done(POLL, 500, now=4)
    assert agenda.take_due(4) == [POLL]
    agenda.done(POLL, 500, now=5)
    assert agenda.next_at() == 100


def test_hurrying_never_puts_anything_off():
    agenda = Agenda()
    agenda.plan(POLL, 1)
    agenda.hurry(ONE, What.POLL, 2)
    assert agenda.take_due(2) == [POLL]
    assert agenda.take_due(100) == []


def test_what_is_forgotten_stays_so_even_if_it_is_under_way():
    agenda = Agenda()
    agenda.plan(POLL, 0)
    agenda.plan(HEALTH, 1)
    agenda.plan(OTHER, 2)
    agenda.take_due(0)
    agenda.forget(ONE)
    agenda.done(POLL, 0, now=0)

    assert agenda.take_due(9) == [OTHER]
    agenda.done(OTHER, None, now=9)
    assert agenda.next_at() is None
    assert len(agenda) == 0


@given(st.lists(st.tuples(st.sampled_from([POLL, HEALTH, OTHER]), st.integers(0, 20)), max_size=60))
def test_every_errand_is_done_once_at_its_last_time(plans: list[tuple[Errand, int]]):
    agenda = Agenda()
    for errand, at in plans:
        agenda.plan(errand, at)
    done = [(at, errand) for at in range(21) for errand in agenda.take_due(at)]

    assert {errand: at for at, errand in done} == dict(plans)
    assert len(done) == len(dict(plans))
