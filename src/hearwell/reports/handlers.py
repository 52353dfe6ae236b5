"""What the reports write down when something happens."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.conversations.events import CaseClosed, CaseReopened
from hearwell.events.registry import on
from hearwell.inbox.events import MessageCorrected, MessageReceived, ReplySent
from hearwell.reports.facts import record_answers, record_resolutions
from hearwell.reports.services import judge_cases
from hearwell.sla.events import ClockMet


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
