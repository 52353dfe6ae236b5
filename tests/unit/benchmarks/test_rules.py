"""Places and percentiles, and what keeps a brand from having one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hearwell.benchmarks.rules import (
    EARLY,
    LATE,
    Brand,
    Covered,
    percentile,
    places,
    shared_channels,
)
from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import ALL

NONE = Figures.none(ALL[0], "a")


def rated(rate, why=""):
    return replace(NONE, response_rate=rate, needs_reply=100), why


def test_equal_rates_share_a_place_and_the_greyed_have_none():
    found = places([rated(0.5), rated(0.9), rated(1.0, "n < 30"), rated(0.5), rated(0.1)])
    assert found == [2, 1, None, 2, 4]


def test_a_percentile_is_among_those_ranked():
    assert [percentile(one, [1, 2, 2, 4]) for one in (1, 2, 4, None)] == [100, 50, 0, None]
    assert percentile(1, [1]) is None


def test_a_record_that_covers_less_is_said():
    def day(n):
        return datetime(2026, 3, n, tzinfo=UTC)

    records = [Covered(), Covered(day(2), day(28)), Covered(day(2), day(10))]
    records.append(Covered(day(12), day(28)))
    assert [one.gaps(records) for one in records] == [[], [], [EARLY], [LATE]]


def test_an_account_of_two_brands_is_found():
    brands = [Brand("A", ("1", "2")), Brand("B", ("2",)), Brand("C", ("3", "3"))]
    assert shared_channels(brands) == {"2"}
    assert Brand.read(brands[0].stored) == brands[0]
