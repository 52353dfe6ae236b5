"""Signed links that customers answer by: yes or no in an e-mail, or the page of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing

from hearwell.surveys.rules import Status

_SALT: Final = "hearwell.surveys.link"
_SURVEY_SALT: Final = "hearwell.surveys.survey"
_ANSWERS: Final = frozenset({Status.YES.value, Status.NO.value})


class BadLinkError(ValueError):
    """A link that we did not make, or that was not copied whole."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link stands for."""

    workspace_id: UUID
    question_id: UUID
    answer: Status


def link_of(link: Link) -> str:
    """Return the address, whole."""
    facts = [link.workspace_id.hex, link.question_id.hex, link.answer.value]
    return f"{settings.HEARWELL_URL}/solved/{signing.dumps(facts, salt=_SALT)}/"


def read_link(token: str) -> Link:
    """Return what a token stands for. Raises BadLinkError."""
    try:
        workspace_id, question_id, answer = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadLinkError from error
    if answer not in _ANSWERS:
        raise BadLinkError
    return Link(UUID(workspace_id), UUID(question_id), Status(answer))


@dataclass(frozen=True, slots=True)
class SurveyLink:
    """The page on which one customer answers one survey about one contact."""

    workspace_id: UUID
    question_id: UUID


def survey_link_of(link: SurveyLink) -> str:
    """Return the address, whole."""
    token = signing.dumps([link.workspace_id.hex, link.question_id.hex], salt=_SURVEY_SALT)
    return f"{settings.HEARWELL_URL}/survey/{token}/"


def read_survey_link(token: str) -> SurveyLink:
    """Return what a token stands for. Raises BadLinkError."""
    try:
        workspace_id, question_id = signing.loads(token, salt=_SURVEY_SALT)
        return SurveyLink(UUID(workspace_id), UUID(question_id))
    except (signing.BadSignature, ValueError) as error:
        raise BadLinkError from error
