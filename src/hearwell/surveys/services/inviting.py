"""The invitation to a survey: its first question in the thread, the rest behind a link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from hearwell.conversations.models import Case
from hearwell.conversations.models import Status as CaseStatus
from hearwell.inbox.acts import SOLVED
from hearwell.kit import rows
from hearwell.surveys.items import Item, buttons_of, items_of, spoken
from hearwell.surveys.models import Question, Survey
from hearwell.surveys.queries import surveys_on
from hearwell.surveys.rules import is_chosen
from hearwell.surveys.services.links import SurveyLink, survey_link_of

# What was closed for another reason than these was no contact to ask about.
_AFTER = frozenset({SOLVED, "no_answer_needed", "answered_elsewhere"})


def plan_surveys(workspace_id: UUID, closed: Mapping[UUID, str]) -> None:
    """Note whom to ask of cases that were just closed (id -> reason); told twice, noted once.

    Of the surveys that fit a closing, the first that chance picks asks; most are picked by none.
    """
    surveys = list(surveys_on(workspace_id))
    wanted = [case_id for case_id, reason in closed.items() if reason in _AFTER]
    if not surveys or not wanted:
        return
    cases = Case.objects.filter(
        workspace_id=workspace_id, id__in=wanted, status=CaseStatus.CLOSED, is_historic=False,
        merged_into_id=None, stage="",
    )  # fmt: skip
    found = [
        _planned(survey, case, case.channel_id, case.closed_at)
        for case in cases
        if case.closed_at
        and case.channel_id
        and (survey := _asks_of(surveys, case, case.closed_at))
    ]
    rows.insert(found, conflict="(workspace_id, case_id, closed_at) DO NOTHING")


def _asks_of(surveys: list[Survey], case: Case, closed_at: datetime) -> Survey | None:
    for one in surveys:
        fits = str(case.channel_id) in one.channel_ids and (not one.kinds or case.kind in one.kinds)
        is_ours = case.closed_reason == SOLVED or one.has_unanswered
        if fits and is_ours and is_chosen(one.id, case.id, closed_at, one.share):
            return one
    return None


def _planned(survey: Survey, case: Case, channel_id: UUID, closed_at: datetime) -> Question:
    return Question(
        workspace_id=case.workspace_id, case_id=case.id, contact_id=case.contact_id,
        channel_id=channel_id, network=case.network, closed_at=closed_at,
        due_at=closed_at + timedelta(minutes=survey.delay_min), survey_id=survey.id,
    )  # fmt: skip


def invitation(survey: Survey, question_id: UUID, language: str) -> tuple[str, tuple[str, ...]]:
    """Return the text in a customer's language, and what can be pressed in answer.

    The first question stands in the thread, where a number or a word answers it; the link leads to
    all of them.
    """
    items = items_of(survey.items)
    link = survey_link_of(SurveyLink(survey.workspace_id, question_id))
    with translation.override(spoken(language)):
        return "\n\n".join([*_first(items[0]), _rest(len(items) - 1, link)]), buttons_of(items[0])


def _first(item: Item) -> list[str]:
    if item.labels:
        return [str(item.text), " / ".join(str(one) for one in item.labels)]
    scale = _("Answer with a number from %(low)s (%(least)s) to %(high)s (%(most)s).")
    low, high = item.ends
    return [
        str(item.text),
        scale % {"low": item.low, "high": item.high, "least": low, "most": high},
    ]


def _rest(more: int, link: str) -> str:
    if not more:
        return _("Or answer here, without signing in: %(link)s") % {"link": link}
    return _("Or answer all questions here, without signing in: %(link)s") % {"link": link}
