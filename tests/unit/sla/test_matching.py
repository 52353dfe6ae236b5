"""Which promise holds: conditions, their order, and what could never hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.sla.matching import (
    FIELDS,
    BadConditionError,
    Facts,
    checked,
    covering,
    first_fit,
    fits,
)

GOLD = Facts(network="bluesky", audience="public", kind="complaint", urgency="3", tier="gold")
_VALUES = st.sampled_from(["a", "b", "c"])
_FACTS = st.builds(Facts, **dict.fromkeys(FIELDS, _VALUES))
_CONDITIONS = st.dictionaries(
    st.sampled_from(FIELDS), st.lists(_VALUES, min_size=1, unique=True), max_size=3
)


@pytest.mark.parametrize(
    ("conditions", "is_fit"),
    [
        ({}, True),
        ({"tier": ["gold", "press"]}, True),
        ({"tier": ["press"]}, False),
        ({"tier": ["gold"], "kind": ["question"]}, False),
        ({"urgency": ["3", "4"], "network": ["bluesky"]}, True),
    ],
)
def test_every_condition_must_name_the_fact(conditions, is_fit):
    assert fits(conditions, GOLD) is is_fit


def test_the_first_that_fits_holds_and_the_last_for_all_else():
    ordered = [{"tier": ["gold"]}, {"kind": ["complaint"]}, {}]
    assert first_fit(ordered, GOLD) == 0
    assert first_fit(ordered, Facts(kind="complaint")) == 1
    assert first_fit(ordered, Facts()) == 2


def test_conditions_are_kept_plain():
    given = {
        "language": ["de-AT", " DE", ""],
        "tier": [" Gold "],
        "kind": [],
        "urgency": ["4", "3"],
    }
    assert checked(given) == {"language": ["de"], "urgency": ["3", "4"], "tier": ["gold"]}
    with pytest.raises(BadConditionError, match="weather"):
        checked({"weather": ["rain"]})


def test_one_that_an_earlier_one_takes_whole_is_told():
    assert covering([{"kind": ["complaint", "question"]}, {"kind": ["complaint"]}], 1) == 0
    assert covering([{"kind": ["idea"]}, {}, {"kind": ["complaint"]}], 2) == 1
    assert covering([{"kind": ["complaint"]}, {"kind": ["complaint", "idea"]}], 1) is None
    gold = {"kind": ["complaint"], "tier": ["gold"]}
    assert covering([gold, {"kind": ["complaint"]}], 1) is None


@given(st.lists(_CONDITIONS, min_size=1, max_size=5), _FACTS)
def test_what_is_covered_never_holds(ordered, facts):
    place = first_fit([*ordered, {}], facts)
    assert place == len(ordered) or covering(ordered, place) is None


@given(_CONDITIONS, _FACTS)
def test_keeping_conditions_changes_nothing(conditions, facts):
    assert fits(checked(conditions), facts) == fits(conditions, facts)
