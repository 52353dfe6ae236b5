"""Deadlines and business time: worked examples of the field, then laws that hold everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.sla.rules import (
    BadCalendarError,
    Hours,
    Interval,
    NeverOpenError,
    always_open,
    business_seconds,
    deadline,
)

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
HOUR = 3600.0


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def office(zone: str = "America/Vancouver", **exceptions: list[list[str]]) -> Hours:
    dates = {key.removeprefix("d").replace("_", "-"): value for key, value in exceptions.items()}
    return Hours.parse(zone, OFFICE, dates)


class TestWorkedExamples:
    def test_friday_afternoon_is_due_on_monday_morning(self) -> None:
        """Hootsuite: Mon-Fri 9-17, target 30 min, arrives Friday 16:45, breached Monday 9:15."""
        hours = office()
        due = deadline(local("America/Vancouver", "2026-06-05T16:45"), 1800, hours)
        assert due == local("America/Vancouver", "2026-06-08T09:15")

    def test_half_past_four_to_half_past_nine_is_an_hour(self) -> None:
        """Front: asked 16:30, answered next day 9:30, hours 9-17: one hour."""
        hours = office()
        asked, answered = (
            local("America/Vancouver", text) for text in ("2026-06-02T16:30", "2026-06-03T09:30")
        )
        assert business_seconds(asked, answered, hours) == HOUR

    def test_reply_out_of_hours_to_a_message_out_of_hours_takes_no_time(self) -> None:
        """Keeping and Front alike."""
        asked, answered = (
            local("America/Vancouver", text) for text in ("2026-06-05T20:00", "2026-06-06T11:00")
        )
        assert business_seconds(asked, answered, office()) == 0

    def test_overlapping_shifts_count_once(self) -> None:
        """Keeping: the union of the staff's schedules."""
        hours = Hours.parse("UTC", {"mon": [["09:00", "13:00"], ["11:00", "17:00"]]})
        asked, answered = (local("UTC", f"2026-06-08T{text}") for text in ("08:00", "18:00"))
        assert business_seconds(asked, answered, hours) == 8 * HOUR

    def test_lunch_is_closed(self) -> None:
        """A list of intervals a day, as asked of Chatwoot in #14009."""
        hours = Hours.parse("UTC", {"mon": [["09:00", "12:30"], ["13:30", "17:00"]]})
        due = deadline(local("UTC", "2026-06-08T12:00"), HOUR, hours)
        assert due == local("UTC", "2026-06-08T14:00")

    def test_night_shift_runs_past_midnight(self) -> None:
        hours = Hours.parse("UTC", {"mon": [["22:00", "06:00"]]})
        due = deadline(local("UTC", "2026-06-08T23:00"), 3 * HOUR, hours)
        assert due == local("UTC", "2026-06-09T02:00")

    def test_holiday_is_skipped_and_the_night_before_it_runs_out(self) -> None:
        hours = Hours.parse(
            "UTC",
            {day: [["22:00", "06:00"]] for day in ("wed", "thu", "fri")},
            {"2026-12-25": []},
        )
        asked, answered = (local("UTC", text) for text in ("2026-12-24T22:00", "2026-12-26T12:00"))
        assert business_seconds(asked, answered, hours) == 8 * HOUR

    def test_special_opening_replaces_the_day(self) -> None:
        hours = office("UTC", d2026_12_24=[["09:00", "12:00"]])
        due = deadline(local("UTC", "2026-12-24T11:30"), HOUR, hours)
        assert due == local("UTC", "2026-12-25T09:30")

    def test_a_target_that_ends_at_closing_time_is_due_then(self) -> None:
        due = deadline(local("UTC", "2026-06-05T16:30"), 1800, office("UTC"))
        assert due == local("UTC", "2026-06-05T17:00")


