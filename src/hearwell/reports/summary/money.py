"""What does it cost and return? Pure."""

from __future__ import annotations

from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.reports.overview.cost import UNSET
from hearwell.reports.overview.figure import Figure
from hearwell.reports.overview.report import Overview
from hearwell.reports.summary.answer import UNKNOWN, Answer, Said, Value, hedged

QUESTION: Final = _("What does it cost and return?")
_COSTS: Final = _("A solved case cost %(cost)s; solved: %(n)s.")
_UNSET: Final = _("Nobody has said what an hour costs, so the cost is not known; solved: %(n)s.")
_NONE: Final = _("No case was solved in this time, so there is no cost per solution.")
NO_RETURN: Final = _("What it returns is not measured: no sales are imported.")
_SOLVED_METHOD: Final = _(
    "Closings in this time, but spam, duplicates and what is not about us. By the day of closing."
)


def costs(report: Overview, days: int) -> Answer:
    """Answer by the cost per solution; say plainly what is not measured."""
    cost, stayed = report.figure("cost"), report.figure("stayed_solved")
    n = cost.n
    word, sentence = _sentence(cost)
    solved = Figure("solved", _("Solved"), float(n), "n", n, _SOLVED_METHOD)
    return Answer(
        "money", QUESTION, word, sentence, "report_service", _("Service"),
        more=(Said(NO_RETURN), *hedged(n, days)),
        figures=(cost, solved, stayed) if n else (),
    )  # fmt: skip


def _sentence(cost: Figure) -> tuple[str, Said]:
    count = {"n": Value(cost.n)}
    if not cost.n:
        return UNKNOWN, Said(_NONE)
    if cost.value is None or cost.caveat == UNSET:
        return UNKNOWN, Said(_UNSET, count)
    return _("In part known"), Said(
        _COSTS, count | {"cost": Value(cost.value, "money", currency=cost.currency)}
    )
