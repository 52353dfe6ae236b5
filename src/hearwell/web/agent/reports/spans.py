"""Periods and slices as a page's address names them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict

from hearwell.accounts.access import MemberRequest
from hearwell.connect.model import MessageKind
from hearwell.kit.clock import now
from hearwell.reports.relation import Period
from hearwell.reports.rolling.cube import Slice, Span

DAYS: Final = 28
MOST_DAYS: Final = 3700
EARLIEST: Final = date(1990, 1, 1)
_MOST_OF_A_LANGUAGE: Final = 16


def span_of(request: MemberRequest) -> Span:
    """Read whole days of the workspace; four weeks up to today by default."""
    today = now().astimezone(ZoneInfo(request.workspace.time_zone)).date()
    last = min(_day(request.GET.get("to", "")) or today, today + timedelta(days=1))
    last = max(last, EARLIEST)
    first = _day(request.GET.get("from", "")) or last - timedelta(days=DAYS - 1)
    return Span(max(min(first, last), EARLIEST, last - timedelta(days=MOST_DAYS)), last)


def period_of(request: MemberRequest) -> Period:
    """Read the same as moments."""
    span, zone = span_of(request), ZoneInfo(request.workspace.time_zone)

    def midnight(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

    return Period(midnight(span.first), midnight(span.last + timedelta(days=1)))


def slice_of(query: QueryDict) -> Slice:
    """Read which account, kind, language and team; what is none of these is not asked for."""
    kind, language = query.get("kind"), query.get("language")
    return Slice(
        channel_id=_id(query.get("channel", "")),
        kind=kind if kind in set(MessageKind) else None,
        language=language[:_MOST_OF_A_LANGUAGE] if language else None,
        team_id=_id(query.get("team", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
