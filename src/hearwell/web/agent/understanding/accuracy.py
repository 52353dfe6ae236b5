"""How often it is right: by head, label, band and week, counted on what people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.kit.shares import Share
from hearwell.triage.learning.accuracy import HeadFigures, accuracy_of
from hearwell.triage.learning.limits import ENOUGH_TO_SAY
from hearwell.triage.learning.queries import versions_of
from hearwell.web.agent.understanding.faces import (
    BANDS,
    HEADS,
    SOURCES,
    ShareWords,
    label_words,
    share_words,
    strip_of,
)
from hearwell.web.components.charts import Point, share_line
from hearwell.web.components.dates import dated
from hearwell.web.components.numbers import one_decimal

LEAST_WEEKS: Final = 2


@dataclass(frozen=True)
class LabelRow:
    """A label of a head: how often it was said rightly, and how often found."""

    label: str
    precision: ShareWords
    recall: ShareWords


@dataclass(frozen=True)
class Week:
    """A week of the trend."""

    begins: date
    share: ShareWords


@dataclass(frozen=True)
class HeadFace:
    """One head as a card."""

    name: str
    title: str
    share: ShareWords
    macro_f1: str
    calibration: str
    labels: list[LabelRow]
    bands: list[tuple[str, ShareWords]]
    line: SafeString | str
    weeks: list[Week]
    sources: str
    engines: list[tuple[str, ShareWords]]


@requires("read")
@require_safe
def accuracy(request: MemberRequest) -> HttpResponse:
    """Show how often it is right, and what was learned when."""
    figures = accuracy_of(request.workspace.id, request.workspace.time_zone)
    context = {
        "section": "reports",
        "heads": [_face(one) for one in figures.values()],
        **strip_of(request),
        "versions": versions_of(request.workspace.id, 10),
        "few": ENOUGH_TO_SAY,
        "may": {"tag": can(request.membership.role, "tag")},
    }
    return render(request, "hearwell/understanding/accuracy.html", context)


def _face(one: HeadFigures) -> HeadFace:
    is_few = one.share.n < ENOUGH_TO_SAY
    f1, error = one.macro_f1, one.calibration_error
    return HeadFace(
        name=one.head,
        title=str(HEADS.get(one.head, one.head)),
        share=share_words(one.share),
        macro_f1="" if is_few or f1 is None else f"{f1:.2f}",
        calibration="" if is_few or error is None else one_decimal(100 * error),
        labels=[
            LabelRow(label_words(each.label), share_words(each.precision), share_words(each.recall))
            for each in one.labels
            if each.precision.n or each.recall.n
        ],
        bands=[(str(BANDS[name]), share_words(share)) for name, share in one.bands.items()],
        line=_line(one.weeks),
        weeks=[Week(begins, share_words(share)) for begins, share in one.weeks],
        sources=", ".join(f"{n} {SOURCES.get(name, name)}" for name, n in one.sources.items()),
        engines=[(name, share_words(share)) for name, share in one.engines.items()],
    )


def _line(weeks: Sequence[tuple[date, Share]]) -> SafeString | str:
    """Draw the trend; a week with too few labels is a gap, and below two weeks there is none."""
    told = list(weeks)
    if sum(share.n >= ENOUGH_TO_SAY for _day, share in told) < LEAST_WEEKS:
        return ""
    points = [
        Point(dated(day, "j M"), share.value if share.n >= ENOUGH_TO_SAY else None)
        for day, share in told[-26:]
    ]
    return share_line(points, _("Right, by week"))
