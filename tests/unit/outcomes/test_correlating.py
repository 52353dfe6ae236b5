"""How two series go together: by hand, at lags, over gaps, and what is warned of."""

from __future__ import annotations

import math
import random
from statistics import correlation as reference

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.outcomes.correlating import (
    APART,
    CONSTANT,
    RESEMBLE,
    SHORT,
    TOO_SHORT,
    TREND,
    changes_of,
    correlation,
    pearson,
    shifted,
    together,
)

LEFT = (43, 21, 25, 42, 57, 59, 31, 40)
RIGHT = (99, 65, 79, 75, 87, 81, 70, 82)


def test_by_hand_and_with_its_interval():
    found = correlation(dict(enumerate(LEFT)), dict(enumerate(RIGHT)))
    assert found.n == 8
    assert found.r == pytest.approx(reference(LEFT, RIGHT))
    # The first six are a textbook's: 0.5298.
    assert pearson([*zip(LEFT[:6], RIGHT[:6], strict=True)]) == pytest.approx(0.5298, abs=5e-5)
    assert found.worth == 8.0  # neither resembles itself
    assert math.atanh(found.high) - math.atanh(found.low) == pytest.approx(2 * 1.959964 / 5**0.5)
    assert not found.is_sure


@given(st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=3, max_size=30))
def test_it_is_what_the_textbook_says_and_never_beyond_one(pairs):
    found = pearson(pairs)
    if len({x for x, _y in pairs}) == 1 or len({y for _x, y in pairs}) == 1:
        assert found is None
    else:
        assert found == pytest.approx(reference(*zip(*pairs, strict=True)), abs=1e-9)
        assert -1 <= found <= 1


def test_gaps_are_gaps_and_changes_do_not_reach_over_them():
    assert changes_of({1: 5.0, 2: 7.0, 4: 8.0}) == {2: 2.0}
    gappy = {place: value for place, value in enumerate(LEFT * 2) if place != 5}
    found = correlation(gappy, dict(enumerate(RIGHT * 2)))
    assert found.n == 15
    assert correlation({}, gappy).r is None


def test_what_comes_later_is_found_at_its_lag():
    rng = random.Random(3)
    said = {week: rng.gauss(0, 1) for week in range(60)}
    sold = {week + 3: 10 + 4 * value + rng.gauss(0, 0.5) for week, value in said.items()}
    both = together(said, sold, 8)
    lags = dict(both.lags)
    assert [*lags] == [*range(-8, 9)]
    assert max(lags, key=lambda lag: lags[lag].r) == 3
    assert lags[3].r > 0.9
    assert lags[3].n == 60
    assert lags[-8].n == 49
    assert shifted({5: 1.0}, 2) == {3: 1.0}
    assert both.warnings == []


def test_two_that_only_grow_are_warned_of():
    rng = random.Random(5)
    one = {week: week + rng.gauss(0, 3) for week in range(60)}
    other = {week: 2 * week + rng.gauss(0, 6) for week in range(60)}
    both = together(one, other, 8)
    assert both.levels.r > 0.9
    assert both.levels.worth < 10
    assert abs(both.changes.r) < 0.4
    assert not both.levels.is_sure
    assert list(both.warnings) == [TREND, RESEMBLE]


def test_levels_that_go_together_while_changes_do_not_are_warned_of():
    rng = random.Random(7)
    slow = [value for _pair in range(150) for value in [rng.gauss(0, 1.6)] * 2]
    quick = [rng.gauss(0, 1) for _ in slow]
    one = {at: a + b for at, (a, b) in enumerate(zip(slow, quick, strict=True))}
    other = {at: a - b for at, (a, b) in enumerate(zip(slow, quick, strict=True))}
    both = together(one, other, 2)
    assert both.levels.is_sure
    assert APART in both.warnings


def test_the_short_and_the_still_say_so():
    one, other = dict(enumerate(LEFT)), dict(enumerate(RIGHT))
    assert SHORT in together(one, other, 2).warnings
    few = {place: other[place] for place in range(7)}
    assert together(one, few, 2).warnings == [TOO_SHORT]
    assert together(one, few, 2).levels.r is None
    assert together(one, dict.fromkeys(one, 0.1), 2).warnings == [CONSTANT]
    assert together({}, {}, 2).warnings == [TOO_SHORT]
    same = together(one, one, 2).levels
    assert (same.r, same.low, same.high) == (1.0, 1.0, 1.0)
