"""Expectation against execution: what customers expect, what the team believes, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.kit.shares import Share
from hearwell.surveys.gaps import Gaps, Wave, gaps_of, studies_of, waves_of
from hearwell.surveys.models import Study
from hearwell.surveys.rules import Side
from hearwell.surveys.services import (
    BadChoiceError,
    StudyLink,
    begin_study,
    set_closed,
    study_link_of,
)
from hearwell.surveys.studying import (
    ITEMS,
    MET,
    MOTIVES,
    OTHERS,
    RUNGS_S,
    WAIT,
    Gap,
    Published,
    StudyItem,
    share_by,
    share_of,
)
from hearwell.web.agent.asking.results import between, percent
from hearwell.web.agent.reports.faces import FEW
from hearwell.web.components.numbers import one_decimal
from hearwell.web.components.tables import as_csv

_HEAD: Final = (
    "wave", "table", "row", "one", "one_n", "other", "other_n", "gap", "low", "high", "published",
    "source",
)  # fmt: skip
TABLES: Final[dict[str, tuple[str | Promise, str | Promise, str | Promise]]] = {
    "ladder": (
        gettext_lazy("Expected by then, and answered by then"),
        gettext_lazy("Customers expect"), gettext_lazy("We answered"),
    ),
    "believed": (
        gettext_lazy("Expected by then, and what the team believes"),
        gettext_lazy("Customers expect"), gettext_lazy("The team believes"),
    ),
    "motives": (
        MOTIVES.title, gettext_lazy("Customers say"), gettext_lazy("The team believes"),
    ),
    "met": (MET.title, gettext_lazy("Customers say"), gettext_lazy("The team believes")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GapFace:
    """A row of a gap table in words."""

    label: str
    one: str
    other: str
    gap: str
    published: str
    is_few: bool


@requires("read")
@require_safe
def expectation(request: MemberRequest) -> HttpResponse:
    """Show one wave's gaps and all waves side by side, or give the gaps as CSV."""
    studies = studies_of(request.workspace.id)
    waves = waves_of(request.workspace.id, studies)
    wished = request.GET.get("wave", "")
    wave = next((one for one in waves if str(one.study.id) == wished), waves[0] if waves else None)
    found = gaps_of(wave) if wave else None
    if found and request.GET.get("format") == "csv":
        return as_csv("expectation", _HEAD, _table(found))
    context: dict[str, Any] = {
        "section": "reports",
        "waves": waves,
        "wave": wave,
        "tables": _tables(found) if found else [],
        "served": percent(found.served) if found else "",
        "found": found,
        "years": [_year(item, waves) for item in ITEMS.values()],
        "others": [(percent(one.share), one.of, one.source) for one in OTHERS],
        "may_tend": can(request.membership.role, "manage_workspace"),
        "links": _links(wave) if wave else [],
        "few": FEW,
    }
    return render(request, "hearwell/asking/expectation.html", context)


@requires("manage_workspace")
@require_POST
def begin(request: MemberRequest) -> HttpResponse:
    """Begin a wave: its links are open from now on."""
    try:
        name = request.POST.get("name", "")
        made = begin_study(request.workspace.id, name, by=cast("User", request.user))
    except BadChoiceError as error:
        messages.error(request, str(error))
        return redirect("expectation")
    messages.success(request, _("Begun. Give the links to customers and to the team."))
    return _back(made.id)


@requires("manage_workspace")
@require_POST
def close(request: MemberRequest, study_id: UUID) -> HttpResponse:
    """Close a wave, or open it again."""
    is_closed = request.POST.get("do") != "open"
    try:
        set_closed(
            request.workspace.id, study_id, is_closed=is_closed, by=cast("User", request.user)
        )
    except Study.DoesNotExist as error:
        raise Http404 from error
    words = _("Closed: its links take no more answers.") if is_closed else _("It is open again.")
    messages.success(request, words)
    return _back(study_id)


def _back(study_id: UUID) -> HttpResponse:
    answer = redirect("expectation")
    answer["Location"] += f"?wave={study_id}"
    return answer


def _links(wave: Wave) -> list[tuple[str, str]]:
    names = {Side.CUSTOMERS: _("For customers"), Side.TEAM: _("For the team")}
    place, study_id = wave.study.workspace_id, wave.study.id
    return [(name, study_link_of(StudyLink(place, study_id, side))) for side, name in names.items()]


def _tables(found: Gaps) -> list[dict[str, Any]]:
    return [
        {"key": key, "title": title, "one": one, "other": other,
         "rows": [_face(gap) for gap in getattr(found, key)]}
        for key, (title, one, other) in TABLES.items()
    ]  # fmt: skip


def _said(share: Share) -> str:
    if not share.n:
        return _("nobody yet")
    return f"{percent(share.value)} ({between(share.interval)}), n = {share.n}"


def _face(gap: Gap) -> GapFace:
    words = _("none")
    if gap.apart:
        points, low, high = (one_decimal(100 * end, is_signed=True) for end in gap.apart)
        words = _("%(points)s points (%(low)s to %(high)s)") % {
            "points": points, "low": low, "high": high,
        }  # fmt: skip
    is_few = min(gap.one.n, gap.other.n) < FEW
    return GapFace(
        str(gap.label), _said(gap.one), _said(gap.other), words, _told(gap.published), is_few
    )


def _told(one: Published | None) -> str:
    return f"{percent(one.share)}, {one.of} [{one.source}]" if one else ""


def _year(item: StudyItem, waves: list[Wave]) -> dict[str, Any]:
    """Return one question over all waves, the oldest first: what customers answered in each."""
    oldest_first = list(reversed(waves))
    rows = range(len(RUNGS_S) if item is WAIT else len(item.labels))
    return {
        "title": item.title,
        "waves": [one.study.name for one in oldest_first],
        "rows": [(item.labels[n], [_cell(item, one, n) for one in oldest_first]) for n in rows],
    }


def _cell(item: StudyItem, wave: Wave, row: int) -> str:
    is_ladder = item is WAIT
    return _said(
        share_by(wave.customers, row) if is_ladder else share_of(wave.customers, item.key, row + 1)
    )


def _table(found: Gaps) -> list[list[object]]:
    return [
        [found.wave.study.name, key, str(gap.label), gap.one.value, gap.one.n, gap.other.value,
         gap.other.n, *(gap.apart or (None,) * 3),
         *((gap.published.share, gap.published.source) if gap.published else (None, ""))]
        for key in TABLES for gap in getattr(found, key)
    ]  # fmt: skip
