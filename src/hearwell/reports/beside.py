"""The methods side by side on the same messages, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hearwell.kit.clock import now
from hearwell.kit.marking import marked as _
from hearwell.reports.relation import Filters, Period, compared
from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import ALL, DEFAULT, Method

WHY: Final = {
    "hearwell": _(
        "The one that the other pages count by. It asks what a customer would ask: did somebody "
        "who needed an answer get one within a day?"
    ),
    "simply-measured": _(
        "Every mention is held to need an answer, also thanks and chatter: so the rate is lower. "
        "An answer to somebody's second message leaves the first one unanswered."
    ),
    "socially-devoted": _(
        "Only texts with a question mark count. A complaint without one is not missed when nobody "
        "answers it, and a rhetorical question is; how late an answer comes does not matter."
    ),
    "quintly": _(
        "Questions again, and an answer has seven days: the rate is higher than within one, the "
        "mean longer. Direct messages and comments that do not name you are left out."
    ),
    "sprout-72h": _(
        "The same messages as ours with three days' time, so the rate is higher; but an answer "
        "must stand under that very message, so a conversation that went on counts as missed."
    ),
    "facebook-page": _(
        "Only the first message of a conversation counts, and the mean leaves out the slowest "
        "tenth: the slow answers that people remember are not in it."
    ),
    "conversocial": _(
        "Repeats of others' words count as mentions and any later reply counts, however late: two "
        "errors that pull in different directions."
    ),
    "any-reply": _(
        "Whatever you answered counts as needing an answer, so it flatters most. The mean and the "
        "median are of all answers, also to what needed none."
    ),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What one method says. `points` is its rate less ours, in percentage points."""

    method: Method
    figures: Figures
    why: str
    points: float | None

    @property
    def is_ours(self) -> bool:
        """Whether it is the one that the other pages count by."""
        return self.method.name == DEFAULT


def methods_beside(
    workspace_id: UUID, period: Period, filters: Filters | None = None
) -> list[Beside]:
    """Return what every method says of the same messages, ours first; three statements."""
    rows = compared(workspace_id, period, filters or Filters(), horizon=now())
    found = {
        method.name: Figures.of(method, rows[method.name])
        if method.name in rows
        else Figures.none(method, "")
        for method in ALL
    }
    ours = found[DEFAULT].response_rate
    return [
        Beside(method, found[method.name], WHY[method.name], _points(found[method.name], ours))
        for method in ALL
    ]


def _points(figures: Figures, ours: float | None) -> float | None:
    rate = figures.response_rate
    return None if rate is None or ours is None else 100 * (rate - ours)
