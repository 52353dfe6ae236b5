"""What an agent does with a case besides answering it.

Screens and the API call these and nothing below: rights, clocks, claims and the case move
together or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import READERS, can
from hearwell.channels.queries import channel_by_id
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Message, Status
from hearwell.conversations.services import CaseMovedError
from hearwell.conversations.services.reopening import wait_again
from hearwell.events.services import emit
from hearwell.inbox import drafts
from hearwell.inbox.events import MessageCorrected
from hearwell.inbox.importing import NETWORK as ARCHIVE
from hearwell.inbox.placing import forget_closed, note_reopened
from hearwell.inbox.unanswered import never_answered
from hearwell.inbox.untagged import owed
from hearwell.kit.clock import now
from hearwell.listening import services as listening
from hearwell.routing import services as routing
from hearwell.routing.models import Claim
from hearwell.routing.services import TakenError
from hearwell.sla import services as sla
from hearwell.triage import services as triage
from hearwell.triage.models import Verdict

# Spam and duplicates are closed, not resolved: reports leave them out of resolutions.
NOT_ABOUT_US: Final = "not_about_us"
SOLVED: Final = "solved"
CLOSE_REASONS: Final = (
    SOLVED, "no_answer_needed", "answered_elsewhere", "duplicate", "spam", NOT_ABOUT_US,
)  # fmt: skip
MAX_NOTE: Final = 20_000
MAX_SNOOZE: Final = timedelta(days=90)


class NotAllowedError(Exception):
    """The person's role does not include this act."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class BadActError(ValueError):
    """The act makes no sense as asked for; the text says what to do, for the person."""


def _need(by: Membership, action: str) -> None:
    if not can(by.role, action):
        raise NotAllowedError(action)


def claim_case(case_id: UUID, by: Membership) -> Claim:
    """Take a case for ten minutes. Raises TakenError, naming who was faster."""
    _need(by, "claim")
    return routing.claim(case_id, by.user)


def release_case(case_id: UUID, by: Membership) -> bool:
    """Give a claimed case back; False if it was not theirs any more."""
    _need(by, "claim")
    return routing.release(case_id, by.user)


def assign_case(case_ids: Collection[UUID], user_id: UUID | None, by: Membership) -> None:
    """Make a member responsible for cases, or nobody. Raises BadActError for a stranger."""
    _need(by, "assign")
    if user_id is not None and not is_member(by.workspace_id, user_id):
        message = "This person is not a member of the workspace."
        raise BadActError(message)
    routing.assign(case_ids, user_id, actor=by.user)


def is_member(workspace_id: UUID, user_id: UUID) -> bool:
    """Say whether somebody belongs to the workspace and may see its cases."""
    members = Membership.objects.filter(workspace_id=workspace_id, role__in=READERS)
    return members.filter(user_id=user_id).exists()


@transaction.atomic
def close_case(
    case_id: UUID, reason: str, by: Membership, *, expected_version: int | None = None
) -> Case:
    """Close a case with a reason; its running clocks stop and its claim ends.

    What nobody has answered was not solved: another reason must say why it needs no answer. That
    it is not about us is kept as a judgement of the terms that found it. Raises
    CaseMovedError when the case has changed since the person looked.
    """
    _need(by, "close")
    if reason not in CLOSE_REASONS:
        message = "Choose a reason for closing the case."
        raise BadActError(message)
    is_silent = reason == SOLVED and bool(never_answered(by.workspace_id, [case_id]))
    case = conversations.close(case_id, reason, by.user_id, expected_version)
    if is_silent:  # undone with the transaction; that the case has moved is said before
        message = "Nobody has answered this customer. Answer first, or say why no answer is needed."
        raise BadActError(message)
    sla.end(by.workspace_id, [case_id], reason)
    routing.release(case_id, by.user)
    forget_closed(by.workspace_id, [case_id])
    if reason == NOT_ABOUT_US:
        listening.judge_case(by.workspace_id, case_id, is_about_us=False, by_id=by.user_id)
    return case


@transaction.atomic
def reopen_case(case_id: UUID, by: Membership) -> Case:
    """Take a closed case back to work: it is our turn, and the answer clock runs from now.

    Stopped clocks stay as they were counted. In an archive nobody can be answered: there no clock
    begins. A case that is open already stays as it is.
    """
    _need(by, "close")
    before = Case.objects.get(workspace_id=by.workspace_id, id=case_id)
    case = conversations.reopen(case_id, by.user_id)
    note_reopened(by.workspace_id, [case_id])
    if before.closed_reason == NOT_ABOUT_US:
        listening.unjudge_case(by.workspace_id, case_id)
    if before.status != Status.CLOSED or not _takes_answers(case):
        return case
    if not owed(by.workspace_id, [case_id]):
        return case
    at = now()
    wait_again(case_id, at)
    sla.restart_answer(by.workspace_id, case_id, at, by=by.user_id)
    case.refresh_from_db()
    return case


