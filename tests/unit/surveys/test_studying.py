"""Gaps as one would reckon them by hand."""

from __future__ import annotations

import pytest

from hearwell.kit.shares import Share
from hearwell.surveys.studying import (
    EXPECTED_BY,
    MOTIVES_PUBLISHED,
    Gap,
    clean_study,
    served_as_expected,
    share_by,
    share_of,
)

# Four customers: one at once, one within hours, one within 24 h, one would wait; one left it out.
ANSWERS = [
    {"wait": [1], "motives": [1, 3]}, {"wait": [2], "motives": [1]}, {"wait": [3]}, {"wait": [4]},
    {"motives": [2]},
]  # fmt: skip


def test_the_ladder_is_cumulative_and_of_those_who_said_when():
    found = [share_by(ANSWERS, rung) for rung in range(3)]
    assert [(one.right, one.n) for one in found] == [(1, 4), (2, 4), (3, 4)]


def test_of_several_motives_each_is_counted_of_those_who_named_any():
    assert (share_of(ANSWERS, "motives", 1).right, share_of(ANSWERS, "motives", 1).n) == (2, 3)
    assert share_of(ANSWERS, "met", 1).value is None


def test_served_as_expected_weighs_each_customers_rung():
    # By rung 10, 40, 80 of 100 answered, 90 at all: (0.1 + 0.4 + 0.8 + 0.9) / 4.
    delivered = [Share(10, 100), Share(40, 100), Share(80, 100), Share(90, 100)]
    assert served_as_expected(ANSWERS, delivered) == pytest.approx(0.55)
    assert served_as_expected([], delivered) is None
    assert served_as_expected(ANSWERS, [Share(0, 0)] * 4) is None


def test_a_gap_without_answers_is_none_and_no_zero():
    assert Gap("x", Share(0, 0), Share(1, 2)).apart is None
    found = Gap("x", Share(8, 10), Share(4, 10)).apart
    assert found is not None
    assert found[0] == pytest.approx(0.4)
    assert found[1] < 0.4 < found[2]


def test_only_real_answers_are_kept_and_one_where_one_is_asked_for():
    given = {"wait": ["1", "3"], "motives": ["2", "8", "9", "x"], "met": ["0"], "odd": ["1"]}
    assert clean_study(given) == {"wait": [3], "motives": [2, 8]}


def test_the_published_ladder_sums_as_its_source_does():
    assert [one.share for one in EXPECTED_BY] == pytest.approx([0.22, 0.22 + 0.19, 1 - 0.12])
    assert all(one.source for one in MOTIVES_PUBLISHED.values())
