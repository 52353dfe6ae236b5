"""How much the laboratory does: little in every run of the tests, much where it is told to.

``HEARWELL_LAB="seeds=50 messages=20000 stories=5 seed=3 kills=200"``, each of them by itself too:
seeds for every point of every connector, messages of a story, how many stories, the first one's
seed (of the kills of many machines, too), and how often something of those dies (without it four
times, and they are not upgraded). ``migrations=1`` takes all migrations back and forth, and not
each part's last one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """What was asked for."""

    seeds: int = 0
    messages: int = 1000
    stories: int = 1
    seed: int = 1
    kills: int = 0
    migrations: int = 0

    @property
    def story_seeds(self) -> range:
        """A seed for each story."""
        return range(self.seed, self.seed + self.stories)


SCALE = Scale(
    **{k: int(v) for k, v in (p.split("=") for p in os.environ.get("HEARWELL_LAB", "").split())}
)
