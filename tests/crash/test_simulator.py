"""A seeded story of customers and answers: whatever happens in it, nothing is lost or doubled."""

from __future__ import annotations

import sys

import pytest

from tests.crash.scale import SCALE
from tests.crash.simulator import Story

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", SCALE.story_seeds)
def test_whatever_happens_nothing_is_lost_or_doubled(transactional_db: None, seed: int) -> None:
    story = Story(seed, SCALE.messages)
    found = story.run()
    sys.stdout.write(f"{story}\n")  # with -s, and whenever it fails
    assert found == []
