"""What is usual: learned slowly, by the hour of the week, and not from what is unusual."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.spikes.learning import Counted, advance, last_hour, volumes
from hearwell.spikes.usual import BUCKETS_AN_HOUR, HOURS_A_WEEK, LAG, Usual, surprise


def week_hour(hour: int) -> int:
    return hour % HOURS_A_WEEK


def lived(weeks: int, by_hour) -> Usual:
    usual = Usual()
    for hour in range(weeks * HOURS_A_WEEK):
        usual.learn(week_hour(hour), by_hour(hour))
    return usual


def test_the_time_of_day_is_learned() -> None:
    usual = lived(3, lambda hour: 30 if 8 <= hour % 24 < 20 else 6)

    assert usual.expected(12) == pytest.approx(30, rel=0.2)
    assert 6 < usual.expected(3) < 12


def test_a_storm_moves_the_level_little_and_is_remembered_as_a_record() -> None:
    counts = {hour * 12 + 5: Counted(10) for hour in range(400)}
    counts |= {300 * 12 + n: Counted(200) for n in range(12)}
    usual, calm = Usual(), Usual()
    advance(usual, counts, 0, 400, week_hour)
    advance(calm, {b: Counted(10) for b in counts if b % 12 == 5}, 0, 400, week_hour)

    assert usual.level == pytest.approx(calm.level, rel=0.1)
    assert usual.records[12].value > 10 * max(1.0, calm.records[12].value)
    again = usual.measured(2400, 10.0, 400 * 12, 12)
    assert 0.8 < again.record < 2.0
    assert calm.measured(2400, 10.0, 400 * 12, 12).record > 50


def test_a_quarter_of_an_hour_is_less_wild_than_an_hour() -> None:
    usual = Usual(spread=5.0)

    assert (usual.spread_of(3), usual.spread_of(12), Usual().spread_of(3)) == (2.0, 5.0, 1.0)


def test_a_record_fades() -> None:
    usual = Usual(hours=100)
    usual.records[3].value = 8.0

    assert usual.records[3].faded(0) == 8.0
    assert usual.records[3].faded(42 * 288) == pytest.approx(4.0)


def test_what_is_new_is_not_yet_usual() -> None:
    assert last_hour(1000 * BUCKETS_AN_HOUR) == 1000 - LAG // BUCKETS_AN_HOUR
    assert last_hour(1000 * BUCKETS_AN_HOUR + 11) == 998


def test_windows_end_with_now() -> None:
    usual = lived(2, lambda _: 12)
    bucket = 2 * HOURS_A_WEEK * 12 + 3
    short, long = volumes(usual, {bucket: Counted(9), bucket - 11: Counted(5)}, bucket, week_hour)

    assert (short.minutes, short.count, long.minutes, long.count) == (15, 9, 60, 14)
    assert short.expected == pytest.approx(3, rel=0.1)
    assert short.times == pytest.approx(2.0, rel=0.1)


def test_a_long_silence_is_learned_in_bounded_time_and_lowers_the_level() -> None:
    usual = lived(1, lambda _: 20)
    advance(usual, {}, HOURS_A_WEEK, 500_000, week_hour)

    assert usual.level < 1
    assert usual.hours < 2000


def test_the_usual_share_of_complaints_is_learned() -> None:
    usual = Usual()
    for hour in range(400):
        usual.learn(week_hour(hour), 10, 7)

    assert usual.share == pytest.approx(0.7, abs=0.05)


def test_it_is_stored_and_restored_as_it_was() -> None:
    usual = lived(1, lambda hour: hour % 7)
    usual.note([5] * 12, [0] * 12, 99)
    stored = json.loads(json.dumps(usual.stored()))

    assert Usual.restored(stored).stored() == usual.stored()
    assert Usual.restored({}).hours == 0


@given(st.integers(0, 10**7), st.floats(0, 10**6))
def test_a_surprise_is_never_below_nothing_and_grows(count: int, expected: float) -> None:
    assert surprise(count, expected) >= 0
    assert surprise(count + 1, expected) >= surprise(count, expected)
