"""The figures of one brand, and when they may be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hearwell.kit.marking import marked as _
from hearwell.reports.study.methods import Method

SMALL = 30
"""A rate over fewer messages says little; it is greyed and not ranked."""
UNRIPE_SHARE = 0.05
"""The same where more of the messages than this had no time left to be answered in."""
STEPS = ("15m", "1h", "8h", "24h")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Times:
    """First response times in seconds over `n` answers; None where there is none."""

    n: int
    median: float | None
    p90: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a method counts for a brand. `within` holds shares of `needs_reply`, 0 to 1."""

    brand: str
    method: str
    method_version: int
    inbound: int
    needs_reply: int
    answered: int
    response_rate: float | None
    first_response_s: Times
    within: dict[str, float | None]
    waiting: int
    unripe: int
    is_silent: bool = False
    """Nothing that the brand wrote is in the record, so it could not be seen to answer."""

    @classmethod
    def of(cls, method: Method, row: Row) -> Figures:
        """Make them from a row of `sql/summary.sql`."""
        needed, answered = int(row["needs_reply"]), int(row["answered"])
        return cls(
            brand=str(row["brand"]),
            method=method.name,
            method_version=method.version,
            inbound=int(row["inbound"]),
            needs_reply=needed,
            answered=answered,
            response_rate=_share(answered, needed),
            first_response_s=Times(
                answered, *(_seconds(row[name]) for name in ("median_s", "p90_s", "mean_s"))
            ),
            within={step: _share(int(row[f"within_{step}"]), needed) for step in STEPS},
            waiting=int(row["waiting"]),
            unripe=int(row["unripe"]),
        )

    @classmethod
    def none(cls, method: Method, brand: str) -> Figures:
        """The figures of a brand that nobody wrote to."""
        within: dict[str, float | None] = dict.fromkeys(STEPS)
        times = Times(0, None, None, None)
        return cls(brand, method.name, method.version, 0, 0, 0, None, times, within, 0, 0)

    @property
    def caveat(self) -> str | None:
        """Why the rate must not be ranked, in a few words; None where it may be."""
        if self.is_silent:
            return _("its replies are not in the record")
        if self.needs_reply < SMALL:
            return f"n < {SMALL}"
        if self.unripe > UNRIPE_SHARE * self.needs_reply:
            return _("cut off by the end of the record")
        return None

    def as_json(self) -> dict[str, Any]:
        """The documented object, and nothing else."""
        times = self.first_response_s
        return {
            "brand": self.brand,
            "method": self.method,
            "method_version": self.method_version,
            "inbound": self.inbound,
            "needs_reply": self.needs_reply,
            "answered": self.answered,
            "response_rate": self.response_rate,
            "first_response_s": {
                "n": times.n,
                "median": times.median,
                "p90": times.p90,
                "mean": times.mean,
            },
            "within": dict(self.within),
            "waiting": self.waiting,
        }


def ranked(figures: Iterable[Figures]) -> list[tuple[int | None, Figures]]:
    """Best rate first, then more messages; those that cannot be compared last, unranked."""
    ordered = sorted(
        figures,
        key=lambda one: (
            one.caveat is not None,
            -(one.response_rate or 0) if one.caveat is None else 0,
            -one.needs_reply,
            one.brand.lower(),
        ),
    )
    return [(None if one.caveat else place, one) for place, one in enumerate(ordered, 1)]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _seconds(value: float | None) -> float | None:
    """Milliseconds are enough, and the two databases agree on them."""
    return None if value is None else round(float(value), 3)
