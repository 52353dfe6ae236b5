"""Promises and clocks: how soon we answer, reckoned over which hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.conversations.rules import LONGEST_REOPEN_DAYS
from hearwell.conversations.services.windows import (
    BadWindowError,
    reopen_windows,
    set_reopen_windows,
)
from hearwell.sla import queries
from hearwell.sla.models import Calendar, Counting
from hearwell.sla.rules import WEEKDAYS, BadCalendarError
from hearwell.sla.services.promises import (
    BadPolicyError,
    make_calendar,
    update_calendar,
    update_policy,
)
from hearwell.web.admin.frame import draw

MINUTE: Final = 60
URGENCIES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("4", gettext_lazy("Someone may come to harm")),
    ("3", gettext_lazy("Urgent")),
    ("2", gettext_lazy("Pressing")),
    ("1", gettext_lazy("Normal")),
    ("0", gettext_lazy("Can wait")),
)
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


def _form(calendar: Calendar) -> CalendarForm:
    days = [(d, label, spans_as_text(calendar.intervals.get(d, []))) for d, label in DAYS.items()]
    closed = _("closed")
    lines = [
        f"{date} {spans_as_text(pairs) if pairs else closed}"
        for date, pairs in sorted(calendar.exceptions.items())
    ]
    return CalendarForm(calendar, days, "\n".join(lines))


@requires("manage_promises")
@require_safe
def promises(request: MemberRequest) -> HttpResponse:
    """Show the policy and the calendars."""
    return _draw(request)


def _draw(request: MemberRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    found = queries.promises(request.workspace.id)
    targets = [
        {
            "urgency": key,
            "label": label,
            "first": found.policy.targets[key]["first_reply_s"] // MINUTE,
            "answer": found.policy.targets[key]["answer_s"] // MINUTE,
        }
        for key, label in URGENCIES
    ]
    context: dict[str, Any] = {
        "policy": found.policy,
        "targets": targets,
        "countings": Counting.choices,
        "calendars": [_form(calendar) for calendar in found.calendars],
        "reopening": _reopening(request.workspace.id),
        "error": error,
    }
    return draw(request, "promises", "settings_promises", context, status=status)


def _targets(form: QueryDict) -> dict[str, dict[str, int]]:
    """Read minutes into seconds; what is no number becomes 0, which the service refuses."""

    def seconds(name: str) -> int:
        text = form.get(name, "")
        return int(text) * MINUTE if text.isdecimal() and len(text) < 7 else 0  # noqa: PLR2004

    return {
        key: {
            "first_reply_s": seconds(f"first-{key}"),
            "answer_s": seconds(f"answer-{key}"),
        }
        for key, _label in URGENCIES
    }


def _id(form: QueryDict, name: str) -> UUID:
    try:
        return UUID(form.get(name, ""))
    except ValueError as error:
        raise Http404 from error


@requires("manage_promises")
@require_POST
def save_policy(request: MemberRequest) -> HttpResponse:
    """Make the next version of the policy; clocks that run keep theirs."""
    form = request.POST
    try:
        update_policy(
            _id(form, "policy"),
            by=cast("User", request.user),
            targets=_targets(form),
            counts=form.get("counts") if form.get("counts") in Counting.values else None,
            calendar_id=_id(form, "calendar"),
        )
    except (BadPolicyError, BadCalendarError) as error:
        return _draw(request, error=str(error), status=422)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved as a new version. Clocks that run keep their promise."))
    return redirect("settings_promises")


def _reopening(workspace_id: UUID) -> dict[str, int]:
    windows = reopen_windows(workspace_id)
    days = {f"{audience}_days": window.days for audience, window in windows.items()}
    return days | {"longest": LONGEST_REOPEN_DAYS}


@requires("manage_promises")
@require_POST
def save_reopening(request: MemberRequest) -> HttpResponse:
    """Choose how long after its closing a case comes back."""
    days = [request.POST.get(name, "") for name in ("private_days", "public_days")]
    try:
        private, public = (int(text) if text.isdecimal() else -1 for text in days)
        set_reopen_windows(
            request.workspace.id,
            private_days=private,
            public_days=public,
            by=cast("User", request.user),
        )
    except BadWindowError as error:
        return _draw(request, error=str(error), status=422)
    messages.success(request, _("Saved. It holds for what comes in from now on."))
    return redirect("settings_promises")


@requires("manage_promises")
@require_POST
def save_calendar(request: MemberRequest) -> HttpResponse:
    """Make the next version of a calendar, or a new calendar."""
    form, user = request.POST, cast("User", request.user)
    try:
        facts: dict[str, Any] = {
            "name": form.get("name", "").strip()[:120] or _("Hours"),
            "time_zone": form.get("time_zone", "UTC"),
            "intervals": {day: spans_from_text(form.get(f"day-{day}", "")) for day in DAYS},
            "exceptions": exceptions_from_text(form.get("exceptions", "")),
        }
        if form.get("calendar"):
            update_calendar(_id(form, "calendar"), by=user, **facts)
        else:
            make_calendar(request.workspace.id, by=user, **facts)
    except BadCalendarError as error:
        return _draw(request, error=str(error), status=422)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Hours saved."))
    return redirect("settings_promises")
