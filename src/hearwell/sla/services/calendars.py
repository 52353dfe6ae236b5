"""Opening hours: made once, then only ever followed by a newer version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.ids import uuid7
from hearwell.sla.models import Calendar, Policy
from hearwell.sla.rules import DAY_MINUTES, WEEKDAYS, BadCalendarError, Hours, Interval
from hearwell.sla.services.promises import check_reach, follow


@transaction.atomic
def make_calendar(
    workspace_id: UUID,
    *,
    name: str,
    time_zone: str,
    intervals: Mapping[str, Any],
    exceptions: Mapping[str, Any] | None = None,
    by: User | None = None,
) -> Calendar:
    """Add a calendar. Raises BadCalendarError naming what cannot be read; audited."""
    check_tidy(Hours.parse(time_zone, intervals, exceptions))
    calendar = Calendar.objects.create(
        workspace_id=workspace_id,
        key=f"{slugify(name)[:40] or 'calendar'}-{uuid7().hex[-8:]}",
        name=name,
        time_zone=time_zone,
        intervals=dict(intervals),
        exceptions=dict(exceptions or {}),
    )
    _audit(calendar, "calendar.made", None, _facts(calendar), by)
    return calendar


@transaction.atomic
def update_calendar(
    calendar_id: UUID,
    *,
    by: User | None,
    name: str | None = None,
    time_zone: str | None = None,
    intervals: Mapping[str, Any] | None = None,
    exceptions: Mapping[str, Any] | None = None,
) -> Calendar:
    """Follow a calendar by a new version; clocks that run keep the old one.

    A policy that counts on it gets a new version too. Raises BadCalendarError; audited.
    """
    old = Calendar.objects.select_for_update().get(id=calendar_id, is_current=True)
    new = Calendar(
        workspace_id=old.workspace_id,
        key=old.key,
        version=old.version + 1,
        name=old.name if name is None else name,
        time_zone=old.time_zone if time_zone is None else time_zone,
        intervals=dict(old.intervals if intervals is None else intervals),
        exceptions=dict(old.exceptions if exceptions is None else exceptions),
    )
    hours = Hours.parse(new.time_zone, new.intervals, new.exceptions)
    check_tidy(hours)
    users = list(Policy.objects.filter(calendar=old, is_current=True).select_for_update())
    for policy in users:
        check_reach(policy.targets, hours)
    Calendar.objects.filter(id=old.id).update(is_current=False)
    new.save(force_insert=True)
    for policy in users:
        follow(policy, calendar=new)
    _audit(new, "calendar.changed", _facts(old), _facts(new), by)
    return new


def check_tidy(hours: Hours) -> None:
    """Refuse hours that overlap or are no time at all, as they come from a slip of the pen.

    Reckoning would do with them. Raises BadCalendarError naming them.
    """
    week = list(zip(WEEKDAYS, hours.week, strict=True))
    for name, day in [*week, *((str(date), day) for date, day in hours.exceptions.items())]:
        _check_day(name, day)
    for (name, day), (_, morrow) in zip(week, [*week[1:], week[0]], strict=True):
        if day and morrow and morrow[0].start < day[-1].end - DAY_MINUTES:
            message = f"{name}: {day[-1]} runs into {morrow[0]} of the day after"
            raise BadCalendarError(message)


def _check_day(name: str, day: Sequence[Interval]) -> None:
    for interval in day:
        if interval.end - interval.start == DAY_MINUTES and interval.start:
            message = f"{name}: {interval} is no time at all; the whole day is 00:00-24:00"
            raise BadCalendarError(message)
    for before, after in pairwise(day):
        if after.start < before.end:
            message = f"{name}: {before} and {after} overlap"
            raise BadCalendarError(message)


def _facts(calendar: Calendar) -> dict[str, Any]:
    return {
        name: getattr(calendar, name)
        for name in ("version", "name", "time_zone", "intervals", "exceptions")
    }


def _audit(
    calendar: Calendar,
    action: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    by: User | None,
) -> None:
    entry = AuditEntry(action, by, "calendar", calendar.id, calendar.name, before, after)
    record_audit(calendar.workspace_id, [entry])
