"""How much is enough, in learning: numbers that pages, jobs and tests share. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# A version is made anew after so many labels, and each night.
REFIT_EVERY: Final = 50
REFIT_AFTER: Final = timedelta(hours=20)
# So many labels are learned one by one on top of a version, some second's work.
MOST_REPLAYED: Final = 2_000
# Below so many labelled messages nothing is quieted: nobody could say how many are missed.
ENOUGH_TO_QUIET: Final = 200
# What quieting is judged by: the newest so many labels of duty.
QUIET_FROM: Final = 2_000
# So many versions keep their weights, and so does each that was promoted.
WHOLE: Final = 50
# From so many labels of a head on, its certainty is corrected for the workspace.
ENOUGH_TO_CALIBRATE: Final = 100
# Of what was quieted on a day, so large a part is looked at by a person.
REVIEWED: Final = 0.02
REVIEW_DAYS: Final = 14
# So many labels are asked for on a day.
ASKED_A_DAY: Final = 10
# Below so many a share would only look exact.
ENOUGH_TO_SAY: Final = 20
LEAST_BUDGET, MOST_BUDGET = 0.001, 0.1
LEAST_SURE, MOST_SURE = 0.34, 0.99
# Certainty in bands, as pages tell them; the last is up to 1.
CERTAINTIES: Final = (0.0, 0.6, 0.8, 0.9)


def band_of(certainty: float) -> tuple[float, float]:
    """Return the band of certainty [from, to) that a certainty is in; the last one includes 1."""
    edges = (*CERTAINTIES, 1.01)
    at = max(place for place, edge in enumerate(CERTAINTIES) if certainty >= edge)
    return edges[at], edges[at + 1]
