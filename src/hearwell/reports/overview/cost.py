"""What a solved case costs: what the people cost in the period, by the cases they solved."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hearwell.kit.marking import marked as _
from hearwell.reports.models import CostChoice
from hearwell.reports.overview.figure import EMPTY, Figure
from hearwell.reports.rolling.cube import Span

TITLE: Final = _("Cost per solution")
METHOD: Final = _(
    "The hourly cost times the hours a week that people spend on this, for the weeks of the "
    "period, by all closings but spam, duplicates and what is not about us. Both are typed in."
)
UNSET: Final = _("nobody has said what an hour costs")


def cost_of(workspace_id: UUID) -> CostChoice | None:
    """Return what somebody said that an hour costs."""
    return CostChoice.objects.filter(workspace_id=workspace_id).first()


def cost_figure(workspace_id: UUID, span: Span, solved: int) -> Figure:
    """Return the cost of a solution in minor units."""
    choice = cost_of(workspace_id)
    if choice is None or not solved:
        caveat = UNSET if choice is None else EMPTY
        return Figure("cost", TITLE, None, "money", solved, METHOD, caveat)
    spent = choice.hourly_minor * choice.hours_a_week * len(span.days) / 7
    return Figure(
        "cost", TITLE, round(spent / solved), "money", solved, METHOD, "", choice.currency
    )
