"""A seeded story of a thousand messages: whatever happens in it, nothing is lost or doubled."""

from __future__ import annotations

import pytest

from tests.crash.scale import SCALE
from tests.crash.simulator import Story

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", SCALE.story_seeds)
def test_whatever_happens_nothing_is_lost_or_doubled(transactional_db: None, seed: int) -> None:
    story = Story(seed, SCALE.messages)
    found = story.run()
    print(story, *[one[-600:] for one in found[:4]], *found[-1:], sep="\n")
    assert found == [], str(story)
