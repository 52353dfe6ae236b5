"""Scores, their intervals, how much is drawn, and words that a voice avoids."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.quality.rules import (
    CRITERIA,
    BadGradeError,
    checked,
    doubles_due,
    monday_of,
    score_of,
    shares_of,
    spread_of,
    summed_up,
    week_span,
)
from hearwell.quality.voice import Holds, avoided_in, lines_of

FULL = dict.fromkeys(CRITERIA, "yes")


def test_a_score_is_of_what_applies():
    assert score_of(FULL) == 1
    assert score_of({**FULL, "tone": "partly", "solved": "na"}) == pytest.approx(0.9)
    assert score_of(dict.fromkeys(CRITERIA, "na")) is None


@pytest.mark.parametrize(
    ("marks", "said"),
    [({**FULL, "tone": ""}, "tone"), ({**FULL, "tone": "maybe"}, "tone"), ({}, "understood")],
)
def test_a_grade_is_whole(marks, said):
    with pytest.raises(BadGradeError) as refused:
        checked(marks)
    assert str(refused.value) == said


def test_a_grade_in_which_nothing_applies_is_none():
    with pytest.raises(BadGradeError):
        checked(dict.fromkeys(CRITERIA, "na"))


def test_a_draft_may_lack_marks_but_invents_none():
    assert checked({"tone": "no", "other": "yes"}, is_draft=True) == {"tone": "no"}
    with pytest.raises(BadGradeError):
        checked({"tone": "maybe"}, is_draft=True)


@given(st.integers(0, 50), st.integers(0, 100))
def test_shares_add_up(a_week, percent):
    shares = shares_of(a_week, percent)

    assert shares.random + shares.risky == a_week
    assert shares.random >= a_week * percent / 100
    assert shares.risky >= 0


def test_a_tenth_goes_to_two_over_all_draws():
    drawn = doubled = 0
    for fresh in (3, 0, 7, 20, 1, 69):
        due = doubles_due(drawn, doubled, fresh, 10)
        assert 0 <= due <= fresh
        drawn, doubled = drawn + fresh, doubled + due
    assert (drawn, doubled) == (100, 10)
    assert doubles_due(100, 100, 5, 10) == 0  # more than planned had two: none is owed


def test_few_scores_show_nothing():
    assert summed_up(9, 9, 9, fewest=10).mean is None
    assert summed_up(1, 1, 1, fewest=0).mean is None


def test_alike_scores_are_no_proof():
    found = summed_up(20, 20.0, 20.0, fewest=10)

    assert (found.mean, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(20 / 21)


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=2, max_size=60))
def test_an_interval_holds_its_mean(scores):
    found = summed_up(len(scores), sum(scores), sum(one * one for one in scores), fewest=2)

    assert 0 <= found.low <= found.mean <= found.high <= 1


def test_the_spread_is_from_lowest_to_highest():
    assert spread_of([0.5, 1.0, 0.75]) == 0.5
    assert spread_of([]) == 0


def test_a_week_is_that_of_the_place():
    sunday_night = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert monday_of(sunday_night, "UTC") == date(2026, 2, 23)
    assert monday_of(sunday_night, "Europe/Berlin") == date(2026, 3, 2)
    starts, ends = week_span(date(2026, 3, 23), "Europe/Berlin")  # with the change to summer
    assert (ends.astimezone(UTC) - starts.astimezone(UTC)).total_seconds() == 167 * 3600


def test_for_whom_a_guide_is():
    one = uuid4()
    assert Holds().fits(one, "de")
    assert Holds(language="de").fits(None, "de-AT")
    assert not Holds(language="de").fits(None, "")
    assert not Holds(one).fits(uuid4(), "de")
    assert Holds(one, "de").weight > Holds(one).weight > Holds(language="de").weight


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("As per  OUR policy, no.", ["as per our policy"]),
        ("We are unfortunately late", ["Unfortunately"]),
        ("unfortunatelyness", []),
        ("Straße", ["strasse"]),
        ("no way!!!", ["!!!"]),
        ("مع الأسف لا يمكن", ["مع الأسف"]),
        ("", []),
    ],
)
def test_words_that_a_voice_avoids(text, found):
    phrases = ["as per our policy", "Unfortunately", "strasse", "!!!", "مع الأسف"]

    assert avoided_in(text, phrases) == found


def test_lines_are_kept_once():
    assert lines_of(" one \n\none\r\ntwo  words \n") == ["one", "two words"]
    assert len(lines_of("\n".join(map(str, range(999))))) == 200
    assert lines_of("x" * 500) == ["x" * 80]