class TestClockChanges:
    """Berlin: forward 29 March 2026 at 2:00, back 25 October 2026 at 3:00."""

    NIGHTS = Hours.parse("Europe/Berlin", {"sat": [["22:00", "06:00"]]})

    @pytest.mark.parametrize(
        ("saturday", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-06", 8)]
    )
    def test_a_night_shift_lasts_as_long_as_it_lasted(self, saturday: str, hours: int) -> None:
        start = local("Europe/Berlin", f"{saturday}T12:00").astimezone(UTC)
        worked = business_seconds(start, start + timedelta(days=1), self.NIGHTS)
        assert worked == hours * HOUR

    def test_opening_inside_the_gap_opens_at_the_jump(self) -> None:
        hours = Hours.parse("Europe/Berlin", {"sun": [["02:30", "04:00"]]})
        (opening, closing) = hours.windows_of(date(2026, 3, 29))[0]
        assert opening == datetime(2026, 3, 29, 1, tzinfo=UTC)
        assert closing == datetime(2026, 3, 29, 2, tzinfo=UTC)

    def test_a_time_that_happens_twice_means_the_first(self) -> None:
        hours = Hours.parse("Europe/Berlin", {"sun": [["02:30", "04:00"]]})
        (opening, closing) = hours.windows_of(date(2026, 10, 25))[0]
        assert opening == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert closing == datetime(2026, 10, 25, 3, tzinfo=UTC)

    def test_zone_whose_midnight_is_missing(self) -> None:
        """Beirut puts its clocks forward at midnight."""
        hours = Hours.parse(
            "Asia/Beirut", {"sat": [["00:00", "24:00"]], "sun": [["00:00", "24:00"]]}
        )
        start = local("Asia/Beirut", "2026-03-28T00:00").astimezone(UTC)
        assert business_seconds(start, start + timedelta(days=3), hours) == 47 * HOUR

    def test_half_hour_change(self) -> None:
        """Lord Howe moves its clocks by thirty minutes."""
        hours = Hours.parse("Australia/Lord_Howe", {"sun": [["00:00", "24:00"]]})
        start = local("Australia/Lord_Howe", "2026-10-03T00:00").astimezone(UTC)
        assert business_seconds(start, start + timedelta(days=3), hours) == 23.5 * HOUR


class TestEdges:
    def test_always_open_is_wall_time(self) -> None:
        asked = datetime(2026, 3, 28, 12, tzinfo=UTC)
        assert deadline(asked, HOUR, always_open()) == asked + timedelta(hours=1)
        assert business_seconds(asked, asked + timedelta(days=2), always_open()) == 48 * HOUR

    def test_an_answer_before_the_question_takes_no_time(self) -> None:
        asked = datetime(2026, 3, 28, 12, tzinfo=UTC)
        assert business_seconds(asked, asked - timedelta(hours=1), always_open()) == 0

    def test_a_target_of_nothing_is_due_at_once_even_when_closed(self) -> None:
        asked = local("UTC", "2026-06-06T12:00")
        assert deadline(asked, 0, office("UTC")) == asked

    def test_hours_that_never_open_are_an_error(self) -> None:
        with pytest.raises(NeverOpenError):
            deadline(datetime(2026, 1, 1, tzinfo=UTC), 60, Hours.parse("UTC", {}))

    def test_a_single_future_opening_is_found(self) -> None:
        hours = Hours.parse("UTC", {}, {"2027-01-05": [["10:00", "11:00"]]})
        due = deadline(datetime(2026, 1, 1, tzinfo=UTC), 60, hours)
        assert due == datetime(2027, 1, 5, 10, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("zone", "week", "exceptions", "said"),
        [
            ("Mars/Olympus", {}, {}, "time zone"),
            ("UTC", {"funday": []}, {}, "weekday"),
            ("UTC", {"mon": [["9", "17:00"]]}, {}, "not a time"),
            ("UTC", {"mon": [["09:00", "25:00"]]}, {}, "between 00:00 and 24:00"),
            ("UTC", {"mon": [["09:60", "10:00"]]}, {}, "between 00:00 and 24:00"),
            ("UTC", {"mon": [["24:00", "10:00"]]}, {}, "interval"),
            ("UTC", {"mon": ["09:00"]}, {}, "start and an end"),
            ("UTC", {}, {"Christmas": []}, "not a date"),
        ],
    )
    def test_what_cannot_be_read_is_named(
        self,
        zone: str,
        week: dict[str, list[list[str]]],
        exceptions: dict[str, list[list[str]]],
        said: str,
    ) -> None:
        with pytest.raises(BadCalendarError, match=said):
            Hours.parse(zone, week, exceptions)

    def test_an_interval_is_never_longer_than_a_day(self) -> None:
        with pytest.raises(BadCalendarError, match="longer"):
            Interval(60, 60 + 24 * 60 + 1)


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Kathmandu"]
)
INTERVALS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda pair: Interval(pair[0], pair[0] + pair[1])
)
WEEKS = (
    st.lists(st.lists(INTERVALS, max_size=3).map(tuple), min_size=7, max_size=7)
    .map(tuple)
    .filter(any)
)
# Around both clock changes of every zone above.
SPRING = datetime(2026, 3, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 9, 25, tzinfo=UTC)
INSTANTS = st.one_of(
    st.integers(0, 45 * 86400).map(lambda second: SPRING + timedelta(seconds=second)),
    st.integers(0, 45 * 86400).map(lambda second: AUTUMN + timedelta(seconds=second)),
)
EXCEPTIONS = st.dictionaries(
    st.dates(date(2026, 3, 1), date(2026, 11, 15)),
    st.lists(INTERVALS, max_size=2).map(tuple),
    max_size=3,
)
HOURS = st.builds(Hours, ZONES, WEEKS, EXCEPTIONS)


@settings(max_examples=150, deadline=None)
@given(HOURS, INSTANTS, INSTANTS, INSTANTS)
def test_business_time_adds_up(hours: Hours, a: datetime, b: datetime, c: datetime) -> None:
    first, middle, last = sorted((a, b, c))
    whole = business_seconds(first, last, hours)
    parts = business_seconds(first, middle, hours) + business_seconds(middle, last, hours)
    assert whole == parts
    assert 0 <= whole <= (last - first).total_seconds()


@settings(max_examples=150, deadline=None)
@given(HOURS, INSTANTS, st.integers(1, 40 * 3600))
def test_the_deadline_is_the_inverse_of_business_time(
    hours: Hours, start: datetime, target: int
) -> None:
    due = deadline(start, target, hours)
    assert business_seconds(start, due, hours) == target
    assert business_seconds(start, due - timedelta(seconds=1), hours) == target - 1


@settings(max_examples=150, deadline=None)
@given(HOURS, INSTANTS, INSTANTS, st.integers(0, 40 * 3600), st.integers(0, 40 * 3600))
def test_later_and_longer_are_never_due_earlier(
    hours: Hours, a: datetime, b: datetime, short: int, long: int
) -> None:
    early, late = sorted((a, b))
    short, long = sorted((short, long))
    assert deadline(early, long, hours) <= deadline(late, long, hours)
    assert deadline(early, short, hours) <= deadline(early, long, hours)


@settings(max_examples=60, deadline=None)
@given(INSTANTS, INSTANTS, ZONES)
def test_whole_days_are_wall_time_in_every_zone(a: datetime, b: datetime, zone: str) -> None:
    """Walked day by day (an exception switches the short cut off), across both changes."""
    hours = Hours(zone, always_open(zone).week, {date(2030, 1, 1): ()})
    first, last = sorted((a, b))
    assert business_seconds(first, last, hours) == (last - first).total_seconds()
