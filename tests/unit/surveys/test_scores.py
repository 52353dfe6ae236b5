"""Scores as one would reckon them by hand."""

from __future__ import annotations

import pytest

from hearwell.surveys.items import ITEMS
from hearwell.surveys.scores import score_of, top_share


@pytest.mark.parametrize(
    ("key", "answers", "n", "value", "interval"),
    [
        # Wilson's of 7 of 10.
        ("csat", {1: 1, 2: 1, 3: 1, 4: 3, 5: 4}, 10, 0.7, (0.3968, 0.8922)),
        # 5 promote, 3 detract of 10: 20; variance (5 + 3 - 10 * 0.04) / 9, half 1.96 * 29.06.
        ("nps", {10: 3, 9: 2, 8: 1, 7: 1, 6: 1, 0: 2}, 10, 20.0, (-36.955, 76.955)),
        ("ces", {7: 2, 5: 2}, 4, 6.0, (4.8684, 7)),
        ("recommend", {1: 1, 2: 1, 3: 2}, 4, 0.5, (0.1500, 0.8500)),
        ("ces", {3: 1}, 1, 3.0, None),
        ("csat", {}, 0, None, None),
        ("nps", {}, 0, None, None),
        ("device", {1: 4}, 4, None, None),
    ],
)
def test_each_formula(key, answers, n, value, interval):
    score = score_of(ITEMS[key], answers)
    assert score.n == n
    assert score.value == (None if value is None else pytest.approx(value))
    assert score.interval == (None if interval is None else pytest.approx(interval, abs=5e-3))


def test_six_is_no_promoter_and_seven_no_detractor():
    assert score_of(ITEMS["nps"], {6: 1}).value == -100
    assert score_of(ITEMS["nps"], {7: 1, 8: 1}).value == 0
    assert top_share(ITEMS["nps"], {9: 1, 8: 1}).value == 0.5
