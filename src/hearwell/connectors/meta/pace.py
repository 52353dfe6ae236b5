"""How fast we may ask, from the headers that come with every answer. Pure but for the clock.

``X-App-Usage`` is an object of percentages; ``X-Business-Use-Case-Usage`` (and Instagram's and
Pages' calls have that) lists the same for each business, with the minutes until we may come again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hearwell.connect.health import Allowance
from hearwell.kit import clock

if TYPE_CHECKING:
    import httpx

APP_USAGE, BUSINESS_USAGE = "x-app-usage", "x-business-use-case-usage"
_SHARES = ("call_count", "total_time", "total_cputime")
_REGAIN = "estimated_time_to_regain_access"
# A day is the longest stretch that Meta reckons in.
_MOST_MINUTES = 24 * 60
_MOST = 1_000_000


def come_again_at(headers: httpx.Headers) -> datetime | None:
    """When we may ask again, by the longest wait that is named; None where none is."""
    minutes = [_whole(usage.get(_REGAIN)) for usage in _usages(headers)]
    longest = min(max(minutes, default=0), _MOST_MINUTES)
    return clock.now() + timedelta(minutes=longest) if longest > 0 else None


def allowance(headers: httpx.Headers) -> Allowance | None:
    """The share that is used of the limit that is nearest, in percent; None if nobody says."""
    shares = [_whole(usage.get(name)) for usage in _usages(headers) for name in _SHARES]
    return Allowance(max(shares), 100, 3600, come_again_at(headers)) if shares else None


def _usages(headers: httpx.Headers) -> Iterator[dict[str, Any]]:
    app = _read(headers.get(APP_USAGE, ""))
    if app:
        yield app
    for businesses in _read(headers.get(BUSINESS_USAGE, "")).values():
        if isinstance(businesses, list):
            yield from (one for one in businesses if isinstance(one, dict))


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 <= value <= _MOST else 0
