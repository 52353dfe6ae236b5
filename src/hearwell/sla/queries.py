"""Reads of clocks and promises."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery

from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.sla.matching import Conditions, Facts, first_fit
from hearwell.sla.models import Alarm, Calendar, Clock, ClockEvent, ClockState, Policy
from hearwell.sla.rules import ClockKind
from hearwell.sla.services.book import book_of, facts_of


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as a page shows it; `target_s` is the promise in the time that `counts` names."""

    id: UUID
    case_id: UUID
    kind: str
    state: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    target_s: int
    counts: str
    policy_name: str
    policy_version: int
    calendar_name: str
    time_zone: str
    wall_s: int | None
    business_s: int | None
    urgency: int
    paused_at: datetime | None = None
    calendar: Calendar | None = None

    @property
    def is_running(self) -> bool:
        """Whether the customer still waits."""
        return self.state == ClockState.RUNNING

    def share_left(self, moment: datetime) -> float:
        """Return which part of the time is left, 1 at the start and 0 when due or late."""
        whole = (self.due_at - self.started_at).total_seconds()
        left = (self.due_at - moment).total_seconds()
        return min(max(left / whole, 0.0), 1.0) if whole > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to a clock, and why, in the order of time."""

    at: datetime
    what: str
    why: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a clock was counted."""

    clock: ClockView
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Promises:
    """What the settings page shows: promises as they are tried, calendars to choose from."""

    policies: Sequence[Policy]
    calendars: list[Calendar]

    @property
    def policy(self) -> Policy:
        """The standard one."""
        return self.policies[-1]


def clocks_of_cases(case_ids: Iterable[UUID]) -> dict[UUID, list[ClockView]]:
    """Return the clocks of cases in scope, oldest first, in one query."""
    rows = Clock.objects.select_related("policy__calendar").filter(case_id__in=list(case_ids))
    found: dict[UUID, list[ClockView]] = {}
    for clock in rows.order_by("started_at", "kind"):
        found.setdefault(clock.case_id, []).append(_view(clock))
    return found


def clocks_of(case_id: UUID) -> list[ClockView]:
    """Return the clocks of one case, oldest first; one query."""
    return clocks_of_cases([case_id]).get(case_id, [])