def _takes_answers(case: Case) -> bool:
    channel = channel_by_id(case.workspace_id, case.channel_id) if case.channel_id else None
    return channel is not None and channel.network != ARCHIVE


def snooze_case(case_id: UUID, until: datetime, by: Membership) -> Case:
    """Put a case away until a time or until the customer writes. Its clocks run on."""
    _need(by, "close")
    if not now() < until <= now() + MAX_SNOOZE:
        message = "Choose a time between now and 90 days from now."
        raise BadActError(message)
    return conversations.snooze(case_id, until, by.user_id)


def wake_case(case_id: UUID, by: Membership) -> None:
    """Bring a snoozed case back at once: the undo of snoozing."""
    _need(by, "close")
    conversations.wake([case_id], by.user_id)


@transaction.atomic
def add_note(case_id: UUID, text: str, by: Membership, *, key: UUID | None = None) -> Message:
    """Write something that only the team sees.

    ``key`` is the composer's: the same key again is the same note, and its draft goes. In a case
    that was merged meanwhile it is left in the one that took all. Raises BadActError,
    Case.DoesNotExist.
    """
    _need(by, "note")
    if not text.strip():
        message = "The note is empty. Write something, then add it."
        raise BadActError(message)
    if len(text) > MAX_NOTE:
        message = f"The note is too long: {len(text)} of {MAX_NOTE} characters."
        raise BadActError(message)
    case_id = drafts.lock_home(by.workspace_id, case_id).id
    known = drafts.note_by_key(by.workspace_id, case_id, key) if key is not None else None
    if known is not None:
        return known
    conversations.settle_draft(case_id, by.user_id, "team", text, key)
    return conversations.add_note(
        case_id, text, author_user_id=by.user_id, author_name=str(by.user), key=key
    )


def correct_kind(case_id: UUID, message_id: UUID, kind: str, by: Membership) -> None:
    """Let a person's word on what a message is stand. See `correct`."""
    correct(case_id, message_id, "kind", kind, by)


@transaction.atomic
def correct(
    case_id: UUID,
    message_id: UUID,
    field: str,
    value: str,
    by: Membership,
    *,
    source: str = triage.CORRECTED,
) -> None:
    """Let a person's word on a message stand; the clocks follow, and the engine learns from it.

    `field` and `source` are triage's. Where nobody may be answered nobody waits either, whatever
    their words turn out to be. Raises triage's BadCorrectionError, Verdict.DoesNotExist.
    """
    _need(by, "tag")
    owing = owed(by.workspace_id, [case_id])
    is_owed = bool(owing)
    verdict = triage.correct(message_id, field, value, by.user_id, is_owed=is_owed, source=source)
    _follow(verdict, owing, {field: str(value)}, by)


@transaction.atomic
def undo_correction(case_id: UUID, message_id: UUID, by: Membership) -> None:
    """Put back what the last word of a person on a message changed; the clocks follow.

    Raises triage's NothingToUndoError, Verdict.DoesNotExist.
    """
    _need(by, "tag")
    owing = owed(by.workspace_id, [case_id])
    verdict, said = triage.undo_correction(message_id, by.user_id, is_owed=bool(owing))
    _follow(verdict, owing, said, by)


def _follow(
    verdict: Verdict, owing: Collection[UUID], said: Mapping[str, str], by: Membership
) -> None:
    sla.reconcile(by.workspace_id, owing, why="judged_anew")
    if owing:
        sla.reconcile_first_replies(
            by.workspace_id, [verdict.message], {verdict.message_id: verdict}, why="judged_anew"
        )
    emit(
        MessageCorrected(
            by.workspace_id, verdict.case_id, verdict.message_id, by.user_id, field, value
        )
        for field, value in said.items()
    )


def tag_case(case_ids: Collection[UUID], names: Iterable[str], by: Membership) -> None:
    """Put labels on cases."""
    _need(by, "tag")
    conversations.tag(case_ids, names, by.user_id)


def untag_case(case_ids: Collection[UUID], names: Iterable[str], by: Membership) -> None:
    """Take labels off cases."""
    _need(by, "tag")
    conversations.untag(case_ids, names, by.user_id)


__all__ = [
    "CLOSE_REASONS",
    "NOT_ABOUT_US",
    "SOLVED",
    "BadActError",
    "CaseMovedError",
    "NotAllowedError",
    "TakenError",
    "add_note",
    "assign_case",
    "claim_case",
    "close_case",
    "correct",
    "correct_kind",
    "is_member",
    "release_case",
    "reopen_case",
    "snooze_case",
    "tag_case",
    "undo_correction",
    "untag_case",
    "wake_case",
]
