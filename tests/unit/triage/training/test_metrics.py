"""The measures against figures worked out by hand, and against an independent library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.triage.training import metrics


def test_scores_of_a_confusion_worked_by_hand():
    # Three labels; of the first 4 true, 3 found, and one of the second taken for it.
    counts = metrics.confusion([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 0, 1, 1], 3)
    first, second, third = metrics.by_label(counts)

    assert counts.tolist() == [[3, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert (first.precision, first.recall, first.n) == (0.75, 0.75, 4)
    assert second.precision == pytest.approx(1 / 3)
    assert (third.precision, third.recall, third.f1) == (0, 0, 0)
    assert metrics.macro_f1(counts) == pytest.approx((0.75 + 0.4 + 0) / 3)
    assert metrics.accuracy(counts) == pytest.approx(4 / 7)


def test_kappa_of_the_textbook():
    # J. Cohen's proposal as usually taught: 20 and 15 agreed, 5 and 10 not: kappa 0.4.
    assert metrics.kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)
    assert metrics.kappa(np.array([[7, 0], [0, 0]])) == 1.0
    assert metrics.kappa(np.zeros((2, 2), dtype=np.int64)) == 0.0


def test_auc_counts_ties_half_and_needs_both():
    assert metrics.auc([1, 1, 0, 0], [0.9, 0.4, 0.4, 0.1]) == pytest.approx(0.875)
    assert metrics.auc([1, 1], [0.2, 0.3]) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_auc_is_the_share_of_pairs_in_order(pairs):
    truth, score = zip(*pairs, strict=True)
    above = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for is_true, a in pairs
        if is_true
        for is_other, b in pairs
        if not is_other
    ]
    found = metrics.auc(truth, score)

    assert found == (pytest.approx(sum(above) / len(above)) if above else None)


def test_calibration_error_is_the_gap_in_each_bin():
    # Ten times 0.75, of which 5 right: 0.25 off. Ten times 0.95, all right: 0.05 off.
    right = [1] * 5 + [0] * 5 + [1] * 10
    assert metrics.calibration_error(right, [0.75] * 10 + [0.95] * 10) == pytest.approx(0.15)
    assert metrics.calibration_error([], []) == 0.0


def test_what_never_occurs_does_not_weigh():
    assert metrics.macro_f1(metrics.confusion([0, 1], [0, 1], 9)) == 1.0
    assert metrics.macro_f1(np.zeros((3, 3), dtype=np.int64)) == 0.0
