"""What a role may give, and whether one more gift keeps within it. Pure.

Amounts are whole minor units (cents) of one currency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

REASONS: Final = ("delay", "damage", "mistake", "wait", "service", "loyalty", "other")
MOST_MINOR: Final = 10**12


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be given alone: in one case, to one customer within a year, by one person a day.

    None: as much as one likes.
    """

    case: int | None
    year: int | None
    day: int | None


@dataclass(frozen=True, slots=True)
class Given:
    """What has been given before: in this case, to this customer this year, by this person today.

    `month` is what the surprises of this month come to.
    """

    case: int = 0
    year: int = 0
    day: int = 0
    month: int = 0


@dataclass(frozen=True, slots=True)
class Power:
    """What one role may do alone; empty collections: all networks, readers, kinds of case."""

    limits: Limits
    networks: Collection[str] = ()
    audiences: Collection[str] = ()
    kinds: Collection[str] = ()


DEFAULTS: Final[Mapping[str, Power]] = MappingProxyType(
    {
        "owner": Power(Limits(100_000, 400_000, 400_000)),
        "admin": Power(Limits(100_000, 400_000, 400_000)),
        "lead": Power(Limits(25_000, 100_000, 100_000)),
        "agent": Power(Limits(2_500, 10_000, 25_000)),
    }
)
NOTHING: Final = Power(Limits(0, 0, 0))


def left(limits: Limits, given: Given) -> int | None:
    """Return the most that may still be given at once; None for no limit at all."""
    pairs = ((limits.case, given.case), (limits.year, given.year), (limits.day, given.day))
    rests = [limit - used for limit, used in pairs if limit is not None]
    return max(0, min(rests)) if rests else None


def is_within(amount: int, limits: Limits, given: Given) -> bool:
    """Whether that much more keeps within every limit."""
    rest = left(limits, given)
    return rest is None or amount <= rest


def closed_to(power: Power, network: str, audience: str, kind: str) -> str:
    """Say which of the three this role does not answer; empty if it answers them all.

    A case that nobody has judged has no kind yet, and is open to everybody.
    """
    asked = (
        ("network", network, power.networks),
        ("audience", audience, power.audiences),
        ("kind", kind, power.kinds),
    )
    return next((name for name, is_, may in asked if is_ and may and is_ not in may), "")
