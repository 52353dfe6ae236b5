"""What surveys tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class SurveyAsked(DomainEvent):
    """A customer was asked, after one contact; `question_id` is the key of what was sent."""

    survey_id: UUID
    question_id: UUID
    case_id: UUID
    channel_id: UUID
    network: str


@dataclass(frozen=True)
class SurveyAnswered(DomainEvent):
    """A customer answered: key of each question -> number. `times` counts how often they did.

    The last answer stands, with all its questions.
    """

    survey_id: UUID
    question_id: UUID
    case_id: UUID
    channel_id: UUID
    network: str
    times: int
    answers: dict[str, int] = field(default_factory=dict)
