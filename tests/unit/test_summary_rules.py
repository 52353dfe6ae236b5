"""The rules of the executive page: sentences follow from figures, goals from weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from hearwell.reports.overview.figure import Figure, figure_of
from hearwell.reports.rolling.cube import Span
from hearwell.reports.rolling.measures import ANSWER, NEED
from hearwell.reports.rolling.tally import Tally, empty
from hearwell.reports.summary.answer import Answer
from hearwell.reports.summary.change import better
from hearwell.reports.summary.danger import Danger, Trouble, what_burns
from hearwell.reports.summary.goals import AIMS, Standing, progress, projected
from hearwell.reports.summary.money import costs
from hearwell.reports.summary.people import People, who
from hearwell.reports.summary.service import Expected, in_time
from hearwell.reports.summary.spans import quarter_to

LAST = date(2026, 8, 30)


def said(answer: Answer) -> str:
    """The word and all sentences, with bare numbers in them."""
    parts = (answer.sentence, *answer.more)
    words = (one.text % {key: v.value for key, v in one.values.items()} for one in parts)
    return f"{answer.verdict}. {' '.join(words)}"


def need(n: int, answered: int) -> Tally:
    made = empty(NEED)
    made.counts[9, :2] = n, answered
    return made


def report(**given: Figure) -> Any:
    def figure(key: str) -> Figure:
        return given.get(key) or figure_of(key, key, "m", None, "share", 0)

    return SimpleNamespace(figure=figure)


def a_figure(key: str, value: float | None, n: int) -> Figure:
    return figure_of(key, key, "m", value, "share", n)


def test_a_quarter_ends_where_everybody_had_a_day_and_is_held_against_as_many_days():
    found = quarter_to(None, date(2026, 11, 27))
    assert found.now == Span(date(2026, 10, 1), date(2026, 11, 25))
    assert found.before == Span(date(2026, 7, 1), date(2026, 8, 25))
    assert found.number == 4
    first_days = quarter_to(None, date(2026, 1, 2))
    assert first_days.now == Span(date(2025, 10, 1), date(2025, 12, 31))
    # 1 Jul to 30 Sep has 92 days, the quarter before 91: the last has no counterpart.
    assert quarter_to(date(2026, 9, 30), LAST + timedelta(days=60)).before.last == date(2026, 6, 30)
    assert quarter_to(date(2030, 1, 1), date(2026, 5, 3)).now == Span(
        date(2026, 4, 1), date(2026, 5, 1)
    )


def test_in_time_is_by_expectation_else_by_promise_else_by_a_day():
    rate, promise = a_figure("response_rate", 0.6, 200), a_figure("promise_answer", 0.8, 100)
    full = report(response_rate=rate, promise_answer=promise)
    assert said(in_time(full, Expected(0.4, 50), 30)).startswith(
        "No. Answered within the time that c"
    )
    asked = in_time(full, Expected(None, 0), 30)
    assert said(asked) == (
        "Mostly. Answered within the time that we promise: 0.8. "
        "What they expect nobody has asked them in a survey yet."
    )
    plain = in_time(report(response_rate=rate), Expected(None, 0), 30)
    assert said(plain).startswith("Cannot be said. Answered within 24 hours: 0.6. What they expect")
    few = in_time(report(response_rate=a_figure("response_rate", 1.0, 4)), Expected(None, 0), 1)
    assert said(few).endswith("Counted on only 4: chance weighs more than anything you did. "
                              "All of it is from one single day.")  # fmt: skip
    nothing = in_time(report(), Expected(None, 0), 30)
    assert said(nothing).startswith("Cannot be said. No message needed an answer")
    assert nothing.figures == ()


def test_the_gravest_thing_comes_first_and_nobody_having_it_before_that():
    at = datetime(2026, 8, 30, tzinfo=UTC)
    calm = Danger([], 0, 0, 9, 0, 0, is_watched=False)
    found = what_burns(calm)
    assert said(found).startswith("Not that we know of. No incident is open")
    assert "switched off" in found.notes[0].text
    assert [one.value for one in found.figures] == [0, 0, 0]
    had = Trouble(1, "INC-1 Bags", "Alice", at, is_live=True)
    lost = Trouble(2, "INC-2 Wi-Fi", "", None, is_live=True)
    idea = Trouble(3, "INC-3 Seats", "", None, is_live=False)
    told = [
        said(what_burns(Danger(troubles, *counts, is_watched=True)))
        for troubles, counts in (
            ([had], (1, 2, 9, 1, 2)), ([had, lost], (1, 2, 9, 1, 2)), ([idea], (1, 2, 9, 1, 2)),
            ([], (1, 2, 9, 0, 2)), ([], (0, 2, 9, 0, 0)),
        )
    ]  # fmt: skip
    assert told == [
        "Yes. An incident is open and Alice has it: INC-1 Bags.",
        "Yes. An incident is open and nobody has it: INC-2 Wi-Fi.",
        "It may. Cases that were escalated and that nobody has accepted: 1.",
        "It may. Far more than usual is being said: spikes that last: 1.",
        "Not yet. No incident is open, but cases are past their time: 2.",
    ]


def test_better_is_only_what_is_more_than_chance():
    def told(now: Tally, before: Tally) -> str:
        rest = {ANSWER: empty(ANSWER)}
        return said(better({NEED: now, **rest}, {NEED: before, **rest}, 30))

    assert told(need(1000, 900), need(1000, 700)).startswith("Better. ")
    assert told(need(1000, 700), need(1000, 900)).startswith("Worse. ")
    chance = told(need(20, 15), need(20, 14))
    assert chance.startswith("Neither better nor worse. ")
    assert "within chance" in chance
    assert "Counted on only 20" in chance
    assert told(need(0, 0), need(5, 5)).startswith(
        "Cannot be said. Nothing needed an answer in this"
    )
    assert "nothing to compare with" in told(need(5, 5), need(0, 0))
    assert "under Benchmarks" in better({NEED: need(0, 0)}, {NEED: need(0, 0)}, 1).notes[0].text


def test_what_is_not_known_of_money_is_said():
    def told(value: float | None, n: int, caveat: str = "") -> str:
        cost = Figure("cost", "c", value, "money", n, "m", caveat, "EUR")
        return said(costs(report(cost=cost), 30))

    assert told(520, 100) == (
        "In part known. A solved case cost 520; solved: 100. "
        "What it returns is not measured: no sales are imported."
    )
    assert "Nobody has said what an hour costs" in told(None, 100)
    assert told(None, 0).startswith("Cannot be said. No case was solved")


def test_people_are_new_or_known():
    assert said(who(People(0, 0, {}), 9)).startswith("Cannot be said. Nobody wrote")
    assert said(who(People(4, 4, {}), 9)).startswith("Very few people. ")
    assert "only" not in said(who(People(4, 4, {}), 9))  # that would tell how many
    assert said(who(People(100, 60, {}), 9)).startswith("Mostly known to us. ")
    assert said(who(People(100, 50, {}), 9)).startswith("Mostly new ones. ")


def weekly(*rates: float | None) -> dict[tuple[date, str], Tally]:
    """A hundred messages in each week that has a rate, the last week last."""
    return {
        (LAST - timedelta(days=7 * back), NEED): need(100, round(100 * rate))
        for back, rate in enumerate(reversed(rates))
        if rate is not None
    }


@pytest.mark.parametrize(
    ("rates", "due", "standing"),
    [
        ((0.9,) * 8, 30, Standing.MET),
        ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75), 21, Standing.ON_THE_WAY),
        ((0.7,) * 8, 21, Standing.NOT_ON_THE_WAY),
        ((0.7,) * 8, -1, Standing.MISSED),
        ((None,) * 5 + (0.7,) * 3, 21, Standing.UNKNOWN),
        ((None,) * 8, 21, Standing.UNKNOWN),
        ((0.9,) + (None,) * 7, -1, Standing.UNKNOWN),
    ],
)
def test_a_goal_is_met_or_on_its_way_by_the_last_eight_weeks(rates, due, standing):
    due_on = LAST + timedelta(days=due)
    found = progress(AIMS["response_rate"], 0.8, due_on, weekly(*rates), LAST)
    assert found.standing == standing
    assert len(found.weeks) == 8


def test_a_goal_whose_date_is_over_is_held_against_the_weeks_before_it():
    days = weekly(*(0.9,) * 4, *(0.2,) * 4)
    due_on = LAST - timedelta(days=28)
    assert progress(AIMS["response_rate"], 0.8, due_on, days, LAST).standing == Standing.MET


def test_one_odd_week_does_not_bend_the_line():
    assert projected([1, 2, 3, 100, 5, 6, 7, 8], 2) == pytest.approx(10)
    assert projected([None, 1, 1, 1, None], 2) is None
    assert AIMS["answer_median"].reaches(60, 100)
    assert not AIMS["response_rate"].reaches(0.6, 0.7)