def running_among(clock_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these clocks, in scope, still run; one query."""
    running = Clock.objects.filter(id__in=clock_ids, state=ClockState.RUNNING)
    return set(running.values_list("id", flat=True))


def explain_clock(clock_id: UUID) -> Explanation:
    """Tell how a clock was counted. Raises Clock.DoesNotExist for a foreign or absent id."""
    clock = Clock.objects.select_related("policy__calendar").get(id=clock_id)
    return _explained([clock])[0]


def explain_clocks(case_id: UUID) -> list[Explanation]:
    """Tell how each clock of a case was counted, oldest first, first replies before answers."""
    rows = Clock.objects.select_related("policy__calendar").filter(case_id=case_id)
    kinds = list(ClockKind)
    return _explained(sorted(rows, key=lambda c: (c.started_at, kinds.index(ClockKind(c.kind)))))


def _explained(clocks: Sequence[Clock]) -> list[Explanation]:
    lines: dict[UUID, list[Line]] = defaultdict(list)
    rows = ClockEvent.objects.filter(clock_id__in=[clock.id for clock in clocks])
    for row in rows.order_by("recorded_at", "id"):
        lines[row.clock_id].append(Line(row.at, row.what, row.why, row.data))
    return [_explanation(clock, lines[clock.id]) for clock in clocks]


def _explanation(clock: Clock, lines: list[Line]) -> Explanation:
    why = "recorded_times" if clock.is_historic else "oldest_unanswered"
    began = [Line(clock.started_at, "started", why, {"message": str(clock.started_by)})]
    if any(line.what == "started" for line in lines):  # of a reopening: it says so itself
        began = []
    if clock.is_historic and clock.met_at:
        lines.append(Line(clock.met_at, clock.state, why, {}))
    return Explanation(_view(clock), [*began, *lines])


def alarms_of(case_id: UUID) -> list[Alarm]:
    """Return the alarms raised for a case's clocks, oldest first; they are where the clock is."""
    return list(Alarm.objects.filter(clock__case_id=case_id).order_by("raised_at"))


def promises(workspace_id: UUID) -> Promises:
    """Return the current promises and calendars of a workspace."""
    rows = Calendar.objects.filter(workspace_id=workspace_id, is_current=True)
    return Promises(book_of(workspace_id).policies, list(rows.order_by("name")))


@dataclass(frozen=True, slots=True)
class RecentAsks:
    """The last cases that asked for something, by what promises are chosen by."""

    facts: Sequence[Facts]

    @property
    def n(self) -> int:
        """How many they are."""
        return len(self.facts)

    def falling_under(self, ordered: Sequence[Conditions]) -> list[int]:
        """Count for each promise, in the order they are tried, the cases it would hold for."""
        places = Counter(first_fit(ordered, facts) for facts in self.facts)
        return [places[place] for place in range(len(ordered))]


def recent_asks(workspace_id: UUID, limit: int = 500) -> RecentAsks:
    """Return the last cases that asked for something; two queries."""
    rows = Clock.objects.filter(workspace_id=workspace_id, kind=ClockKind.FIRST_REPLY)
    asked = dict(rows.order_by("-id").values_list("started_by", "urgency")[:limit])
    known = facts_of(workspace_id, asked)
    return RecentAsks([replace(facts, urgency=str(asked[i])) for i, facts in known.items()])


def _view(clock: Clock) -> ClockView:
    policy = clock.policy
    return ClockView(
        id=clock.id,
        case_id=clock.case_id,
        kind=clock.kind,
        state=clock.state,
        started_at=clock.started_at,
        due_at=clock.due_at,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
        target_s=policy.target_s(clock.kind, clock.urgency),
        counts=policy.counts,
        policy_name=policy.name,
        policy_version=clock.policy_version,
        calendar_name=policy.calendar.name,
        time_zone=policy.calendar.time_zone,
        wall_s=clock.wall_s,
        business_s=clock.business_s,
        urgency=clock.urgency,
        paused_at=clock.paused_at,
        calendar=policy.calendar,
    )


# The cases in which somebody waits, since when, and when the first of its clocks is due.
WAITING_CASES = """
    SELECT case_id, min(due_at) AS due_at,
        min(started_at) FILTER (WHERE kind = 'answer') AS asked_at
    FROM sla_clock
    WHERE workspace_id = %(workspace)s AND state = 'running' AND paused_at IS NULL
    GROUP BY case_id HAVING bool_or(kind = 'answer')
"""


@dataclass(frozen=True, slots=True)
class Attainment:
    """How one clock was kept over a period, by when it started.

    `breached` counts late answers, those never answered, and those open past their time.
    """

    kind: str
    met: int
    breached: int
    running: int
    cancelled: int

    @property
    def n(self) -> int:
        """How many clocks of the kind began."""
        return self.met + self.breached + self.running + self.cancelled

    @property
    def share(self) -> float | None:
        """Met of met and breached; None where neither happened."""
        decided = self.met + self.breached
        return self.met / decided if decided else None


@dataclass(frozen=True, slots=True)
class WaitingNow:
    """The cases in which somebody waits for an answer at this moment.

    `late`: one of the case's clocks has run out, as in the queue of that name. Ages in seconds
    since they asked.
    """

    n: int
    late: int
    median_s: float | None
    longest_s: float | None


def attainment(workspace_id: UUID, starts_at: datetime, ends_at: datetime) -> list[Attainment]:
    """Return how each kind of clock was kept; one query."""
    found = {row.pop("kind"): row for row in _kept(workspace_id, starts_at, ends_at, "kind")}
    return [Attainment(kind, **found.get(kind, _NEVER)) for kind in ClockKind]


def attainment_by_channel(
    workspace_id: UUID, starts_at: datetime, ends_at: datetime
) -> dict[UUID | None, list[Attainment]]:
    """Return the same for each account, by where the customer of the case last wrote; one query."""
    by: dict[UUID | None, dict[str, dict[str, int]]] = {}
    for row in _kept(workspace_id, starts_at, ends_at, "kind", "channel"):
        by.setdefault(row.pop("channel"), {})[row.pop("kind")] = row
    return {
        channel: [Attainment(kind, **found.get(kind, _NEVER)) for kind in ClockKind]
        for channel, found in by.items()
    }


_NEVER: Final[dict[str, int]] = {"met": 0, "breached": 0, "running": 0, "cancelled": 0}


def _kept(
    workspace_id: UUID, starts_at: datetime, ends_at: datetime, *by: str
) -> list[dict[str, Any]]:
    """Count the clocks that began in a period by how they were kept."""
    late = Q(state=ClockState.RUNNING, due_at__lt=now(), paused_at__isnull=True) | Q(
        state=ClockState.RUNNING, paused_at__gt=F("due_at")
    )
    case = Case.objects.filter(workspace_id=workspace_id, id=OuterRef("case_id"))
    rows = (
        Clock.objects.filter(
            workspace_id=workspace_id, started_at__gte=starts_at, started_at__lt=ends_at
        )
        .annotate(channel=Subquery(case.values("channel_id")[:1]))
        .values(*by)
        .annotate(
            met=Count("id", filter=Q(state=ClockState.MET)),
            breached=Count(
                "id", filter=Q(state__in=[ClockState.MISSED, ClockState.UNANSWERED]) | late
            ),
            running=Count("id", filter=Q(state=ClockState.RUNNING) & ~late),
            cancelled=Count("id", filter=Q(state=ClockState.CANCELLED)),
        )
    )
    return list(rows)


def waiting_now(workspace_id: UUID) -> WaitingNow:
    """Return who waits for an answer, and how long already; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE due_at < %(now)s),
                percentile_cont(0.5) WITHIN GROUP (
                    ORDER BY extract(epoch FROM %(now)s - asked_at)),
                max(extract(epoch FROM %(now)s - asked_at))
            FROM ({WAITING_CASES}) a_case
            """,  # noqa: S608  our own words
            {"now": now(), "workspace": workspace_id},
        )
        n, late, median_s, longest_s = cursor.fetchone() or (0, 0, None, None)
    return WaitingNow(n, late, median_s, float(longest_s) if longest_s is not None else None)
