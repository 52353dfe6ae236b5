"""The health of the brand beside an imported series, week by week or month by month.

Three measures: net sentiment, response rate, public messages. Weeks begin on Monday by the
workspace's clock. What is not over yet is left out, and what has nothing in it has no value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from hearwell.accounts.models import Workspace
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.outcomes.after import rivals_of
from hearwell.outcomes.correlating import Together, together
from hearwell.outcomes.models import Grain, Point
from hearwell.reports.rolling.reading import midnight

Step = Literal["week", "month"]
MOST_LAG: Final[Mapping[str, int]] = {"week": 8, "month": 2}
# Three years: what was longer ago says little, and would be read each time.
MOST_DAYS: Final = 3 * 366
_WEEK: Final = timedelta(days=7)
_LAG: Final = timedelta(days=63)
_ANSWERED_S: Final = 86_400
SENTIMENT, RATE, MENTIONS = "sentiment", "rate", "mentions"
TITLES: Final = {
    SENTIMENT: _("Net sentiment"),
    RATE: _("Response rate"),
    MENTIONS: _("Public messages"),
}
METHODS: Final = {
    SENTIMENT: _(
        "Positive less negative public messages to us or about us, of all that triage judged."
    ),
    RATE: _("Messages that need an answer and had a human one within 24 hours, of all that do."),
    MENTIONS: _("Public messages to us or about us, spam aside."),
}
_SAID: Final = """
    SELECT date_trunc(%(step)s, m.sent_at AT TIME ZONE %(zone)s)::date, count(*),
        count(*) FILTER (WHERE v.sentiment <> ''),
        count(*) FILTER (WHERE v.sentiment = 'positive'),
        count(*) FILTER (WHERE v.sentiment = 'negative')
    FROM conversations_message m
    LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
    WHERE m.workspace_id = %(place)s AND m.direction = 'in' AND m.audience = 'public'
        AND m.deleted_at IS NULL AND m.sent_at >= %(from)s AND m.sent_at < %(to)s
        AND v.kind IS DISTINCT FROM 'spam'
        AND NOT coalesce(m.channel_id = ANY(%(rivals)s::uuid[]), false)
    GROUP BY 1
"""
_NEEDED: Final = """
    SELECT date_trunc(%(step)s, f.asked_at AT TIME ZONE %(zone)s)::date, count(*),
        count(*) FILTER (WHERE f.wait_s <= %(answered_s)s)
    FROM reports_needfact f
    WHERE f.workspace_id = %(place)s AND f.needs
        AND f.asked_at >= %(from)s AND f.asked_at < %(to)s
        AND NOT coalesce(f.channel_id = ANY(%(rivals)s::uuid[]), false)
        AND NOT EXISTS (SELECT FROM reports_needfact n WHERE n.workspace_id = f.workspace_id
            AND n.message_id = f.message_id AND n.revision > f.revision)
    GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Held:
    """An imported series in one unit, by the first day of each week or month.

    `other_units`: unit -> how many values of that name are in another, and left out.
    `holes`: weeks or months between the first and the last without a value; `torn` of these have
    some of their days, not all. `is_sum`: a week is the sum of its days, else their mean;
    `has_days`: it came by the day.
    """

    name: str
    unit: str
    step: Step
    values: Mapping[date, float]
    other_units: Mapping[str, int]
    holes: int
    torn: int
    is_sum: bool
    has_days: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the brand's health beside the series; `n`: first day -> what it counts of."""

    key: str
    values: Mapping[date, float]
    n: Mapping[date, int]
    beside: Together

    @property
    def title(self) -> str:
        """What it is called, marked for translation."""
        return TITLES[self.key]

    @property
    def method(self) -> str:
        """How it is counted, marked for translation."""
        return METHODS[self.key]


@dataclass(frozen=True, slots=True)
class Beside:
    """A series and all measures beside it, over the same `days`: first days, the oldest first."""

    held: Held
    days: Sequence[date]
    measures: Sequence[Measure]


def names_of(workspace_id: UUID) -> list[str]:
    """Return the names of the series, by name."""
    kept = Point.objects.filter(workspace_id=workspace_id)
    return list(kept.values_list("name", flat=True).distinct().order_by("name"))


def latest_name(workspace_id: UUID) -> str:
    """Return the series with the newest value, the first by name of several; empty without any."""
    kept = Point.objects.filter(workspace_id=workspace_id).order_by("-starts_on", "name")
    return kept.values_list("name", flat=True).first() or ""


