"""The verbs of quality; the only writers of its tables."""

from hearwell.quality.services.calibrating import (
    MOST_REPLIES,
    NothingToGradeError,
    agree,
    begin_calibration,
    open_calibration,
)
from hearwell.quality.services.drawing import draw_all, draw_now, draw_past_weeks
from hearwell.quality.services.grading import OWN, NotTheirsError, grade, take_back
from hearwell.quality.services.guiding import Voice, bring_back, write_guide
from hearwell.quality.services.planning import MOST_A_WEEK, Planned, plan, write_card
from hearwell.quality.services.responding import (
    DecidedError,
    NoReasonError,
    acknowledge,
    decide,
    dispute,
)

__all__ = [
    "MOST_A_WEEK",
    "MOST_REPLIES",
    "OWN",
    "DecidedError",
    "NoReasonError",
    "NotTheirsError",
    "NothingToGradeError",
    "Planned",
    "Voice",
    "acknowledge",
    "agree",
    "begin_calibration",
    "bring_back",
    "decide",
    "dispute",
    "draw_all",
    "draw_now",
    "draw_past_weeks",
    "grade",
    "open_calibration",
    "plan",
    "take_back",
    "write_card",
    "write_guide",
]
