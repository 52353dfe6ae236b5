"""What the brand's posts come to: by class, week and account. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, TypeVar
from uuid import UUID

from hearwell.voice.rules import PostClass

# Ideally one message a day that is no answer to anybody (J.D. Power, 2013).
MOST_A_DAY: Final = 1
_WEEK: Final = timedelta(days=7)
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Counted:
    """So many posts alike: one account, one day of the workspace's clock, one class."""

    day: date
    channel_id: UUID
    klass: PostClass
    n: int = 1
    is_automatic: bool = False
    is_coupon: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What some posts come to. Shares are of 0 to 1, None of nothing.

    `automatic` are those of care that no person wrote; `coupons` are among the others.
    """

    by_class: Mapping[PostClass, int] = field(default_factory=dict)
    automatic: int = 0
    coupons: int = 0

    @property
    def n(self) -> int:
        """All posts."""
        return sum(self.by_class.values())

    @property
    def care(self) -> int:
        """Those that answer somebody."""
        return self.of(PostClass.CARE)

    @property
    def others(self) -> int:
        """All but care: unsure ones are among them."""
        return self.n - self.care

    def of(self, klass: PostClass) -> int:
        """How many are of a class."""
        return self.by_class.get(klass, 0)

    @property
    def care_share(self) -> float | None:
        """Care of all posts."""
        return self.care / self.n if self.n else None

    @property
    def coupon_share(self) -> float | None:
        """Posts with a coupon or a lower price, of those that are no care."""
        return self.coupons / self.others if self.others else None


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday on, as far as it lies in the period."""

    monday: date
    days: int
    tally: Tally

    @property
    def is_whole(self) -> bool:
        """Whether all seven days of it are in the period."""
        return self.days == _WEEK.days


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and on how many days it said more than one thing that was no answer."""

    channel_id: UUID
    tally: Tally
    crowded: int


def tally_of(counted: Iterable[Counted]) -> Tally:
    """Add posts up."""
    classes: Counter[PostClass] = Counter()
    automatic = coupons = 0
    for one in counted:
        classes[one.klass] += one.n
        if one.klass is PostClass.CARE:
            automatic += one.n if one.is_automatic else 0
        else:
            coupons += one.n if one.is_coupon else 0
    return Tally(dict(classes), automatic, coupons)


def weeks_of(counted: Sequence[Counted], first: date, last: date) -> list[Week]:
    """Return every week of the period, also those without a post, the first one first."""
    by_monday = grouped(counted, lambda one: monday_of(one.day))
    monday, found = monday_of(first), []
    while monday <= last:
        starts, ends = max(first, monday), min(last, monday + _WEEK - timedelta(days=1))
        found.append(Week(monday, (ends - starts).days + 1, tally_of(by_monday.get(monday, ()))))
        monday += _WEEK
    return found


def accounts_of(counted: Sequence[Counted]) -> list[Account]:
    """Return the accounts, the one that says most first."""
    found = [
        Account(channel_id, tally_of(some), len(crowded_days(some)))
        for channel_id, some in grouped(counted, lambda one: one.channel_id).items()
    ]
    return sorted(found, key=lambda one: (-one.tally.n, str(one.channel_id)))


def crowded_days(
    counted: Iterable[Counted], classes: Sequence[PostClass] | None = None
) -> set[date]:
    """Return the days on which one account said more than one thing that was no answer.

    `classes`: only what is of these counts.
    """
    said: Counter[tuple[date, UUID]] = Counter()
    for one in counted:
        if one.klass in classes if classes else one.klass is not PostClass.CARE:
            said[one.day, one.channel_id] += one.n
    return {day for (day, _account), n in said.items() if n > MOST_A_DAY}


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def grouped(
    counted: Iterable[Counted], key: Callable[[Counted], Key]
) -> Mapping[Key, list[Counted]]:
    """Put posts together by something about them."""
    found: dict[Key, list[Counted]] = defaultdict(list)
    for one in counted:
        found[key(one)].append(one)
    return found
