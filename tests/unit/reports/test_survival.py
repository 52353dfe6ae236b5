"""The Kaplan-Meier median against examples worked by hand, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.reports.rolling.sketches import RANK_ERROR, quantile, thinned, weighted
from hearwell.reports.rolling.survival import survival_quantile

# Freireich et al. 1963, 6-MP: weeks in remission; the right column left the study in remission.
ENDED = [(6, 3), (7, 1), (10, 1), (13, 1), (16, 1), (22, 1), (23, 1)]
STAYED = [(w, 2 if w == 32 else 1) for w in (6, 9, 10, 11, 17, 19, 20, 25, 32, 34, 35)]
weights = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 5)), max_size=20)


def test_the_textbook_example():
    assert survival_quantile(ENDED, STAYED) == 23
    assert survival_quantile(ENDED, STAYED, 0.25) == 13


@pytest.mark.parametrize(
    ("answered", "waiting", "median"),
    [
        ([], [], None),
        ([(5, 1)], [], 5),
        # At 5 half are left of two: by then half were answered.
        ([(5, 1), (9, 1)], [], 5),
        # One of three at 5: 2/3 left; one of two at 7: 1/3 left.
        ([(5, 1), (7, 1)], [(9, 1)], 7),
        # One of four at 5: 3/4; three wait on and are never answered.
        ([(5, 1)], [(9, 3)], None),
        # Who left before does not count at 5: one of one.
        ([(5, 1)], [(3, 9)], 5),
        # At the same time answers come first: one of two at 5 is a half.
        ([(5, 1)], [(5, 1)], 5),
    ],
)
def test_by_hand(answered, waiting, median):
    assert survival_quantile(answered, waiting) == median


@given(answered=weights)
def test_without_anybody_waiting_it_is_the_lower_median(answered):
    times = sorted(time for time, n in answered for _ in range(n))
    expected = times[(len(times) - 1) // 2] if times else None
    assert survival_quantile(answered, []) == expected


@given(answered=weights.filter(bool), waiting=weights)
def test_counting_those_who_wait_never_makes_it_look_better(answered, waiting):
    """They wait longer than any answer took: so they can only make the median later."""
    alone = survival_quantile(answered, [])
    still = [(time + 51, n) for time, n in waiting]
    with_them = survival_quantile(answered, still)
    assert with_them is None or with_them >= alone


def sketched(parts):
    """Several groups, each thinned by itself, read together."""
    values = np.concatenate([np.sort(np.asarray(part, np.int64)) for part in [*parts, []]])
    return weighted(thinned(values, np.array([len(part) for part in parts], np.int64))[0])


@given(st.lists(st.lists(st.integers(0, 10**6), max_size=30), max_size=6))
def test_sketches_of_a_few_are_the_values_themselves(parts):
    whole = sketched(parts)
    values = sorted(value for part in parts for value in part)
    assert whole[:, 0].tolist() == values
    assert whole[:, 1].sum() == len(values)
    assert quantile(whole, 0.5) == (float(np.percentile(values, 50)) if values else None)


def test_sketches_of_many_keep_to_their_bound():
    """Groups large and small beside each other: each is thinned by itself, none loses weight."""
    rng = np.random.default_rng(7)
    parts = [rng.lognormal(7, 2, n).astype(np.int64) for n in (5000, 3, 200, 201, 0) * 8]
    sizes = np.array([len(part) for part in parts], np.int64)
    items, held = thinned(np.concatenate(parts), sizes)
    places = np.repeat(np.arange(len(parts)), held)
    weights = np.bincount(places, 2.0 ** items["level"], len(parts))
    assert weights.tolist() == sizes.tolist()
    whole, values = weighted(items), np.sort(np.concatenate(parts))
    for share in (0.1, 0.5, 0.9, 0.99):
        rank = np.searchsorted(values, quantile(whole, share)) / len(values)
        assert abs(rank - share) < RANK_ERROR
    assert len({quantile(weighted(items), 0.5) for _ in range(3)}) == 1
