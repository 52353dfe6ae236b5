"""Opening hours and the arithmetic of deadlines: pure, exact, safe across clock changes.

A calendar is a list of intervals for each weekday, any number a day, each allowed to run past
midnight; an exception replaces the intervals that *begin* on its date. All instants are aware;
wall times are read in the calendar's IANA zone:

- a wall time that happens twice (clocks go back) means its first occurrence;
- a wall time that never happens (clocks go forward) means the moment of the jump.

So a shift lasts as long as it really lasted: 22:00 to 06:00 is seven hours in the night in spring
and nine in autumn. Worked examples of other products serve as tests (tests/unit/sla).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_MINUTES = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
SEARCH_DAYS = 800
"""How far ahead a deadline looks for the next opening before it calls a calendar closed."""

Window = tuple[datetime, datetime]


class BadCalendarError(ValueError):
    """The calendar cannot be read; the message says which part, in words for the settings page."""


class NeverOpenError(BadCalendarError):
    """No opening hours within reach, so no deadline exists."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Minutes after local midnight; `end` may pass 1440 and then lies on the next day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY_MINUTES or not self.start < self.end:
            message = f"an interval cannot run from minute {self.start} to {self.end}"
            raise BadCalendarError(message)
        if self.end - self.start > DAY_MINUTES:
            message = "an interval cannot be longer than a day"
            raise BadCalendarError(message)

    @classmethod
    def parse(cls, start: str, end: str) -> Interval:
        """Read `"09:00", "17:00"`; an end at or before the start lies on the next day."""
        first, last = _minutes(start), _minutes(end)
        return cls(first, last if last > first else last + DAY_MINUTES)

    def __str__(self) -> str:
        end = self.end if self.end <= DAY_MINUTES else self.end - DAY_MINUTES
        return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.start, end))


WHOLE_DAY = Interval(0, DAY_MINUTES)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: `week[0]` is Monday; `exceptions` replace single dates, empty = closed."""

    zone: str
    week: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    _days: dict[date, tuple[Window, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    is_always_open: bool = field(init=False, repr=False, compare=False)
    """Whether business time is simply wall time."""

    def __post_init__(self) -> None:
        is_open = not self.exceptions and all(WHOLE_DAY in day for day in self.week)
        object.__setattr__(self, "is_always_open", is_open)

    @classmethod
    def parse(
        cls,
        zone: str,
        week: Mapping[str, Sequence[Sequence[str]]],
        exceptions: Mapping[str, Sequence[Sequence[str]]] | None = None,
    ) -> Hours:
        """Read the stored form: `{"mon": [["09:00", "12:30"], …]}`, `{"2026-12-25": []}`.

        Raises BadCalendarError naming the part that cannot be read.
        """
        _zone(zone)
        unknown = set(week) - set(WEEKDAYS)
        if unknown:
            message = f"unknown weekday {min(unknown)!r}; use {', '.join(WEEKDAYS)}"
            raise BadCalendarError(message)
        return cls(
            zone,
            tuple(_intervals(week.get(name, ())) for name in WEEKDAYS),
            {_date(day): _intervals(pairs) for day, pairs in (exceptions or {}).items()},
        )

    def windows_of(self, day: date) -> tuple[Window, ...]:
        """Return the stretches that begin on `day`, as UTC instants, in order."""
        found = self._days.get(day)
        if found is None:
            intervals = self.exceptions.get(day, self.week[day.weekday()])
            midnight = datetime.combine(day, datetime.min.time())
            found = tuple(
                (
                    _instant(midnight + timedelta(minutes=interval.start), self.zone),
                    _instant(midnight + timedelta(minutes=interval.end), self.zone),
                )
                for interval in sorted(intervals)
            )
            self._days[day] = found
        return found

    def windows(self, since: datetime, until: datetime | None = None) -> Iterator[Window]:
        """Yield disjoint open stretches after `since`, in order.

        Ends with the last day that `until` touches; without `until`, only after SEARCH_DAYS
        closed days in a row.
        """
        place = _zone(self.zone)
        day = since.astimezone(place).date() - ONE_DAY
        last = until.astimezone(place).date() if until else None
        reached, idle = since, 0
        while idle <= SEARCH_DAYS if last is None else day <= last:
            idle += 1
            for start, end in self.windows_of(day):
                if end > reached:
                    yield max(start, reached), end
                    reached, idle = end, 0
            day += ONE_DAY


def always_open(zone: str = "UTC") -> Hours:
    """Return the 24 x 7 calendar."""
    return Hours(zone, ((WHOLE_DAY,),) * 7)


def deadline(start: datetime, target_s: float, hours: Hours) -> datetime:
    """Return the earliest instant at which `target_s` business seconds have passed since `start`.

    Raises NeverOpenError where the calendar does not open long enough within SEARCH_DAYS of the
    last opening.
    """
    left = timedelta(seconds=target_s)
    if left <= timedelta(0) or hours.is_always_open:
        return (start + max(left, timedelta(0))).astimezone(UTC)
    for opening, closing in hours.windows(start):
        if left <= closing - opening:
            return (opening + left).astimezone(UTC)
        left -= closing - opening
    message = "these hours never open for long enough"
    raise NeverOpenError(message)


def business_seconds(start: datetime, end: datetime, hours: Hours) -> float:
    """Return the open seconds between two instants; 0 where `end` is not after `start`."""
    if end <= start:
        return 0.0
    if hours.is_always_open:
        return (end - start).total_seconds()
    total = timedelta(0)
    for opening, closing in hours.windows(start, end):
        if opening >= end:
            break
        total += min(closing, end) - opening
    return total.total_seconds()


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"unknown time zone {name!r}"
        raise BadCalendarError(message) from error


def _instant(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant of a naive wall time, by the two rules at the top of this file."""
    place = _zone(zone)
    instant = wall.replace(tzinfo=place).astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wall:
        return instant
    return _jump(wall.replace(tzinfo=place, fold=1).astimezone(UTC), instant, place)


