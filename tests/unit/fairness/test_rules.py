"""Groups by hand: what is counted, what is tested, when it warns."""

from __future__ import annotations

import random

import pytest

from hearwell.fairness.rules import LEAST, compare


def test_counted_as_one_would_by_hand():
    found = compare([("de", 10, 2), ("en", 5, 1), ("de", None, 1), ("de", 30, 1), ("en", 5, 2)])
    german, english = found.groups
    assert (german.key, german.n, german.answered.right) == ("de", 4, 3)
    assert (english.key, english.n, english.answered.value) == ("en", 3, 1)
    assert (german.median_min, english.median_min) == (10, 5)
    assert found.p_rate is found.p_time is None  # too few of each


@pytest.mark.parametrize(
    ("minutes", "median"),
    [([], None), ([4], 4), ([1, 3], 2), ([1, 1, 9], 1), ([1, 2, 3, 10], 2.5)],
)
def test_the_median_of_those_answered(minutes, median):
    counted = [("x", minute, 1) for minute in minutes] or [("x", None, 3)]
    assert compare(counted).groups[0].median_min == median


def test_a_large_difference_warns_and_names_who_fares_best_and_worst():
    found = compare(
        [("en", 10, 90), ("en", None, 10), ("de", 60, 50), ("de", None, 50), ("fr", 1, LEAST - 1)]
    )
    assert found.is_unlike_in_rate
    assert found.is_unlike_in_time
    assert [one.key for one in found.by_rate] == [one.key for one in found.by_time] == ["en", "de"]


def test_nothing_and_one_group_and_all_alike_warn_of_nothing():
    for counted in ([], [("en", 5, 500)], [("en", 5, 50), ("de", 5, 50)]):
        found = compare(counted)
        assert not found.is_unlike_in_rate
        assert not found.is_unlike_in_time


def test_where_all_is_fair_the_page_seldom_warns():
    chance, warned = random.Random(3), 0
    for _ in range(200):
        counted = [
            (key, int(chance.expovariate(0.02)) if chance.random() < 0.7 else None, 1)
            for key in ("en", "de", "ar")
            for _ in range(60)
        ]
        found = compare(counted)
        warned += found.is_unlike_in_rate + found.is_unlike_in_time
    assert warned <= 12  # two tests of 200 pages at p = 0.0125 each: five are to be expected
