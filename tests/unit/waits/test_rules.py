"""What may be told of a wait: never better than what was measured."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hearwell.waits.replay import Life, replayed
from hearwell.waits.rules import LEAST, STEPS, Wait, expected, product_limit, ranked, rounded

SECONDS = st.floats(0, 10 * 86400)


def over(*seconds: float, ago_s: float = 1800.0) -> list[Wait]:
    return [Wait(float(s), ago_s=ago_s) for s in seconds]


def test_too_few_answers_tell_nothing():
    assert expected(over(*range(LEAST - 1))) is None
    assert expected(over(*range(LEAST))) is not None


def test_ten_answers_in_hand():
    told = expected(over(60, 120, 180, 240, 300, 360, 420, 480, 540, 3000))

    assert told is not None
    assert (told.p50_s, told.p90_s, told.n, told.waiting) == (600, 3600, 10, 0)


def test_who_waits_longer_than_told_pushes_it_up():
    answers = over(*[120.0] * 20)
    before = expected(answers)
    after = expected([*answers, *[Wait(7000.0, is_over=False)] * 4])

    assert before is not None
    assert after is not None
    assert before.p90_s == 120
    assert after.p90_s >= 7000
    assert after.waiting == 4


def test_few_of_late_are_looked_for_further_back():
    told = expected([*over(60, 60), *over(*[300] * 10, ago_s=2 * 3600)])

    assert told is not None
    assert (told.n, told.span_s) == (12, 3 * 3600)


def test_the_product_limit_by_hand():
    """Of 1, 2+, 3, 4+, 5 (+: not over), survival is 4/5, 4/5 x 2/3, 0."""
    assert product_limit([1, 3, 5], [2, 4], 0.2) == 1
    assert product_limit([1, 3, 5], [2, 4], 0.4) == 3
    assert product_limit([1, 3, 5], [2, 4], 0.9) == 5
    assert product_limit([1, 3], [8], 0.9) == 10  # never reached: longer than whoever waits


@given(st.lists(SECONDS, min_size=LEAST, max_size=40), st.lists(SECONDS, max_size=20))
def test_it_is_never_better_than_the_answers_nor_than_without_those_who_wait(answers, still):
    told = expected([*over(*answers), *(Wait(s, is_over=False) for s in still)])
    alone = expected(over(*answers))

    assert told is not None
    assert alone is not None
    ordered = sorted(answers)
    assert told.p50_s >= ordered[(len(ordered) + 1) // 2 - 1]
    assert told.p90_s >= ranked(answers, 0.9)
    assert told.p90_s >= alone.p90_s
    assert told.p90_s >= told.p50_s


@given(SECONDS)
def test_rounding_is_up_and_to_a_time_one_says(seconds):
    assert rounded(seconds) >= seconds
    assert rounded(seconds) in STEPS or rounded(seconds) % 86400 == 0


def test_a_replay_uses_only_what_was_known_by_then():
    dice = random.Random(3)
    lives = [Life(at * 60.0, at * 60.0 + dice.uniform(30, 900)) for at in range(500)]
    kept = replayed(lives, end=500 * 60.0)
    slow = [*lives, *[Life(500 * 60.0 + n, 500 * 60.0 + n + 90_000) for n in range(50)]]
    worse = replayed(slow, end=500 * 60.0 + 100_000)

    assert kept.share is not None
    assert kept.share >= 0.9
    assert kept.told < kept.asked  # nothing is told before there is something to tell
    assert worse.told - worse.in_time >= 50