def _jump(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """Return the first second in (before, after] that has the offset of `after`."""
    new_offset = after.astimezone(place).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        is_past = (before + timedelta(seconds=middle)).astimezone(place).utcoffset() == new_offset
        low, high = (low, middle) if is_past else (middle, high)
    return before + timedelta(seconds=high)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2):  # noqa: PLR2004
        message = f"{text!r} is not a time such as 09:00"
        raise BadCalendarError(message)
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY_MINUTES:  # noqa: PLR2004
        message = f"{text!r} is not a time between 00:00 and 24:00"
        raise BadCalendarError(message)
    return total


def _intervals(pairs: Sequence[Sequence[str]]) -> tuple[Interval, ...]:
    found = []
    for pair in pairs:
        if isinstance(pair, str) or len(pair) != 2:  # noqa: PLR2004
            message = f"{pair!r} is not a start and an end"
            raise BadCalendarError(message)
        found.append(Interval.parse(pair[0], pair[1]))
    return tuple(sorted(found))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a date such as 2026-12-25"
        raise BadCalendarError(message) from error


class ClockKind(StrEnum):
    """The two clocks of every case, acknowledged and answered, and one that not all promise.

    The resolution runs from the first message to the closing of the case and stands still while
    the customer is to answer.
    """

    FIRST_REPLY = "first_reply"
    ANSWER = "answer"
    RESOLUTION = "resolution"


BOTH = (ClockKind.FIRST_REPLY, ClockKind.ANSWER)
# What a case is closed for that has settled it. Spam and duplicates are closed, not resolved.
SETTLED = frozenset({"solved", "answered_elsewhere"})


def clocks_for(duty: str, *, is_thanks: bool) -> tuple[ClockKind, ...]:
    """Return the clocks that a message asks for.

    A complaint or question asks for both; praise or an idea for an acknowledgement; thanks and
    chatter for nothing.
    """
    if is_thanks or duty == "none":
        return ()
    return (ClockKind.FIRST_REPLY,) if duty == "acknowledge" else BOTH


def clocks_met(*, is_holding: bool, is_automatic: bool) -> tuple[ClockKind, ...]:
    """Return the clocks that a reply meets: a holding one the first only, a machine's none."""
    if is_automatic:
        return ()
    return (ClockKind.FIRST_REPLY,) if is_holding else BOTH


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """A customer's message that needs something from us."""

    at: datetime
    message_id: UUID
    urgency: int = field(default=0, compare=False)
    needs_answer: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Replied:
    """A person's reply, at the network's time."""

    at: datetime
    message_id: UUID
    is_holding: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Span:
    """One clock's life read from a record: from the oldest unanswered message to its reply."""

    kind: ClockKind
    asked: Asked
    reply: Replied | None


def spans(asks: Sequence[Asked], replies: Sequence[Replied]) -> list[Span]:
    """Return every clock that a finished exchange would have had, in order of their start.

    The first reply is reckoned once a case; answers run from the oldest unanswered message to
    the next reply of substance, which answers everything asked before it.
    """
    asked, replied = sorted(asks), sorted(replies)
    if not asked:
        return []
    found = [Span(ClockKind.FIRST_REPLY, asked[0], first_after(replied, asked[0].at))]
    answers = [reply for reply in replied if not reply.is_holding]
    open_until: datetime | None = None
    for ask in asked:
        if not ask.needs_answer or (open_until is not None and ask.at <= open_until):
            continue
        answer = first_after(answers, ask.at)
        found.append(Span(ClockKind.ANSWER, ask, answer))
        if answer is None:
            break
        open_until = answer.at
    return found


def first_after(replies: Sequence[Replied], moment: datetime) -> Replied | None:
    """Return the first reply at or after a moment, of replies in order of time."""
    place = bisect_left(replies, moment, key=lambda reply: reply.at)
    return replies[place] if place < len(replies) else None
