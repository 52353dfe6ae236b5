"""Every hour of a week with its owners: a map, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.strategy.coverage import FAR, Cell, Week
from hearwell.strategy.queries import Standing, standing
from hearwell.web.admin.playbook.words import Names, gap_lines, owner_of, shift_face

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class HourFace:
    """One hour: how it looks, how many own it, and that in words."""

    css: str
    n: str
    words: str


@dataclass(frozen=True)
class DayFace:
    """A day of the map."""

    title: str
    is_holiday: bool
    hours: list[HourFace]


@requires("read")
@require_safe
def coverage(request: MemberRequest) -> HttpResponse:
    """Show who owns each hour of a week, holidays considered, and which have nobody."""
    here = standing(request.workspace)
    monday = _monday(request.GET.get("week", ""), here)
    week = here.week(monday)
    names = here.names.stored()
    lines = gap_lines(week.gaps)
    context = {
        "section": "reports",
        "monday": monday,
        "sunday": monday + _WEEK - timedelta(days=1),
        "earlier": (monday - _WEEK).isoformat(),
        "later": (monday + _WEEK).isoformat(),
        "days": [_day(here, week, offset, names) for offset in range(7)],
        "hours": [f"{hour:02d}" for hour in range(24)],
        "gaps": lines,
        "open_hours": week.open_hours,
        "said": _said(week.open_hours),
        "shifts": [shift_face(one, names) for one in here.answers.rota],
        "now_owners": [owner_of(here.answers.rota[p], names) for p in here.on_duty],
        "zone": request.workspace.time_zone,
        "may_change": can(request.membership.role, "manage_settings"),
    }
    return render(request, "hearwell/reports/coverage.html", context)


def _monday(text: str, here: Standing) -> date:
    """Read a week by any of its days; this one for nonsense, and for one ten years away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return here.today
    return day - timedelta(days=day.weekday()) if abs(day - here.today) < FAR else here.today


def _said(open_hours: int) -> str:
    if not open_hours:
        return _("Every hour of this week has an owner.")
    words = ngettext(
        "%(n)s of 168 hours has no owner, or not for all of it.",
        "%(n)s of 168 hours have no owner, or not for all of it.",
        open_hours,
    )
    return words % {"n": open_hours}


def _day(here: Standing, week: Week, offset: int, names: Names) -> DayFace:
    day = week.monday + timedelta(days=offset)
    is_holiday = any(day in single for single in here.exceptions.values())
    title = date_format(day, "D j M")
    hours = [_hour(here, cell, names) for cell in week.cells[offset]]
    return DayFace(title, is_holiday, hours)


def _hour(here: Standing, cell: Cell, names: Names) -> HourFace:
    owners = ", ".join(owner_of(here.answers.rota[place], names) for place in cell.shifts)
    if cell.is_owned:
        return HourFace("own" if len(cell.shifts) == 1 else "many", str(len(cell.shifts)), owners)
    if not cell.shifts:
        return HourFace("none", "0", _("nobody"))
    words = _("%(owners)s; %(n)s min without anybody")
    return HourFace("none", "½", words % {"owners": owners, "n": cell.open_minutes})
