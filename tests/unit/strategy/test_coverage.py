"""Every hour of a week: against a minute-by-minute count, over midnight and on holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.strategy.coverage import owners_at, week_of
from hearwell.strategy.rules import Answers, BadAnswerError, Path, Shift, checked_shift, compare

MONDAY = date(2026, 11, 23)
WEEKDAYS = (0, 1, 2, 3, 4)


def shift(days=tuple(range(7)), starts="00:00", ends="24:00", **more) -> Shift:
    return Shift(days=tuple(days), starts=starts, ends=ends, team="t", backup="b", **more)


def test_without_a_shift_nobody_owns_anything():
    week = week_of(MONDAY, [], {})
    assert week.open_hours == 168
    assert [(gap.starts, gap.ends) for gap in week.gaps] == [(0, 1440)] * 7


def test_around_the_clock_leaves_nothing():
    assert week_of(MONDAY, [shift()], {}).open_hours == 0


def test_a_night_shift_goes_on_into_the_next_day_and_the_next_week():
    week = week_of(MONDAY, [shift([6], "22:00", "06:00")], {})
    owned = [(d, h) for d, day in enumerate(week.cells) for h, c in enumerate(day) if c.is_owned]
    assert owned == [(0, h) for h in range(6)] + [(6, 22), (6, 23)]


def test_a_part_of_an_hour_is_told_in_minutes():
    week = week_of(MONDAY, [shift(starts="00:00", ends="08:30"), shift(starts="08:45")], {})
    cell = week.cells[0][8]
    assert (cell.shifts, cell.open_minutes, cell.is_owned) == ((0, 1), 15, False)
    assert week.open_hours == 7


@pytest.mark.parametrize(
    ("hours", "open_hours"),
    [([], 24), ([(600, 720)], 22), (None, 0)],
)
def test_on_a_holiday_the_calendars_hours_hold(hours, open_hours):
    single = {} if hours is None else {MONDAY + timedelta(days=2): hours}
    week = week_of(MONDAY, [shift(calendar="no")], {"no": single})
    assert week.open_hours == open_hours
    # Who works by no calendar works on holidays, too.
    assert week_of(MONDAY, [shift(calendar="no"), shift()], {"no": single}).open_hours == 0


def test_what_nobody_stands_behind_counts_for_nothing():
    assert week_of(MONDAY, [shift(), shift()], {}, able={1}).open_hours == 0
    assert week_of(MONDAY, [shift()], {}, able=set()).open_hours == 168


times = st.integers(0, 1439).map(lambda m: f"{m // 60:02d}:{m % 60:02d}")
shifts = st.builds(
    Shift,
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda d: tuple(sorted(d))),
    starts=times,
    ends=times | st.just("24:00"),
    team=st.just("t"),
    backup=st.just("b"),
    calendar=st.sampled_from(["", "no"]),
).filter(lambda s: s.starts != s.ends and (s.starts, s.ends) != ("00:00", "00:00"))
holidays = st.dictionaries(
    st.integers(-1, 6).map(lambda n: MONDAY + timedelta(days=n)),
    st.lists(st.tuples(st.integers(0, 700), st.integers(701, 1440)), max_size=1),
    max_size=3,
)


@settings(max_examples=15, deadline=None)
@given(st.lists(shifts, max_size=4), holidays)
def test_the_map_is_what_asking_every_minute_would_give(rota, single):
    exceptions = {"no": single}
    week = week_of(MONDAY, rota, exceptions)
    for offset in range(7):
        start = datetime.combine(MONDAY + timedelta(days=offset), datetime.min.time())
        for hour in range(24):
            asked = [
                owners_at(start + timedelta(minutes=hour * 60 + minute), rota, exceptions)
                for minute in range(60)
            ]
            cell = week.cells[offset][hour]
            assert cell.open_minutes == sum(not owners for owners in asked)
            assert set(cell.shifts) == {place for owners in asked for place in owners}


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"starts": "8"}, "time", "0-starts"),
        ({"ends": "25:00"}, "time", "0-ends"),
        ({"starts": "08:00", "ends": "08:00"}, "zero", "0-ends"),
        ({"starts": "24:00", "ends": "08:00"}, "start", "0-starts"),
        ({"days": ()}, "days", "0-days"),
        ({"team": "", "person": ""}, "owner", "0-person"),
        ({"backup": ""}, "backup", "0-backup"),
        ({"person": "b"}, "same", "0-backup"),
    ],
)
def test_a_shift_that_cannot_be_says_so_at_its_field(facts, code, field):
    usual = {"days": WEEKDAYS, "starts": "08:00", "ends": "18:00", "team": "t", "backup": "b"}
    with pytest.raises(BadAnswerError) as wrong:
        checked_shift(Shift(**{**usual, **facts}), "0-")
    assert (wrong.value.code, wrong.value.place) == (code, field)


def test_answers_read_back_as_they_were_kept():
    answers = Answers(
        networks={"sandbox": "answer"},
        elsewhere="A forum",
        rota=(shift(WEEKDAYS, "22:00", "06:00", calendar="no"),),
        paths={"complaint": Path("Apologise", "standard", "t", ("a1", "a2"))},
        roles={"agent": "100 a case"},
    )
    assert Answers.parse(answers.stored()) == answers
    assert compare(answers, answers) == []
    told = compare(answers, Answers(networks={"sandbox": "read"}))
    assert [(one.question, one.what) for one in told][:2] == [
        ("networks", ""),
        ("networks", "sandbox"),
    ]
    assert {one.question for one in told} == {"networks", "rota", "paths", "roles"}
