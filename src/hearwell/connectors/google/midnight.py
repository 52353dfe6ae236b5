"""When a day of Google's begins: its daily quotas are counted from midnight in California."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = "America/Los_Angeles"


def next_midnight(now: datetime) -> datetime:
    """The next reset after ``now``, in UTC. PURE."""
    here = now.astimezone(ZoneInfo(ZONE))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    # Wall-clock arithmetic: a day of 23 or 25 hours still ends at midnight.
    return (midnight + timedelta(days=1)).astimezone(UTC)
