"""Fitting: the same inputs make the same bytes, groups stay whole, certainty is true."""

from __future__ import annotations

import numpy as np
import pytest

from hearwell.triage.engine.heads import HEADS
from hearwell.triage.training import fit, metrics, sets
from hearwell.triage.training.evaluate import chances_of, evaluate
from hearwell.triage.training.labelled import Labelled

DUTY = HEADS["duty"]


@pytest.fixture(scope="module")
def lines():
    return [one for one in sets.written() if one.language == "en"][::2]


@pytest.fixture(scope="module")
def model(lines):
    return fit.fit(fit.prepare(lines), "test-1")


def test_the_same_lines_make_the_same_model(lines, model):
    again = fit.fit(fit.prepare(lines), "test-1")

    assert again.to_bytes() == model.to_bytes()


def test_it_learns_more_than_the_commonest_label(lines, model):
    found = evaluate(
        model,
        Labelled(DUTY, [one.text for one in lines], [0] * len(lines), {}),
    )
    truth = [DUTY.labels.index(one.labels["duty"]) for one in lines]
    told = chances_of(model, [one.text for one in lines], DUTY).argmax(axis=1)

    assert found.measured.n == len(lines)
    assert metrics.macro_f1(metrics.confusion(truth, told, 3)) > 0.8


def test_groups_are_never_on_both_sides():
    groups = np.array([f"brand {at % 7}" for at in range(100)])
    fold = fit.folds(groups)

    assert len(set(fold.tolist())) == fit.FOLDS
    for group in set(groups):
        assert len(set(fold[groups == group].tolist())) == 1


def test_calibration_makes_bold_scores_modest():
    # Scores that say 98 %, and are right three times in four.
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 2000).astype(np.int8)
    told = np.where(random.random(2000) < 0.75, truth, 1 - truth)
    scores = np.where(np.eye(2)[told] > 0, 2.0, -2.0).astype(np.float32)
    scale, shift = fit.calibration(scores, truth)
    logits = scores * scale + shift
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    assert chances.max(axis=1).mean() == pytest.approx(0.75, abs=0.02)


def test_the_bands_keep_what_they_promise():
    answer = np.linspace(0, 1, 201, dtype=np.float32)
    assert fit.quiet_below(answer, 0.01) == pytest.approx(0.01, abs=1e-3)
    certainty = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    assert fit.least_sure(certainty, np.array([True, True, True, False])) == pytest.approx(0.7)
    assert fit.least_sure(certainty, np.array([False, False, False, False])) == 1.0


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "xx.tsv").write_text("c\ta\t-\t.\tbroken\nc\ta\t-\tZ\talso\n", "utf8")
    with pytest.raises(sets.BadLineError, match=r"xx.tsv, line 2: 'Z' is no letter"):
        sets.written(tmp_path)
    (tmp_path / "xx.tsv").write_text("c\ta\tbroken\n", "utf8")
    with pytest.raises(sets.BadLineError, match="line 1: has 3 columns"):
        sets.written(tmp_path)


def test_our_lines_stand_once_and_are_not_held_out():
    seen = [sets.key_of(one.text) for one in sets.written()]
    apart = {sets.key_of(one.text) for one in sets.written(sets.HELD_OUT)}

    assert len(seen) == len(set(seen))
    assert not apart & set(seen)
