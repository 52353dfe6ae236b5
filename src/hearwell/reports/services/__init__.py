"""The verbs of the reports: what is written down, rolled up, and shown on screens."""

from __future__ import annotations

from hearwell.reports.services.acts import (
    record_all,
    record_grants,
    record_hands,
    record_replies,
    record_surveys,
)
from hearwell.reports.services.boards import (
    MOST_LINKS,
    TooManyLinksError,
    board_links,
    end_board_link,
    ended_boards,
    make_board_link,
    workspace_of_board,
)
from hearwell.reports.services.costs import BadCostError, set_cost
from hearwell.reports.services.goals import BadGoalError, remove_goal, set_goal, undo_goal
from hearwell.reports.services.keeping import keep_up, recompute
from hearwell.reports.services.needs import judge_all, judge_cases
from hearwell.reports.services.rolling import mark_due, roll_all, roll_due

__all__ = [
    "MOST_LINKS",
    "BadCostError",
    "BadGoalError",
    "TooManyLinksError",
    "board_links",
    "end_board_link",
    "ended_boards",
    "judge_all",
    "judge_cases",
    "keep_up",
    "make_board_link",
    "mark_due",
    "recompute",
    "record_all",
    "record_grants",
    "record_hands",
    "record_replies",
    "record_surveys",
    "remove_goal",
    "roll_all",
    "roll_due",
    "set_cost",
    "set_goal",
    "undo_goal",
    "workspace_of_board",
]
