"""Reads of waits: what is known of waits, what is told now, how it was kept, who is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery

from hearwell.accounts.models import Membership, Workspace
from hearwell.accounts.rules import READERS
from hearwell.conversations.models import Case
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.sla.calendars import closes_at, is_open, opens_at
from hearwell.sla.models import Clock, ClockState
from hearwell.sla.queries import promises
from hearwell.sla.rules import BadCalendarError, ClockKind, business_seconds
from hearwell.waits.models import Estimate, Named, WaitChoice
from hearwell.waits.rules import SPANS, Wait

# What is older is told no more: whoever measures has stopped.
STALE: Final = timedelta(minutes=10)
# Clocks of several machines differ by seconds. What is of later than this was measured before the
# clock was set back, and is no measure of now.
SKEW: Final = timedelta(minutes=1)
# Who has waited longer than this is no measure of what a new message may expect.
_REACH: Final = timedelta(days=14)
_MOST: Final = 5_000
KEPT_OVER: Final = timedelta(days=7)
_KEPT: Final = """
    SELECT count(*), count(*) FILTER (WHERE waited <= p90_s) FROM (
        SELECT coalesce(c.business_s, extract(epoch FROM %(now)s - c.started_at)) AS waited,
            c.state, (
            SELECT e.p90_s FROM waits_estimate e
            WHERE e.workspace_id = c.workspace_id AND e.channel_id IS NULL
                AND e.at <= c.started_at AND e.at > c.started_at - %(stale)s
            ORDER BY e.at DESC LIMIT 1) AS p90_s
        FROM sla_clock c
        WHERE c.workspace_id = %(workspace)s AND c.kind = 'answer' AND NOT c.is_historic
            AND c.started_at > %(since)s AND c.state IN ('met', 'missed', 'running')
            AND NOT EXISTS (SELECT FROM sla_clock b WHERE b.workspace_id = c.workspace_id
                AND b.case_id = c.case_id AND b.kind = 'answer' AND b.started_at < c.started_at)
    ) told WHERE p90_s IS NOT NULL AND (state <> 'running' OR waited > p90_s)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What customers are told now. `p90_s` is None where there is too little to tell.

    `opens_at` is when the desk opens again, None while it is open or never opens. `closes_at` is
    when it closes, where that is before `p90_s` is over: what is told counts open time only.
    """

    at: datetime
    p50_s: int | None
    p90_s: int | None
    opens_at: datetime | None = None
    is_open: bool = True
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How what was told came true: in time, of those it was told to."""

    told: int
    in_time: int

    @property
    def percent(self) -> int | None:
        """In whole per cent, rounded down; None where nothing was told."""
        return 100 * self.in_time // self.told if self.told else None


@dataclass(frozen=True, slots=True)
class Face:
    """Who answers, as customers may know them."""

    initials: str
    first_name: str


def choice_of(workspace_id: UUID) -> WaitChoice:
    """Return what an owner chose; a row that is not kept where nothing was chosen."""
    found = WaitChoice.objects.filter(workspace_id=workspace_id).first()
    return found or WaitChoice(workspace_id=workspace_id)


def waits_of(workspace_id: UUID, at: datetime) -> Mapping[UUID | None, Sequence[Wait]]:
    """Return the first answers of late and who still waits, by channel and (None) all; one query.

    Each in open seconds, as the calendar of its own promise counts them.
    """
    earlier = Clock.objects.filter(
        workspace_id=workspace_id,
        case_id=OuterRef("case_id"),
        kind=ClockKind.ANSWER,
        started_at__lt=OuterRef("started_at"),
    )
    case = Case.objects.filter(workspace_id=workspace_id, id=OuterRef("case_id"))
    is_over = Q(met_at__gt=at - SPANS[-1], state__in=[ClockState.MET, ClockState.MISSED])
    found = (
        Clock.objects.select_related("policy__calendar")
        .filter(
            is_over | Q(state=ClockState.RUNNING, paused_at=None),
            workspace_id=workspace_id,
            kind=ClockKind.ANSWER,
            is_historic=False,
            started_at__gt=at - _REACH,
        )
        .filter(~Exists(earlier))
        .annotate(channel=Subquery(case.values("channel_id")[:1]))
        .order_by(F("met_at").desc(nulls_first=True), "-started_at")[:_MOST]
    )
    by: dict[UUID | None, list[Wait]] = defaultdict(list)
    for clock in found:
        wait = _wait(clock, at)
        by[None].append(wait)
        if clock.channel is not None:
            by[clock.channel].append(wait)
    return by


def _wait(clock: Clock, at: datetime) -> Wait:
    if clock.met_at is not None:
        ago_s = (at - clock.met_at).total_seconds()
        return Wait(float(clock.business_s or 0), ago_s=max(0.0, ago_s))
    hours = clock.policy.calendar.hours
    return Wait(business_seconds(clock.started_at, at, hours), is_over=False)


def told_now(workspace: Workspace, channel_id: UUID | None = None) -> Told:
    """Return what is told at this moment, of a channel or of all."""
    return told_of(workspace.id, channel_id)


def told_of(workspace_id: UUID, channel_id: UUID | None = None) -> Told:
    """Return what is told at this moment, of a channel or (None) of all; two queries."""
    at = now()
    rows_ = Estimate.objects.filter(workspace_id=workspace_id, channel_id=channel_id)
    latest = rows_.filter(at__gt=at - STALE, at__lte=at + SKEW).order_by("-at").first()
    p50_s, p90_s = (latest.p50_s, latest.p90_s) if latest else (None, None)
    here, opens, closes = _opening(workspace_id, at, timedelta(seconds=p90_s or 0))
    return Told(latest.at if latest else at, p50_s, p90_s, opens, here, closes)


def _opening(
    workspace_id: UUID, at: datetime, within: timedelta
) -> tuple[bool, datetime | None, datetime | None]:
    """Return whether the standard promise's hours are open, when they open if not, or close."""
    try:
        hours = promises(workspace_id).policy.calendar.hours
        if is_open(hours, at):
            return True, None, closes_at(hours, at, within)
        return False, opens_at(hours, at), None
    except BadCalendarError:
        return True, None, None


def kept_lately(workspace_id: UUID) -> Kept:
    """Return how what was told over the last week came true; one query."""
    at = now()
    values = {"workspace": workspace_id, "now": at, "stale": STALE, "since": at - KEPT_OVER}
    ((told, in_time),) = rows.fetch(_KEPT, values)
    return Kept(told, in_time)


def roster_of(workspace_id: UUID) -> list[Face]:
    """Return who answers, of those who have agreed and still do; two queries."""
    agreed = dict(
        Named.objects.filter(workspace_id=workspace_id).values_list("user_id", "first_name")
    )
    members = Membership.objects.filter(
        workspace_id=workspace_id, user_id__in=list(agreed), role__in=READERS, user__is_active=True
    )
    return [Face(one.initials, agreed[one.user_id]) for one in members.order_by("initials")]


def named_of(workspace_id: UUID, user_id: UUID) -> Named | None:
    """Return whether and as whom a member lets themselves be named."""
    return Named.objects.filter(workspace_id=workspace_id, user_id=user_id).first()
