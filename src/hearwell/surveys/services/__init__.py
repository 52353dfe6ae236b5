"""The verbs of what customers are asked."""

from __future__ import annotations

from hearwell.surveys.services.answering import hear, press, take_back
from hearwell.surveys.services.asking import ask_due, let_be, plan
from hearwell.surveys.services.choosing import BadChoiceError, Chosen, choose
from hearwell.surveys.services.inviting import invitation, plan_surveys
from hearwell.surveys.services.links import (
    BadLinkError,
    Link,
    SurveyLink,
    link_of,
    read_link,
    read_survey_link,
    survey_link_of,
)
from hearwell.surveys.services.rating import Asked, asked_by, rate
from hearwell.surveys.services.studies import (
    StudyLink,
    answer_study,
    begin_study,
    is_open,
    read_study_link,
    set_closed,
    study_link_of,
    voice_of,
)
from hearwell.surveys.services.tending import (
    Wish,
    change_survey,
    make_survey,
    switch_survey,
    undo_change,
)

__all__ = [
    "Asked",
    "BadChoiceError",
    "BadLinkError",
    "Chosen",
    "Link",
    "StudyLink",
    "SurveyLink",
    "Wish",
    "answer_study",
    "ask_due",
    "asked_by",
    "begin_study",
    "change_survey",
    "choose",
    "hear",
    "invitation",
    "is_open",
    "let_be",
    "link_of",
    "make_survey",
    "plan",
    "plan_surveys",
    "press",
    "rate",
    "read_link",
    "read_study_link",
    "read_survey_link",
    "set_closed",
    "study_link_of",
    "survey_link_of",
    "switch_survey",
    "take_back",
    "undo_change",
    "voice_of",
]
