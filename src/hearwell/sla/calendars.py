"""Which opening hours are open, for those who work by them and may not know how they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from hearwell.sla.models import Calendar
from hearwell.sla.rules import BadCalendarError, Hours

_A_DAY = timedelta(days=1)


def current_calendars(workspace_id: UUID) -> list[Calendar]:
    """Return the current version of each calendar of a workspace, by name; one query."""
    known = Calendar.objects.filter(workspace_id=workspace_id, is_current=True)
    return list(known.order_by("name", "key"))


def open_calendars(workspace_id: UUID, at: datetime) -> set[str]:
    """Return the keys of the calendars that are open at a moment; one query."""
    return open_among(current_calendars(workspace_id), at)


def open_among(calendars: Iterable[Calendar], at: datetime) -> set[str]:
    """Return the keys of those calendars that are open at a moment."""
    return {one.key for one in calendars if _is_open(one, at)}


def _is_open(calendar: Calendar, at: datetime) -> bool:
    try:
        return is_open(calendar.hours, at)
    except BadCalendarError:
        return True  # hours that cannot be read must not keep customers waiting


def is_open(hours: Hours, at: datetime) -> bool:
    """Say whether a moment lies within the hours; the end of a stretch does not."""
    first = next(hours.windows(at, at + _A_DAY), None)
    return first is not None and first[0] <= at


def opens_at(hours: Hours, after: datetime) -> datetime | None:
    """Return when they next open, None where they never do."""
    first = next(hours.windows(after), None)
    return first[0] if first else None


def closes_at(hours: Hours, at: datetime, within: timedelta) -> datetime | None:
    """Return when hours that are open at a moment close; None where they stay open that long."""
    end = at
    for start, stop in hours.windows(at, at + within):
        if start > end:
            break
        end = stop
    return end if end < at + within else None