def beside(workspace: Workspace, name: str) -> Beside | None:
    """Return a series and the brand's health beside it; None without any value. Five queries."""
    held = held_series(workspace.id, name)
    if held is None or not held.values:
        return None
    last = max(held.values)
    since = max(min(held.values) - _LAG, last - timedelta(days=MOST_DAYS))
    days = _days(since, last + _LAG, held.step)
    said, needed = _counted(workspace, days, held.step)
    of_each: dict[str, tuple[dict[date, float], dict[date, int]]] = {
        SENTIMENT: _shares({day: (up - down, n) for day, (_all, n, up, down) in said.items()}),
        RATE: _shares({day: (answered, n) for day, (n, answered) in needed.items()}),
        MENTIONS: _counts({day: one[0] for day, one in said.items()}, days),
    }
    series, most = _placed(held.values, held.step), MOST_LAG[held.step]
    return Beside(
        held, days,
        [
            Measure(key, values, n, together(_placed(values, held.step), series, most))
            for key, (values, n) in of_each.items()
        ],
    )  # fmt: skip


def held_series(workspace_id: UUID, name: str) -> Held | None:
    """Return a series in its most frequent unit, days made weeks; one query."""
    kept = Point.objects.filter(workspace_id=workspace_id, name=name)
    columns = ("grain", "starts_on", "unit", "value", "is_money")
    points = list(kept.order_by("starts_on").values_list(*columns))
    if not points:
        return None
    units = Counter(one[2] for one in points)
    unit = min(units, key=lambda one: (-units[one], one))
    single = {day: value for _grain, day, its, value, _money in points if its == unit}
    grain, is_sum = points[0][0], any(one[4] for one in points if one[2] == unit)
    step: Step = "month" if grain == Grain.MONTH else "week"
    values = _weeks(single, is_sum=is_sum) if grain == Grain.DAY else single
    holes, torn = _holes(single, values, step)
    others = {one: n for one, n in units.items() if one != unit}
    return Held(name, unit, step, values, others, holes, torn, is_sum, grain == Grain.DAY)


def _weeks(days: Mapping[date, float], *, is_sum: bool) -> dict[date, float]:
    """Return the weeks that have all their days; of others nothing is known."""
    found: dict[date, list[float]] = defaultdict(list)
    for day, value in days.items():
        found[day - timedelta(days=day.weekday())].append(value)
    whole = {monday: sum(some) for monday, some in found.items() if len(some) == _WEEK.days}
    return whole if is_sum else {monday: total / _WEEK.days for monday, total in whole.items()}


def _holes(
    single: Mapping[date, float], values: Mapping[date, float], step: Step
) -> tuple[int, int]:
    """Return how many weeks or months have no value, and how many of these have some days."""
    some = {_first(day, step) for day in single}
    span = _days(min(some), max(some), step)
    return len(span) - sum(day in values for day in span), len(some - set(values))


def _first(day: date, step: Step) -> date:
    return day.replace(day=1) if step == "month" else day - timedelta(days=day.weekday())


def _days(since: date, until: date, step: Step) -> list[date]:
    """Return the first days of the weeks or months from one day to another."""
    found, day = [], _first(since, step)
    while day <= until:
        found.append(day)
        day = _first(day + timedelta(days=32), step) if step == "month" else day + _WEEK
    return found


def _place(day: date, step: Step) -> int:
    return day.year * 12 + day.month if step == "month" else day.toordinal() // 7


def _placed(values: Mapping[date, float], step: Step) -> dict[int, float]:
    return {_place(day, step): value for day, value in values.items()}


def _counted(
    workspace: Workspace, days: Sequence[date], step: Step
) -> tuple[dict[date, tuple[int, ...]], dict[date, tuple[int, ...]]]:
    """Return what was said and what needed an answer, of what is over by a day; four queries."""
    zone = ZoneInfo(workspace.time_zone)
    over = _first((now() - timedelta(days=1)).astimezone(zone).date(), step)
    stop = max(days) + (_WEEK if step == "week" else timedelta(days=31))
    values: dict[str, Any] = {
        "place": workspace.id, "step": step, "zone": workspace.time_zone,
        "from": midnight(min(days), zone), "to": midnight(min(over, stop), zone),
        "rivals": rivals_of(workspace.id)[0], "answered_s": _ANSWERED_S,
    }  # fmt: skip
    said = {day: tuple(some) for day, *some in rows.fetch(_SAID, values)}
    needed = {day: tuple(some) for day, *some in rows.fetch(_NEEDED, values)}
    return said, needed


def _shares(
    counts: Mapping[date, tuple[int, int]],
) -> tuple[dict[date, float], dict[date, int]]:
    values = {day: part / n for day, (part, n) in counts.items() if n}
    return values, {day: n for day, (_part, n) in counts.items() if n}


def _counts(
    counts: Mapping[date, int], days: Sequence[date]
) -> tuple[dict[date, float], dict[date, int]]:
    """Return how many there were; between the first and the last none is a nought, not a gap."""
    if not counts:
        return {}, {}
    known = [day for day in days if min(counts) <= day <= max(counts)]
    n = {day: counts.get(day, 0) for day in known}
    return {day: float(count) for day, count in n.items()}, n
