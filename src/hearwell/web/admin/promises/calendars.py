"""Opening hours as their forms show and read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.sla.models import Calendar
from hearwell.sla.rules import WEEKDAYS, BadCalendarError

DAYS: Final[dict[str, str | Promise]] = dict(
    zip(
        WEEKDAYS,
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        ),
        strict=True,
    )
)
_SPAN: Final = re.compile(r"(\d{1,2}:\d{2})\s*[-\u2013]\s*(\d{1,2}:\d{2})")


@dataclass(frozen=True)
class CalendarForm:
    """A calendar as its form shows it: hours of a day as text, "09:00-12:30, 13:30-17:00"."""

    calendar: Calendar
    days: list[tuple[str, str | Promise, str]]
    exceptions: str


def spans_as_text(pairs: list[list[str]]) -> str:
    """Write intervals the way people type them."""
    return ", ".join(f"{start}-{end}" for start, end in pairs)


def spans_from_text(text: str) -> list[list[str]]:
    """Read intervals; raises BadCalendarError for anything that is none."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_SPAN.fullmatch(part) for part in parts]
    if not all(found):
        message = _("“%(text)s” is not a list of hours like 09:00-12:30, 13:30-17:00")
        raise BadCalendarError(message % {"text": text[:60]})
    return [[match[1].zfill(5), match[2].zfill(5)] for match in found if match]


def exceptions_from_text(text: str) -> dict[str, list[list[str]]]:
    """Read lines such as "2026-12-25 closed" or "2026-12-24 09:00-12:00"."""
    read: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        date, _sep, hours = line.strip().partition(" ")
        if date:
            is_closed = not hours.strip() or not hours.strip()[0].isdigit()
            read[date] = [] if is_closed else spans_from_text(hours)
    return read


def form_of(calendar: Calendar) -> CalendarForm:
    """Return a calendar as its form shows it."""
    days = [(d, label, spans_as_text(calendar.intervals.get(d, []))) for d, label in DAYS.items()]
    closed = _("closed")
    lines = [
        f"{date} {spans_as_text(pairs) if pairs else closed}"
        for date, pairs in sorted(calendar.exceptions.items())
    ]
    return CalendarForm(calendar, days, "\n".join(lines))


def facts_in(form: QueryDict) -> dict[str, Any]:
    """Read a calendar's form; raises BadCalendarError for hours that are none."""
    return {
        "name": form.get("name", "").strip()[:120] or _("Hours"),
        "time_zone": form.get("time_zone", "UTC"),
        "intervals": {day: spans_from_text(form.get(f"day-{day}", "")) for day in DAYS},
        "exceptions": exceptions_from_text(form.get("exceptions", "")),
    }
