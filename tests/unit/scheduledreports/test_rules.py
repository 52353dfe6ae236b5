"""When a report is due: once a day at most, whatever the clocks do, and of days that are over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.scheduledreports.rules import Cadence, Slot

BERLIN = ZoneInfo("Europe/Berlin")
SLOTS = st.one_of(
    st.builds(Slot, st.just(Cadence.DAILY), st.just(0), st.integers(0, 23)),
    st.builds(Slot, st.just(Cadence.WEEKLY), st.integers(1, 7), st.integers(0, 23)),
    st.builds(Slot, st.just(Cadence.MONTHLY), st.integers(1, 31), st.integers(0, 23)),
)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
     "America/Sao_Paulo", "Pacific/Chatham"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.integers(1_420_000_000, 2_050_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


@settings(max_examples=60, deadline=None)
@given(SLOTS, ZONES, MOMENTS)
def test_times_follow_each_other_and_no_period_comes_twice(slot, zone, moment):
    first = slot.next_after(moment, zone)
    second = slot.next_after(first, zone)
    assert moment < first < second
    assert slot.last_until(first, zone) == first
    assert slot.last_until(second - timedelta(seconds=1), zone) == first
    one, other = slot.period(first, zone), slot.period(second, zone)
    assert one[1] < other[0] or one[1] + timedelta(days=1) == other[0]
    assert one[0] <= one[1] < first.astimezone(zone).date()
    assert slot.is_on(first.astimezone(zone).date())


@pytest.mark.parametrize(
    ("hour", "day", "wall"),
    [
        (2, date(2026, 3, 29), "03:00"),
        (2, date(2026, 10, 25), "02:00"),
        (8, date(2026, 3, 29), "08:00"),
    ],
)
def test_an_hour_that_is_missing_or_twice_is_sent_once(hour, day, wall):
    slot, at = Slot(Cadence.DAILY, 0, hour), datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    times = []
    while (at := slot.next_after(at, BERLIN)).astimezone(BERLIN).date() <= day:
        times.append(f"{at.astimezone(BERLIN):%H:%M}")
    assert times == [wall]


def test_what_has_just_ended():
    sent = datetime(2026, 3, 30, 6, tzinfo=UTC)
    periods = {one: Slot(one, 1, 8).period(sent, BERLIN) for one in Cadence}
    assert periods == {
        Cadence.DAILY: (date(2026, 3, 29), date(2026, 3, 29)),
        Cadence.WEEKLY: (date(2026, 3, 23), date(2026, 3, 29)),
        Cadence.MONTHLY: (date(2026, 2, 1), date(2026, 2, 28)),
    }


def test_a_month_that_is_too_short_is_sent_on_its_last_day():
    slot = Slot(Cadence.MONTHLY, 31, 8)
    at = slot.next_after(datetime(2026, 2, 1, tzinfo=UTC), BERLIN)
    assert at.astimezone(BERLIN).date() == date(2026, 2, 28)
    assert slot.period(at, BERLIN) == (date(2026, 1, 1), date(2026, 1, 31))
