"""What nobody was shown as waiting, and why: counted by day, each to be opened and taken back."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.kit.clock import now
from hearwell.listening.queries import LeftOut, left_out_by_day
from hearwell.triage.learning import unshown as told
from hearwell.triage.learning.queries import state_of
from hearwell.web.agent.understanding.faces import day_begins

SHOWN: Final = 50
SPANS: Final = {"7": 7, "28": 28}
REASONS: Final[dict[str, str | Promise]] = {
    told.UNSURE: _("Needs nothing, as it seems, but not surely"),
    told.CHATTER: _("Chatter"),
    told.SPAM: _("Spam and advertising"),
    told.REPEATED: _("Said before in much the same words"),
    told.PASSED_ON: _("Somebody else's words, passed on"),
    told.NETWORK: _("The network or archive says that it needs no reply"),
}
# What listening found by its words and did not take in.
LISTENING: Final[dict[str, str | Promise]] = {
    "unlikely": _("Found by its words, but hardly about us"),
    "excluded": _("Found by its words, and excluded by a term"),
    "language": _("Found by its words, in another language"),
}


@dataclass(frozen=True)
class ReasonRow:
    """One reason: how many by day and in all; `is_ours` if its messages can be opened here."""

    value: str
    label: str
    total: int
    days: list[int]
    is_ours: bool
    is_chosen: bool


@requires("read")
@require_safe
def unshown(request: MemberRequest) -> HttpResponse:
    """Count what was not shown, by day and reason; open the messages of one reason."""
    zone = ZoneInfo(request.workspace.time_zone)
    until = now().astimezone(zone)
    span = SPANS.get(request.GET.get("days", ""), 7)
    since = day_begins(until) - timedelta(days=span - 1)
    days = [(since + timedelta(days=n)).date() for n in range(span)]
    chosen = request.GET.get("reason", "")
    rows = _rows(request, since, until, days, chosen)
    context = {
        "section": "reports",
        "days": days if span == SPANS["7"] else [],
        "span": span,
        "spans": [(7, gettext("7 days")), (28, gettext("28 days"))],
        "rows": rows,
        "total": sum(row.total for row in rows),
        "chosen": str(REASONS.get(chosen, "")),
        "state": state_of(request.workspace.id),
        "may": {"tag": can(request.membership.role, "tag")},
        "back": request.get_full_path(),
    }
    if chosen in REASONS:
        found = told.unshown_messages(request.workspace.id, chosen, since, until, SHOWN)
        context["messages"] = found
    return render(request, "hearwell/understanding/unshown.html", context)


def _rows(
    request: MemberRequest, since: datetime, until: datetime, days: list[date], chosen: str
) -> list[ReasonRow]:
    zone = request.workspace.time_zone
    by_reason: dict[str, Counter[date]] = defaultdict(Counter)
    for one in told.unshown_counts(request.workspace.id, since, until, zone):
        by_reason[one.reason][one.day] += one.n
    left_out: list[LeftOut] = left_out_by_day(request.workspace.id, days[0])
    for day in left_out:
        for name in LISTENING:
            by_reason[name][day.day] += getattr(day, name)
    return [
        ReasonRow(
            value=name,
            label=str(label),
            total=sum(by_reason[name][day] for day in days),
            days=[by_reason[name][day] for day in days],
            is_ours=name in REASONS,
            is_chosen=name == chosen,
        )
        for name, label in {**REASONS, **LISTENING}.items()
    ]
