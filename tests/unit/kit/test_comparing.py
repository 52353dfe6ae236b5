"""Tests of significance against answers that were worked out elsewhere."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from hearwell.kit.comparing import (
    chi_square_above,
    difference,
    many_shares,
    many_times,
    two_shares,
)
from hearwell.kit.shares import Share


@pytest.mark.parametrize(
    ("value", "degrees", "p"),
    [  # the tables that every textbook prints
        (3.841, 1, 0.05), (6.635, 1, 0.01), (5.991, 2, 0.05), (16.919, 9, 0.05),
        (21.666, 9, 0.01), (0.0, 3, 1.0), (124.342, 100, 0.05), (2.706, 1, 0.10),
    ],
)  # fmt: skip
def test_the_chi_square_table(value, degrees, p):
    assert chi_square_above(value, degrees) == pytest.approx(p, abs=1e-4)


def test_differences_of_newcombes_own_examples():
    # Newcombe 1998, table II, method 10: 56/70 - 48/80 and 9/10 - 3/10 and 6/7 - 2/7.
    for one, other, low, high in [
        ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062), ((10, 10), (0, 10), 0.6075, 1.0),
    ]:  # fmt: skip
        found = difference(Share(*one), Share(*other))
        assert found is not None
        assert found[1:] == pytest.approx((low, high), abs=1e-4), one
    assert difference(Share(1, 2), Share(0, 0)) is None


def test_two_shares_by_hand():
    # 45/100 and 60/100: pooled 0.525, z = -0.15 / sqrt(0.525 * 0.475 * 0.02) = -2.12398.
    assert two_shares(Share(45, 100), Share(60, 100)) == pytest.approx(0.033672, abs=1e-5)
    assert two_shares(Share(5, 5), Share(7, 7)) is None
    assert two_shares(Share(0, 0), Share(7, 9)) is None


def test_many_shares_of_two_are_the_square_of_z():
    one, other = Share(45, 100), Share(60, 100)
    assert many_shares([one, other]) == pytest.approx(two_shares(one, other))
    # 10, 20, 30 of 100 each: expected 20 and 80, sum of squares 200 / 20 + 200 / 80 = 12.5.
    groups = [Share(10, 100), Share(20, 100), Share(30, 100)]
    assert many_shares(groups) == pytest.approx(chi_square_above(12.5, 2))
    assert many_shares(groups) == pytest.approx(0.0019305, abs=1e-6)
    assert many_shares([Share(3, 3)]) is many_shares([Share(3, 3), Share(4, 4)]) is None


def ranked(*groups):
    return many_times([Counter(one) for one in groups])


def test_ranks_with_and_without_ties_by_hand():
    # Ranks 1-3, 4-6, 7-9: H = 12 / 90 * (36 + 225 + 576) / 3 - 30 = 7.2, two degrees.
    assert ranked([1, 2, 3], [4, 5, 6], [7, 8, 9]) == pytest.approx(chi_square_above(7.2, 2))
    assert ranked([1, 2, 3], [4, 5, 6], [7, 8, 9]) == pytest.approx(0.0273237, abs=1e-6)
    # 1 1 2 | 2 3 3: ranks 1.5 1.5 3.5 | 3.5 5.5 5.5, H = 3.047619 / (1 - 18 / 210) = 10 / 3.
    assert ranked([1, 1, 2], [2, 3, 3]) == pytest.approx(chi_square_above(10 / 3, 1))
    assert ranked([1, 1], [1]) is ranked([1, 2], []) is None


def test_alike_is_found_unlike_about_once_in_twenty():
    chance = random.Random(9)
    found = [
        ranked(*([chance.expovariate(1) for _ in range(40)] for _ in range(3))) or 1
        for _ in range(300)
    ]
    assert 0.02 < sum(p < 0.05 for p in found) / len(found) < 0.08
