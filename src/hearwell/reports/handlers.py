"""What the reports write down when something happens."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hearwell.conversations.events import CaseAssigned, CaseClosed, CaseReopened
from hearwell.events.model import DomainEvent
from hearwell.events.registry import on
from hearwell.inbox.events import MessageCorrected, MessageReceived, ReplySent
from hearwell.powers.events import GrantAsked, GrantDecided
from hearwell.reports.facts import record_answers, record_resolutions
from hearwell.reports.services import (
    judge_cases,
    record_grants,
    record_hands,
    record_replies,
    record_surveys,
)
from hearwell.routing.events import CaseClaimed, CaseReleased, TeamChanged
from hearwell.sla.events import ClockMet
from hearwell.surveys.events import SurveyAnswered, SurveyAsked


@on(ClockMet)
def count_answers(events: Sequence[ClockMet]) -> None:
    """A reply closed a clock."""
    record_answers(events)


@on(CaseClosed)
def count_closings(events: Sequence[CaseClosed]) -> None:
    """A case was closed."""
    record_resolutions(events)


@on(CaseReopened)
def count_returns(events: Sequence[CaseReopened]) -> None:
    """A closed case came back."""
    record_resolutions(events)


@on(MessageReceived)
def judge_messages(events: Sequence[MessageReceived]) -> None:
    """A customer wrote: it may need an answer."""
    judge_cases(events[0].workspace_id, {event.case_id for event in events})


@on(MessageCorrected)
def judge_again(events: Sequence[MessageCorrected]) -> None:
    """A person said what a message is; it may need an answer now, or none."""
    judge_cases(events[0].workspace_id, {event.case_id for event in events})


@on(ReplySent)
def judge_replies(events: Sequence[ReplySent]) -> None:
    """An answer stands on the network: somebody may have had theirs."""
    judge_cases(events[0].workspace_id, {event.case_id for event in events})


@on(ReplySent)
def keep_replies(events: Sequence[ReplySent]) -> None:
    """A person's answer stands on the network: how personal it is."""
    record_replies(events[0].workspace_id, {event.message_id for event in events})


@on(CaseAssigned)
def keep_assignments(events: Sequence[CaseAssigned]) -> None:
    """A case was given to somebody."""
    _keep_hands(events)


@on(TeamChanged)
def keep_moves(events: Sequence[TeamChanged]) -> None:
    """Cases went to another team."""
    _keep_hands(events)


@on(CaseClaimed)
def keep_claims(events: Sequence[CaseClaimed]) -> None:
    """Somebody is on a case."""
    _keep_hands(events)


@on(CaseReleased)
def keep_releases(events: Sequence[CaseReleased]) -> None:
    """Nobody is on it any more."""
    _keep_hands(events)


@on(GrantAsked)
def keep_grants_asked(events: Sequence[GrantAsked]) -> None:
    """Something waits to be granted."""
    record_grants(events[0].workspace_id)


@on(GrantDecided)
def keep_grants_decided(events: Sequence[GrantDecided]) -> None:
    """It was granted or refused."""
    record_grants(events[0].workspace_id)


@on(SurveyAsked)
def keep_surveys_asked(events: Sequence[SurveyAsked]) -> None:
    """A customer was asked."""
    record_surveys(events[0].workspace_id, _ids(events))


@on(SurveyAnswered)
def keep_survey_answers(events: Sequence[SurveyAnswered]) -> None:
    """A customer answered."""
    record_surveys(events[0].workspace_id, _ids(events))


def _keep_hands(events: Sequence[DomainEvent]) -> None:
    record_hands(events[0].workspace_id, _ids(events))


def _ids(events: Sequence[DomainEvent]) -> set[UUID]:
    """Return the ids in the log, from which the facts are taken."""
    return {event.event_id for event in events if event.event_id is not None}
