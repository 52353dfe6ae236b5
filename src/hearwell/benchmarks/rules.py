"""What a panel may be, who may be ranked in it, and how a place becomes a percentile. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_high, median_low
from typing import Any, Final

from hearwell.kit.marking import marked as _
from hearwell.reports.study.figures import Figures

INDUSTRIES: Final = {
    "airline": _("Airlines"),
    "car": _("Cars"),
    "bank": _("Banks"),
    "card": _("Payment cards"),
    "telecom": _("Telecoms"),
    "utility": _("Utilities"),
    "retail": _("Retail"),
    "both": _("Airlines, cars, banks, cards, telecoms and utilities that do both"),
}
# Whom J.D. Power named in 2013 as good at marketing and at service: where to begin with "both".
BOTH: Final = (
    "Southwest", "Virgin America", "Toyota", "Ford", "Capital One", "Chase",
    "Florida Power & Light",
)  # fmt: skip
MOST_BRANDS: Final = 60
LONGEST_NAME: Final = 80
# A brand whose record begins so much later or ends so much earlier than others' says so.
MOST_MISSING: Final = timedelta(days=7)
SHARED: Final = _("an account counts for more than one brand")
NOBODY: Final = _("nobody wrote to it in this period")
GONE: Final = _("an account of it is no longer here")
NO_ACCOUNT: Final = _("none of its accounts is here")
UNREAD: Final = _("it has not been read completely yet")
ONLY_ANSWERED: Final = _("its network shows only what it answered, so there is no rate")
OUTSIDE: Final = _("watched from outside: of what is said to it, only what names it is found")
WORDLESS: Final = _("words can be kept for days only: methods that read them count those")
LATE: Final = _("its record begins later than others'")
EARLY: Final = _("its record ends earlier than others'")


@dataclass(frozen=True, slots=True)
class Brand:
    """One brand of a panel: a name and the ids of its accounts, as text."""

    name: str
    channel_ids: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def stored(self) -> dict[str, Any]:
        """It as it is kept."""
        return {"name": self.name, "channel_ids": [*self.channel_ids], "is_own": self.is_own}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Brand:
        """Return what was kept."""
        return cls(stored["name"], tuple(stored["channel_ids"]), stored["is_own"])


def shared_channels(brands: Iterable[Brand]) -> set[str]:
    """Return the accounts that stand with more than one brand."""
    counted = Counter(one for brand in brands for one in set(brand.channel_ids))
    return {one for one, times in counted.items() if times > 1}


@dataclass(frozen=True, slots=True)
class Covered:
    """The first and the last message of a brand's record in a period; None where there is none."""

    first: datetime | None = None
    last: datetime | None = None

    def gaps(self, all_of_them: Sequence[Covered]) -> list[str]:
        """Say where it begins later or ends earlier than the median record of the panel."""
        firsts = [one.first for one in all_of_them if one.first]
        lasts = [one.last for one in all_of_them if one.last]
        found = []
        if self.first and self.first > median_low(firsts) + MOST_MISSING:
            found.append(LATE)
        if self.last and self.last < median_high(lasts) - MOST_MISSING:
            found.append(EARLY)
        return found


def places(figures: Sequence[tuple[Figures, str]]) -> list[int | None]:
    """Return each one's place by response rate, in the order given; equal rates share a place.

    With each come the words why it cannot be ranked, empty where it can.
    """
    rates = [one.response_rate for one, why in figures if not why]
    return [
        None if why else 1 + sum((rate or 0) > (one.response_rate or 0) for rate in rates)
        for one, why in figures
    ]


def percentile(place: int | None, ranked: Sequence[int]) -> float | None:
    """Return the share of the others who stand lower, those alike by half, 0 to 100.

    None without a place, or where there is nobody else with one.
    """
    if place is None or len(ranked) < 2:  # noqa: PLR2004  one is compared with nobody
        return None
    lower = sum(other > place for other in ranked)
    alike = sum(other == place for other in ranked) - 1
    return 100 * (lower + alike / 2) / (len(ranked) - 1)
