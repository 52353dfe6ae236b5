"""Without a mouse: some cases and stories of the benchmark, the latter at 400 %."""

from __future__ import annotations

import pytest

from bench import _hand_cases, _hand_play, _hand_stories
from bench._hands import Desk, Hands, desk_of, leave
from tests.house import running_house

pytestmark = pytest.mark.slow
CASES = [
    one
    for one in _hand_cases.CASES
    if one.what
    in {
        "correct what kind of message it is",
        "approve a colleague's reply",
        "take a sent reply back, mend it, send it",
    }
]
STORIES = (
    _hand_stories.takes_it_back,
    _hand_stories.acts_on_many_and_takes_it_back,
    _hand_stories.says_that_one_is_busy,
)


@pytest.fixture(scope="module")
def desk(browser):
    """A desk in a house of its own: which case comes next depends on all that are there."""
    with running_house() as house, desk_of(house, browser) as made:
        yield made


def test_a_case_takes_six_keys_at_most(desk: Desk) -> None:
    found = _hand_play.prepare(desk, CASES)
    context = desk.context()
    hands = Hands(context.new_page())
    for one in CASES:
        played = _hand_play.play(desk, hands, one, found[one.customer])
        assert "blocked" not in played, played
        assert played["keys"] <= _hand_play.BAR_KEYS, played
    leave(context)


def test_nothing_is_blocked_or_out_of_sight_at_400_percent(desk: Desk) -> None:
    _hand_stories.prepare(desk, "S")
    for told in STORIES:
        sight = _hand_stories.tell_one(desk, _hand_stories.SIZES["400 %"], "S", told)
        assert not sight.wrong, (told.__name__, sight.wrong)
        assert sight.stops
