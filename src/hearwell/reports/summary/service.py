"""Are customers answered in the time they expect? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import EMPTY, Figure, figure_of
from hearwell.reports.overview.report import Overview
from hearwell.reports.summary.answer import UNKNOWN, Answer, Said, Value, hedged

QUESTION: Final = _("Are customers answered in the time they expect?")
_LEVELS: Final = (
    (0.9, _("Yes"), "ok"),
    (0.75, _("Mostly"), "ok"),
    (0.5, _("Only in part"), "warn"),
    (0.0, _("No"), "late"),
)
_EXPECTED: Final = _("Answered within the time that customers told us they expect: %(share)s.")
_PROMISED: Final = _("Answered within the time that we promise: %(share)s.")
_IN_A_DAY: Final = _("Answered within 24 hours: %(share)s.")
_NOBODY: Final = _("No message needed an answer in this time, so there is nothing to say of it.")
_NOT_ASKED: Final = _("What they expect nobody has asked them in a survey yet.")
_METHOD: Final = _(
    "What each customer of the latest survey expects, held against the share that was answered by "
    "then in the 90 days before its end. n are the customers who said when they expect an answer."
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the latest wave of the survey says: the share served in time, and how many answered."""

    served: float | None
    n: int


def in_time(report: Overview, expected: Expected, days: int) -> Answer:
    """Answer by what customers expect; without a survey by what is promised."""
    rate = report.figure("response_rate")
    promise = report.figure("promise_answer")
    served = figure_of(
        "served", _("In the time they expect"), _METHOD, expected.served, "share", expected.n
    )
    text, basis = _basis(served, promise, rate)
    # How many had an answer within a day says nothing of what anybody expects or was promised.
    word, tone = (UNKNOWN, "") if basis is rate else _level(basis.value or 0.0)
    is_known = basis.value is not None
    values = {"share": Value(basis.value or 0.0, "share", basis.n)}
    return Answer(
        "expected", QUESTION, word, Said(text, values) if is_known else Said(_NOBODY),
        "expectation" if basis is served else "report_service",
        _("Expectation") if basis is served else _("Service"), tone,
        more=(*(() if expected.n else (Said(_NOT_ASKED),)), *hedged(basis.n, days)),
        figures=tuple(one for one in (served, promise, rate) if one.caveat != EMPTY),
    )  # fmt: skip


def _basis(served: Figure, promise: Figure, rate: Figure) -> tuple[str, Figure]:
    """Return what the sentence is about: the nearest to expectation that can be said."""
    both = ((_EXPECTED, served), (_PROMISED, promise))
    return next((one for one in both if one[1].value is not None), (_IN_A_DAY, rate))


def _level(share: float) -> tuple[str, str]:
    return next((word, tone) for least, word, tone in _LEVELS if share >= least)
