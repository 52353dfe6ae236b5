"""The garbage collector, told what a long-lived process knows about itself."""

from __future__ import annotations

import atexit
import gc

# Objects made before a young generation is looked through; a batch of 500 messages makes some
# 100,000, nearly all of them freed at once by their reference counts.
YOUNG, MIDDLE, OLD = 50_000, 50, 100


def begin() -> None:
    """Look less often from the start: loading makes a million objects, and none to be freed.

    With Python's own thresholds every process spends a seventh of its start on looking.
    """
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def settle() -> None:
    """Leave what start-up made out of every later collection.

    Modules, models and templates live as long as the process; walking them again and again took
    a fifth of the processor time of taking in a batch.
    """
    gc.collect()
    gc.freeze()
    # Extension modules look for what they think is forgotten when the process ends.
    atexit.register(gc.unfreeze)
    begin()
