"""A clock that stood still: what it ran for is what was promised, whatever the calendar does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hearwell.sla.models import Calendar, Clock, Counting, Policy
from hearwell.sla.rules import WEEKDAYS, business_seconds, deadline
from hearwell.sla.services.plans import finish, go_on

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
# Around the days on which clocks go forward and back, in both halves of the world.
MOMENTS = st.integers(0, 235 * 86_400).map(
    lambda s: datetime(2026, 3, 20, tzinfo=UTC) + timedelta(seconds=s)
)
PAUSES = st.lists(st.tuples(st.integers(60, 5 * 86_400), st.integers(60, 20 * 86_400)), max_size=4)
HOUR = 3600


def clock_of(zone: str, counts: str, start: datetime, target_s: int) -> Clock:
    nights = {day: [["09:00", "12:30"], ["13:30", "17:00"]] for day in WEEKDAYS[:4]}
    nights["fri"] = [["22:00", "06:00"]]
    policy = Policy(counts=counts, targets={}, calendar=Calendar(time_zone=zone, intervals=nights))
    due = deadline(start, target_s, policy.due_hours)
    return Clock(started_at=start, due_at=due, policy=policy, urgency=1)


@given(
    st.sampled_from(ZONES), st.sampled_from(Counting.values), MOMENTS,
    st.integers(HOUR, 60 * HOUR), PAUSES,
)  # fmt: skip
def test_it_is_due_when_it_has_run_for_what_was_promised(zone, counts, start, target_s, pauses):
    clock, ran, at = clock_of(zone, counts, start, target_s), 0.0, start
    hours = clock.policy.due_hours
    for runs_s, stands_s in pauses:
        paused = at + timedelta(seconds=runs_s)
        if paused >= clock.due_at:
            break
        ran += business_seconds(at, paused, hours)
        clock.paused_at = paused
        at = paused + timedelta(seconds=stands_s)
        go_on(clock, at)
    assert abs(ran + business_seconds(at, clock.due_at, hours) - target_s) < 1


@given(st.sampled_from(ZONES), MOMENTS, st.integers(60, 5 * 86_400), st.integers(0, 20 * 86_400))
def test_what_was_late_stays_late_and_what_was_in_time_in_time(zone, start, runs_s, stands_s):
    clock = clock_of(zone, Counting.CALENDAR, start, 24 * HOUR)
    due, clock.paused_at = clock.due_at, start + timedelta(seconds=runs_s)
    was_late = clock.paused_at > due
    finish(clock, clock.paused_at + timedelta(seconds=stands_s))
    assert (clock.state == "missed") is was_late
    assert clock.wall_s == runs_s + stands_s
    assert 0 <= (clock.business_s or 0) <= runs_s


def test_a_message_older_than_the_pause_lets_it_run_from_the_pause():
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    clock = clock_of("UTC", Counting.CALENDAR, start, 10 * HOUR)
    due, clock.paused_at = clock.due_at, start + timedelta(hours=1)
    go_on(clock, start)
    assert (clock.due_at, clock.paused_at, clock.paused_s) == (due, None, 0)
