"""When a snoozed case comes back. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MORNING: Final = 8
SNOOZES: Final[dict[str, str | Promise]] = {
    "1h": _("In an hour"),
    "3h": _("In three hours"),
    "tomorrow": _("Tomorrow morning"),
    "monday": _("Monday morning"),
}


class UnknownChoiceError(ValueError):
    """A choice that was never offered."""


def snooze_until(choice: str, zone: ZoneInfo, at: datetime) -> datetime:
    """Return when the case comes back, mornings at eight in the workspace's zone."""
    if choice in {"1h", "3h"}:
        return at + timedelta(hours=int(choice[0]))
    here = at.astimezone(zone)
    days = {"tomorrow": 1, "monday": 7 - here.weekday()}.get(choice)
    if days is None:
        raise UnknownChoiceError(choice)
    day = here.date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=zone)
