"""Prices, months and quotas: what a charge comes to, when an allowance begins anew. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from hearwell.connect.manifest import Manifest
from hearwell.connect.terms import Charge, Quota

MICROS: Final = 1_000_000
# From this share of the cap on, admins are warned.
NEAR: Final = Decimal("0.8")
# One part in so many of a quota is kept for answers.
KEPT_SHARE: Final = 5
# A longer number is no quota that anybody grants.
_DIGITS: Final = re.compile("[0-9]{1,9}")


class Stage(StrEnum):
    """How much of a monthly cap is spent."""

    WELL = "well"
    NEAR = "near"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that was charged for: how often, its units and its cost in micros."""

    what: str
    count: int
    units: int
    micros: int


def day_of(manifest: Manifest, at: datetime) -> date:
    """Return the day on which the network counts it: quotas begin anew at midnight over there."""
    zone = ZoneInfo(manifest.quota.zone) if manifest.quota else UTC
    return at.astimezone(zone).date()


def resets_at(manifest: Manifest, at: datetime) -> datetime:
    """Return when the daily quota begins anew, in UTC."""
    zone = ZoneInfo(manifest.quota.zone) if manifest.quota else UTC
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def next_month(day: date) -> date:
    """Return the first of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def priced(
    manifest: Manifest, charges: Iterable[Charge], prices: Mapping[str, int]
) -> list[Counted]:
    """Return what charges come to, one line a name; ``prices`` stand before the manifest's.

    What has no price is free.
    """
    listed = {price.what: price.micros for price in manifest.prices} | dict(prices)
    counts: dict[str, int] = {}
    for charge in charges:
        counts[charge.what] = counts.get(charge.what, 0) + charge.count
    return [
        Counted(what, n, _units(manifest, what, n), n * listed.get(what, 0))
        for what, n in sorted(counts.items())
        if n > 0
    ]


def _units(manifest: Manifest, what: str, count: int) -> int:
    return manifest.quota.of(Charge(what, count)) if manifest.quota else 0


def units_granted(quota: Quota, settings: Iterable[Mapping[str, str]]) -> int:
    """Return the units of a day. An app has one grant: the most that one of its accounts says."""
    told = (str(one.get(quota.setting, "")) for one in settings)
    found = (int(one) for one in told if _DIGITS.fullmatch(one))
    return max(found, default=0) or quota.units


def stage_of(spent: int, cap: int | None) -> Stage:
    """Say how far a month's spending is from its cap, both in micros."""
    if cap is None:
        return Stage.WELL
    if spent >= cap:
        return Stage.REACHED
    return Stage.NEAR if spent >= cap * NEAR else Stage.WELL


def spread_s(quota_left: int, units: int, seconds_left: float) -> float:
    """Return the pause after a call of so many units that lasts the quota until it is renewed.

    A fifth is left over for answers. 0 where nothing is counted.
    """
    if units <= 0:
        return 0.0
    return seconds_left * units / max(quota_left * (1 - 1 / KEPT_SHARE), units)


def dollars(micros: int) -> Decimal:
    """Return micros as dollars."""
    return Decimal(micros) / MICROS
