"""What customers answer to a survey: by its page, or with a word in the thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events.services import emit
from hearwell.inbox.drafts import lock_home
from hearwell.kit.clock import now
from hearwell.surveys.events import SurveyAnswered
from hearwell.surveys.items import ITEMS, Item, clean_answers, items_of, read_score
from hearwell.surveys.models import Question, Survey
from hearwell.surveys.queries import survey_by_id
from hearwell.surveys.rules import OPEN_FOR, Status

_OPEN: Final = frozenset({Status.ASKED, Status.OTHER, Status.RATED})


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked, and what they answered before."""

    items: list[Item]
    answers: Mapping[str, int]
    times: int


def asked_by(workspace_id: UUID, question_id: UUID) -> Asked | None:
    """Return what a link asks, in scope; None where there is nothing to answer (any more)."""
    one = Question.objects.filter(workspace_id=workspace_id, id=question_id).first()
    survey = _survey_of(one) if one else None
    if one is None or survey is None:
        return None
    return Asked(items_of(survey.items), one.answers, one.times)


def _survey_of(one: Question) -> Survey | None:
    if one.survey_id is None or one.status not in _OPEN or one.asked_at is None:
        return None
    if now() - one.asked_at > OPEN_FOR:
        return None
    return survey_by_id(one.workspace_id, one.survey_id)


@transaction.atomic
def rate(workspace_id: UUID, question_id: UUID, given: Mapping[str, str]) -> Asked | None:
    """Keep what somebody answered on the page, in scope; what they answered before gives way.

    None where there is nothing to answer any more. Where nothing was really answered, nothing is
    kept: its `answers` are then empty.
    """
    found = Question.objects.filter(workspace_id=workspace_id, id=question_id).first()
    if found is None:
        return None
    case = lock_home(workspace_id, found.case_id)
    one = Question.objects.select_for_update().get(workspace_id=workspace_id, id=question_id)
    survey = _survey_of(one)
    if survey is None:
        return None
    answers = clean_answers(survey.items, given)
    if answers and (answers != one.answers or not one.times):
        _keep(one, case, answers)
    return Asked(items_of(survey.items), answers, one.times)


def rate_in_words(one: Question, case: Case, text: str) -> bool:
    """Read a message as the answer to the first question; False where it is a message like any.

    The caller holds the case and the question.
    """
    survey = survey_by_id(one.workspace_id, one.survey_id) if one.survey_id else None
    if survey is None:
        return False
    first = ITEMS[survey.items[0]]
    value = read_score(first, text)
    if value is None:
        return False
    _keep(one, case, {**one.answers, first.key: value})
    return True


def _keep(one: Question, case: Case, answers: dict[str, int]) -> None:
    one.status, one.answered_at, one.answered_in_id = Status.RATED, now(), case.id
    one.answers, one.times = answers, one.times + 1
    one.save(update_fields=["status", "answered_at", "answered_in_id", "answers", "times"])
    conversations.log([case.id], "survey_answered", actor_id=None, data={"answers": answers})
    if one.survey_id is not None:
        emit([SurveyAnswered(one.workspace_id, one.survey_id, one.id, case.id, one.channel_id,
                             one.network, one.times, answers)])  # fmt: skip
