"""A day of units, spent so that it lasts: how long to wait until the next look. Pure.

Every project has so many units from midnight to midnight in California. Whoever asks each minute
and then reads every thread has none left in the afternoon. So what is left, less a reserve for
answering, is spread over what is left of the day; the cursor remembers what was spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hearwell.connect.model import Account
from hearwell.connectors.google.midnight import ZONE, next_midnight
from hearwell.connectors.youtube.manifest import MANIFEST, RESERVED_SHARE, UNITS, UNITS_SETTING

CHANNELS_SETTING = "channels"
_QUICKEST = timedelta(seconds=MANIFEST.poll_every_s)
# What each stream may spend of the units for listening, in hundredths.
SHARES: Mapping[str, int] = {"recent": 70, "older": 30}


@dataclass(frozen=True, slots=True)
class Day:
    """What a stream has spent on ``date`` (in California)."""

    date: str
    spent: int = 0

    def plus(self, units: int) -> Day:
        """The same day with more spent."""
        return replace(self, spent=self.spent + units)


def today(now: datetime, told: object) -> Day:
    """The day as a cursor told it; a new one from midnight on, or where it cannot be read."""
    date = now.astimezone(ZoneInfo(ZONE)).date().isoformat()
    known: Mapping[str, Any] = told if isinstance(told, dict) else {}
    spent = known.get("spent")
    is_same = known.get("date") == date and isinstance(spent, int) and spent >= 0
    return Day(date, int(spent) if is_same and isinstance(spent, int) else 0)


def allowed(account: Account, stream: str) -> int:
    """Units a day for one stream of one channel, the reserve for answering left out."""
    units = _number(account, UNITS_SETTING, UNITS)
    listening = units - units // RESERVED_SHARE
    return listening * SHARES.get(stream, 0) // 100 // _number(account, CHANNELS_SETTING, 1)


def left_of(account: Account, stream: str, day: Day) -> int:
    """Units that a stream may still spend today: no more than others have left of the app's."""
    left = allowed(account, stream) - day.spent
    if account.units is None:
        return left
    return min(left, account.units * SHARES.get(stream, 0) // 100)


def next_look(now: datetime, left: int, cost: int) -> datetime:
    """When to look next, if a look costs ``cost`` units and ``left`` are left today."""
    midnight = next_midnight(now)
    if left < cost:
        return midnight
    pause = (midnight - now) * max(1, cost) / left
    return min(midnight, now + max(_QUICKEST, pause))


def _number(account: Account, name: str, default: int) -> int:
    value = account.settings.get(name, "")
    found = int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else 0  # noqa: PLR2004 -- more is no quota
    return found or default
