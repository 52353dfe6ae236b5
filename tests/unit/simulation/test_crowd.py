"""The invented day: the same for the same seed, at the recorded pace, with its spike."""

from __future__ import annotations

from collections import Counter

import pytest

from hearwell.simulation.crowd import (
    A_DAY,
    AT_ONCE,
    DAY_S,
    PACE,
    Place,
    Said,
    Spike,
    after_answer,
    day,
    handling_s,
    speeds,
)
from hearwell.simulation.first_come import first_come
from hearwell.simulation.shares import Share, kept, urgent


def said(at_s: float, kind: str = "question", expects_s: int | None = AT_ONCE, n: int = 0) -> Said:
    return Said(at_s, f"m{n}", "Lena 1", Place.CHAT, kind, "Hm?", expects_s, f"t{n}")


def test_the_same_seed_is_the_same_day():
    assert day(200, 7) == day(200, 7)
    assert day(200, 7) != day(200, 8)


def test_people_write_at_the_recorded_pace():
    crowd = day(10_000, 1)
    by_hour = Counter(int(one.at_s // 3600) for one in crowd)
    assert [one.at_s for one in crowd] == sorted(one.at_s for one in crowd)
    for hour, share in enumerate(PACE):
        assert by_hour[hour] == round(10_000 * share / sum(PACE))


def test_a_spike_comes_on_top_of_its_hour_only():
    usual, spiked = day(10_000, 1), day(10_000, 1, Spike(13))
    before = Counter(int(one.at_s // 3600) for one in usual)
    after = Counter(int(one.at_s // 3600) for one in spiked)
    assert after[13] == pytest.approx(10 * before[13], abs=5)
    assert {h: n for h, n in after.items() if h != 13} == {
        h: n for h, n in before.items() if h != 13
    }


def test_only_who_wants_an_answer_expects_one():
    for one in day(2_000, 3):
        assert (one.expects_s is not None) == one.needs_answer
        assert not one.is_urgent or one.expects_s == AT_ONCE


def test_nobody_goes_on_for_ever():
    waiting, count = [said(0)], 0
    while waiting:
        one = waiting.pop()
        count += 1
        waiting += after_answer(one, one.at_s + 60, seed=count)
        assert count < 10


def test_the_work_is_the_same_whoever_counts_it():
    assert handling_s(said(0), 1) == handling_s(said(99), 1)
    assert 5 < handling_s(said(0, "urgent"), 2) <= 540
    assert len(speeds(20, 1)) == 20


def test_first_come_is_first_served():
    crowd = [said(0, n=1), said(1, n=2), said(2, "urgent", n=3), said(3, "chatter", None, n=4)]
    fates = first_come(crowd, [1.0], seed=1)
    first = handling_s(crowd[0], 1)
    assert fates["m1"][1] == first
    assert fates["m2"][1] == first + handling_s(crowd[1], 1)
    assert fates["m3"][1] == fates["m2"][1] + handling_s(crowd[2], 1)
    assert "m4" not in fates


def test_only_what_is_known_by_midnight_counts():
    fates = [
        (said(0), 900.0),
        (said(0), 901.0),
        (said(0), None),
        (said(0, expects_s=A_DAY), 80_000.0),
        (said(DAY_S - 60), None),
    ]
    assert kept(fates) == Share(2, 4)


def test_urgent_ones_have_a_quarter_of_an_hour():
    fates = [
        (said(0, "urgent"), 900.0),
        (said(0, "urgent"), 900.1),
        (said(0, "urgent"), None),
        (said(0), None),
        (said(DAY_S - 60, "urgent"), None),
    ]
    assert urgent(fates) == Share(1, 3)
    assert Share(0, 0).share is None
