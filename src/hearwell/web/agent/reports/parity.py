"""The parity report: every channel alike, or where not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.connect.abilities import Can, portrait_of
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.inbox.passing import REASONS
from hearwell.reports.parity import ChannelParity, parity_report
from hearwell.reports.study.methods import ALL, DEFAULT, METHODS
from hearwell.sla.queries import Attainment
from hearwell.sla.rules import ClockKind
from hearwell.web.agent.inbox.passed import where_words
from hearwell.web.agent.reports.faces import FEW
from hearwell.web.agent.reports.spans import period_of, span_of
from hearwell.web.components.clocks import duration
from hearwell.web.components.numbers import one_decimal

# What an agent can do for a customer there; the rest of the house is the same for all.
_TOOLS: Final = ("public", "private", "files", "other_account")


@dataclass(frozen=True)
class ParityFace:
    """One channel as a row: figures in words, a share only where there is enough to tell."""

    network: str
    handle: str
    n: int
    rate: str
    median: str
    within: str
    first_reply: str
    answer: str
    waiting: int
    staff: int
    able: int
    tools: list[tuple[str, str]]
    cases: int
    passed: int
    passed_share: str
    reasons: str
    ways: str
    tools_there: int
    tools_done: str
    tools_used: str
    tool_cases: int


@requires("read")
@require_safe
def parity(request: MemberRequest) -> HttpResponse:
    """Show staff, rights, times and hand-offs of every channel side by side."""
    period = period_of(request)
    method = request.GET.get("method", DEFAULT)
    report = parity_report(request.workspace.id, period, method if method in METHODS else DEFAULT)
    context = {
        "section": "reports",
        "report": report,
        "rows": [_face(one) for one in report.channels],
        "methods": ALL,
        "span": span_of(request),
        "few": FEW,
    }
    return render(request, "hearwell/reports/parity.html", context)


def _share(part: int, whole: int) -> str:
    """Say a part of a whole: a percentage only where there is enough of it."""
    if not whole:
        return _("none")
    if whole < FEW:
        return _("%(part)s of %(whole)s") % {"part": part, "whole": whole}
    words = _("%(share)s %%, %(part)s of %(whole)s")
    return words % {"share": one_decimal(100 * part / whole), "part": part, "whole": whole}


def _kept(clocks: list[Attainment], kind: ClockKind) -> str:
    one = next((found for found in clocks if found.kind == kind), None)
    return _share(one.met, one.met + one.breached) if one else _("none")


def _face(one: ChannelParity) -> ParityFace:
    figures, times = one.figures, one.figures.first_response_s
    clocks = list(one.clocks)
    return ParityFace(
        network=one.channel.network,
        handle=one.channel.handle,
        n=figures.needs_reply,
        rate=_share(figures.answered, figures.needs_reply),
        median=duration(times.median) if times.median is not None else _("none"),
        within=_within(figures.within.get("1h"), figures.needs_reply),
        first_reply=_kept(clocks, ClockKind.FIRST_REPLY),
        answer=_kept(clocks, ClockKind.ANSWER),
        waiting=figures.waiting,
        staff=one.staff,
        able=one.able,
        tools=_tools(one.channel.network),
        cases=one.cases,
        passed=one.passed,
        passed_share=_share(one.passed, one.cases),
        reasons=", ".join(f"{REASONS.get(k, k)} ({n})" for k, n in sorted(one.reasons.items())),
        ways=", ".join(f"{where_words(k)} ({n})" for k, n in sorted(one.ways.items())),
        tools_there=one.tools_there,
        tools_done=_share(one.tools_done, one.tools_done + one.tools_failed),
        tools_used=", ".join(f"{title} ({n})" for title, n in one.tools.items()),
        tool_cases=one.tool_cases,
    )


def _within(share: float | None, whole: int) -> str:
    return _share(round(share * whole), whole) if share is not None else _("none")


def _tools(network: str) -> list[tuple[str, str]]:
    """Return what can be done for a customer there, each with yes, partly or no."""
    try:
        portrait = portrait_of(connector_for(network))
    except UnknownNetworkError:
        return [(_("Noted by hand"), Can.PARTLY.value)]
    return [(_(one.title), one.can.value) for one in portrait.abilities if one.key in _TOOLS]
