"""How an account of ours is doing at its network: checks, what is used up, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HealthState(StrEnum):
    """The verdict of one health check, best first."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check: ``name`` is settings, reach, credentials, scopes, subscription or quota."""

    name: str
    state: HealthState = HealthState.OK
    message: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """``used`` of ``limit`` calls in a stretch of ``per_s`` seconds (0: not told)."""

    used: int
    limit: int
    per_s: int = 0
    resets_at: datetime | None = None

    @property
    def share(self) -> float:
        """The used part, 0 to 1."""
        return min(1.0, max(0.0, self.used / self.limit)) if self.limit > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Health:
    """The checks of one account in their fixed order; later ones mean little if one failed.

    ``expires_at`` is when a *person* has to sign in again: None for never, or where nobody tells.
    ``allowance`` is the one that is nearest to its limit, where the network tells. ``followers``
    is how many follow the account itself, where the network says so with what is asked anyway.
    """

    checks: tuple[HealthCheck, ...]
    expires_at: datetime | None = None
    allowance: Allowance | None = None
    followers: int | None = None

    @property
    def state(self) -> HealthState:
        """The worst verdict among the checks; unknown if there are none."""
        order = list(HealthState)
        return max((c.state for c in self.checks), key=order.index, default=HealthState.UNKNOWN)


def followers_in(fields: Mapping[str, object], name: str) -> int | None:
    """Return a count of followers as a network tells it; None for anything that is none."""
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if value >= 0 else None
