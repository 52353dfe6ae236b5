"""After the contact: what people did in public, by how soon they were answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.outcomes.after import after_contact
from hearwell.outcomes.rules import LEAST, SPEEDS, Report
from hearwell.reports.rolling.cube import Span
from hearwell.reports.rolling.reading import midnight
from hearwell.web.agent.outcomes.faces import GROUPS, HEAD, faces_of, table_of
from hearwell.web.agent.reports.faces import changed
from hearwell.web.agent.reports.spans import span_of
from hearwell.web.components.numbers import grouped
from hearwell.web.components.tables import as_csv

_DAY: Final = timedelta(days=1)
# Long enough for a window of ninety days to have ended for some.
_DAYS: Final = 120


@requires("read")
@require_safe
def after(request: MemberRequest) -> HttpResponse:
    """Show it of the contacts of a period, or give it as CSV."""
    span, place = _span(request), request.workspace
    zone = ZoneInfo(place.time_zone)
    starts_at, ends_at = midnight(span.first, zone), midnight(span.last + _DAY, zone)
    found = after_contact(place.id, starts_at, ends_at, zone=place.time_zone)
    if request.GET.get("format") == "csv":
        return as_csv(f"after-contact-{span.first}-{span.last}", HEAD, table_of(found))
    context = {
        "section": "reports",
        "span": span,
        "report": found,
        "people": [(str(GROUPS[key]), grouped(found.people[key])) for key in SPEEDS],
        "late": _late(found),
        "sampled": _sampled(found.every),
        "outcomes": faces_of(found),
        "least": LEAST,
        "csv_url": changed(
            request.GET, **{"from": str(span.first), "to": str(span.last)}, format="csv"
        ),
        "may_import": can(request.membership.role, "import"),
    }
    return render(request, "hearwell/outcomes/after.html", context)


def _span(request: MemberRequest) -> Span:
    """Read whole days; 120 of them up to the last by default."""
    asked = span_of(request)
    return asked if request.GET.get("from") else Span(asked.last - _DAY * (_DAYS - 1), asked.last)


def _sampled(every: int) -> str:
    words = _(
        "So much was said in these days that one in %(every)s people was taken, by the chance in "
        "their id: all numbers here are of those, and the intervals say how sure they are."
    )
    return words % {"every": every} if every > 1 else ""


def _late(found: Report) -> str:
    words = ngettext(
        "Of those not answered within a day, %(n)s was answered later.",
        "Of those not answered within a day, %(n)s were answered later.",
        found.late,
    )
    return words % {"n": grouped(found.late)} if found.late else ""
