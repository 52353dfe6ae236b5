from __future__ import annotations

import pytest

from hearwell.reports.study.figures import Figures, ranked
from hearwell.reports.study.methods import METHODS

ROW = {
    "brand": "Page", "inbound": 50, "needs_reply": 40, "answered": 30, "median_s": 600.0004,
    "p90_s": 1200.0, "mean_s": 700.0, "within_15m": 10, "within_1h": 20, "within_8h": 25,
    "within_24h": 30, "waiting": 10, "unripe": 0,
}  # fmt: skip
METHOD = METHODS["hearwell"]


def figures(**changes) -> Figures:
    return Figures.of(METHOD, ROW | changes)


def test_the_json_object_has_the_documented_keys_and_no_others():
    assert figures().as_json() == {
        "brand": "Page",
        "method": "hearwell",
        "method_version": 1,
        "inbound": 50,
        "needs_reply": 40,
        "answered": 30,
        "response_rate": 0.75,
        "first_response_s": {"n": 30, "median": 600.0, "p90": 1200.0, "mean": 700.0},
        "within": {"15m": 0.25, "1h": 0.5, "8h": 0.625, "24h": 0.75},
        "waiting": 10,
    }


def test_nothing_asked_is_no_rate_at_all():
    empty = Figures.none(METHOD, "Page").as_json()
    assert empty["response_rate"] is None
    assert empty["within"] == {"15m": None, "1h": None, "8h": None, "24h": None}
    assert empty["first_response_s"] == {"n": 0, "median": None, "p90": None, "mean": None}


@pytest.mark.parametrize(
    ("changes", "caveat"),
    [
        ({}, None),
        ({"needs_reply": 30}, None),
        ({"needs_reply": 29}, "n < 30"),
        ({"unripe": 2}, None),  # 5 % of 40
        ({"unripe": 3}, "cut off by the end of the record"),
    ],
)
def test_a_rate_is_greyed_where_it_says_little(changes, caveat):
    assert figures(**changes).caveat == caveat


def test_the_league_table_ranks_only_what_can_be_compared():
    league = [
        figures(brand="Small", needs_reply=10, answered=10),
        figures(brand="Good", answered=36),
        figures(brand="Cut off", answered=39, unripe=10),
        figures(brand="Better", answered=38),
    ]
    assert [(place, one.brand) for place, one in ranked(league)] == [
        (1, "Better"),
        (2, "Good"),
        (None, "Cut off"),
        (None, "Small"),
    ]
