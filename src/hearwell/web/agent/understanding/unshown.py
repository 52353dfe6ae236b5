"""What nobody was shown as waiting, and why: counted by day, each reason with a way to look.

Three kinds of reasons: triage judged that a message needs nothing; something else set it aside;
it was not taken in at all. A path that hides messages has its row here (a test walks them).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.automation.queries import put_away, put_away_by_day
from hearwell.channels.queries import parked_by_day, refused_by_day
from hearwell.kit.clock import now
from hearwell.listening.queries import left_out_by_day
from hearwell.triage.learning import aside
from hearwell.triage.learning import unshown as told
from hearwell.web.agent.understanding.faces import day_begins, strip_of

SHOWN: Final = 50
SPANS: Final = {"7": 7, "28": 28}
RULE, PARKED, REFUSED = "rule", "parked", "refused"
REASONS: Final[dict[str, str | Promise]] = {
    told.UNSURE: _("Needs nothing, as it seems, but not surely"),
    told.CHATTER: _("Chatter"),
    told.SPAM: _("Spam and advertising"),
    told.REPEATED: _("Said before in much the same words"),
    told.PASSED_ON: _("Somebody else's words, passed on"),
    told.NETWORK: _("The network says that it needs no reply: muted authors, machines' mail"),
}
ASIDE: Final[dict[str, str | Promise]] = {
    aside.UNADDRESSED: _("Nobody addressed us, and answering there is off"),
    RULE: _("A rule closed or snoozed the case"),
    aside.WITHDRAWN: _("Taken back by its author"),
    aside.OURS: _("Said by us outside of Hearwell"),
    aside.ARCHIVED: _("History: from an import, or from before an account was connected"),
}
# What was not taken in; what listening found by its words first.
OUTSIDE: Final[dict[str, str | Promise]] = {
    "unlikely": _("Found by its words, but hardly about us"),
    "excluded": _("Found by its words, and excluded by a term"),
    "language": _("Found by its words, in another language"),
    PARKED: _("Could not be taken in, and waits for somebody to try again"),
    REFUSED: _("Refused at the door: forged, too large, or of an unknown kind"),
}
# Where to look at what has no list here, and the right that the page asks for.
_ELSEWHERE: Final = {
    "unlikely": ("settings_listening", "manage_settings"),
    "excluded": ("settings_listening", "manage_settings"),
    "language": ("settings_listening", "manage_settings"),
    PARKED: ("settings_networks", "view_health"),
    REFUSED: ("settings_networks", "view_health"),
}
_GROUPS: Final[tuple[tuple[str | Promise, Mapping[str, str | Promise]], ...]] = (
    (_("Judged to need nothing"), REASONS),
    (_("Set aside"), ASIDE),
    (_("Not taken in"), OUTSIDE),
)
Counts = Mapping[str, Mapping[date, int]]


@dataclass(frozen=True)
class Span:
    """What is looked at: days of the workspace's zone, from `since` to now."""

    since: datetime
    until: datetime
    days: list[date]

    @property
    def zone(self) -> str:
        """The zone's name."""
        return str(self.until.tzinfo)


@dataclass(frozen=True)
class ReasonRow:
    """One reason: how many by day and in all; `url` leads to them, empty where nothing does."""

    value: str
    label: str
    total: int
    days: list[int]
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class ReasonGroup:
    """Reasons of one kind."""

    title: str
    rows: list[ReasonRow]


@requires("read")
@require_safe
def unshown(request: MemberRequest) -> HttpResponse:
    """Count what was not shown, by day and reason; open the messages of one reason."""
    n = SPANS.get(request.GET.get("days", ""), 7)
    span = _span(request.workspace.time_zone, n)
    chosen = request.GET.get("reason", "")
    groups = _groups(request, span, chosen)
    words = {**REASONS, **ASIDE}
    context = {
        "section": "reports",
        "days": span.days if n == SPANS["7"] else [],
        "columns": 2 + (n if n == SPANS["7"] else 0),
        "span": n,
        "spans": [(7, gettext("7 days")), (28, gettext("28 days"))],
        "groups": groups,
        "total": sum(row.total for group in groups for row in group.rows),
        "chosen": str(words.get(chosen, "")),
        "is_judged": chosen in REASONS,
        **strip_of(request),
        "may": {"tag": can(request.membership.role, "tag")},
        "back": request.get_full_path(),
    }
    if chosen in words:
        context["messages"] = _messages(request, span, chosen)
    return render(request, "hearwell/understanding/unshown.html", context)


def _span(zone: str, n: int) -> Span:
    until = now().astimezone(ZoneInfo(zone))
    since = day_begins(until) - timedelta(days=n - 1)
    return Span(since, until, [(since + timedelta(days=at)).date() for at in range(n)])


def _messages(
    request: MemberRequest, span: Span, reason: str
) -> Sequence[told.Seen] | Sequence[aside.Aside]:
    place = request.workspace.id
    if reason == RULE:
        return put_away(place, span.since, span.until, SHOWN)
    if reason in ASIDE:
        return aside.aside_messages(place, reason, span.since, span.until, SHOWN)
    return told.unshown_messages(place, reason, span.since, span.until, SHOWN)


def _groups(request: MemberRequest, span: Span, chosen: str) -> list[ReasonGroup]:
    counts = _counts(request, span)
    return [
        ReasonGroup(
            str(title),
            [
                ReasonRow(
                    value=name,
                    label=str(label),
                    total=sum(counts[name].get(day, 0) for day in span.days),
                    days=[counts[name].get(day, 0) for day in span.days],
                    url=_url(request, name, len(span.days)),
                    is_chosen=name == chosen,
                )
                for name, label in reasons.items()
            ],
        )
        for title, reasons in _GROUPS
    ]


def _counts(request: MemberRequest, span: Span) -> Counts:
    """Return reason -> day -> how many; five statements."""
    place, zone = request.workspace.id, span.zone
    by_reason: dict[str, Counter[date]] = defaultdict(Counter)
    for one in (
        *told.unshown_counts(place, span.since, span.until, zone),
        *aside.aside_counts(place, span.since, span.until, zone),
    ):
        by_reason[one.reason][one.day] += one.n
    for day in left_out_by_day(place, span.days[0]):
        for name in ("unlikely", "excluded", "language"):
            by_reason[name][day.day] += getattr(day, name)
    by_reason[RULE].update(put_away_by_day(place, span.since, span.until, zone))
    by_reason[PARKED].update(parked_by_day(place, span.since, span.until, zone))
    by_reason[REFUSED].update(refused_by_day(place, span.days[0]))
    return by_reason


def _url(request: MemberRequest, reason: str, days: int) -> str:
    """Return where the messages of a reason can be looked at, by whom asks."""
    if reason in _ELSEWHERE:
        page, right = _ELSEWHERE[reason]
        return reverse(page) if can(request.membership.role, right) else ""
    return f"?{urlencode({'days': str(days), 'reason': reason})}#messages"
