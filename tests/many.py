"""How many cases a property of a connector is tried with.

Ten thousand a connector find what a tenth does not, and take minutes: so every run tries a tenth,
each time others, and `make test-long` all.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

IS_LONG = os.environ.get("TEST_LONG") == "1"


def many(cases: int) -> settings:
    """Return settings for so many cases, or a tenth of them."""
    return settings(
        max_examples=cases if IS_LONG else cases // 10, suppress_health_check=list(HealthCheck)
    )
