"""Yes is kept, no brings the case back to the head of its queues; either can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Message, Waiting
from hearwell.conversations.models import Status as CaseStatus
from hearwell.conversations.services.reopening import wait_again
from hearwell.conversations.services.unsolved import stand_first, stand_in_line
from hearwell.inbox.acts import SOLVED, reopen_case
from hearwell.inbox.drafts import lock_home
from hearwell.kit.clock import now
from hearwell.routing.queries import claim_of
from hearwell.sla import services as sla
from hearwell.surveys.models import Question
from hearwell.surveys.queries import first_words_after
from hearwell.surveys.rules import NO_URGENCY, OPEN_FOR, Status, read
from hearwell.surveys.services.rating import rate_in_words

_ANSWERED = frozenset({Status.YES, Status.NO})


def hear(workspace_id: UUID, message_ids: Collection[UUID]) -> None:
    """Read messages as answers to what was asked: the first after each question."""
    heard = first_words_after(workspace_id, message_ids)
    said = Message.objects.filter(workspace_id=workspace_id, id__in=heard.values()).defer("search")
    by_id = {one.id: one for one in said}
    for question_id, message_id in sorted(heard.items()):
        _hear_one(workspace_id, question_id, by_id[message_id])


@transaction.atomic
def _hear_one(workspace_id: UUID, question_id: UUID, message: Message) -> None:
    case = lock_home(workspace_id, message.case_id)
    one = Question.objects.select_for_update().get(workspace_id=workspace_id, id=question_id)
    if one.status != Status.ASKED or one.asked_at is None:
        return
    is_open = message.sent_at - one.asked_at <= OPEN_FOR
    if one.survey_id is not None:
        if is_open and rate_in_words(one, case, message.text):
            leave_closed(case, message.id)
            return
        answer = None
    else:
        answer = read(message.text) if is_open else None
    if answer is None:
        one.status = Status.OTHER
        one.save(update_fields=["status"])
        return
    one.by_message_id = message.id
    _answer(one, case, answer)


@transaction.atomic
def press(workspace_id: UUID, question_id: UUID, answer: Status) -> bool:
    """Keep what a customer pressed, in the caller's scope; False if something else was kept before.

    The same press again, or a page loaded again, is the same answer.
    """
    found = Question.objects.filter(
        workspace_id=workspace_id, id=question_id, survey_id=None
    ).first()
    if found is None:
        return False
    case = lock_home(workspace_id, found.case_id)
    one = Question.objects.select_for_update().get(workspace_id=workspace_id, id=question_id)
    if one.status == answer and one.by_message_id is None:
        return True
    if one.status != Status.ASKED or one.asked_at is None or now() - one.asked_at > OPEN_FOR:
        return False
    _answer(one, case, answer)
    return True


def _answer(one: Question, case: Case, answer: Status) -> None:
    at = now()
    one.status, one.answered_at, one.urgency_before = answer, at, case.urgency
    one.answered_in_id = case.id
    fields = ["status", "answered_at", "answered_in_id", "by_message_id", "urgency_before"]
    one.save(update_fields=fields)
    said = {"question": str(one.id)}
    if one.by_message_id is not None:
        said["message"] = str(one.by_message_id)
    conversations.log([case.id], f"solved_{answer.value}", actor_id=None, data=said)
    if answer is Status.NO:
        _bring_back(case, at)
    else:
        leave_closed(case, one.by_message_id)


def _bring_back(case: Case, at: datetime) -> None:
    """Open the case, first and urgent, with somebody waiting and a clock that runs from now."""
    conversations.reopen(case.id, None)
    wait_again(case.id, at)
    conversations.set_urgency({case.id: max(case.urgency, NO_URGENCY)})
    stand_first(case.id, at)
    sla.restart_answer(case.workspace_id, case.id, at)


def leave_closed(case: Case, message_id: UUID | None) -> None:
    """Close what an answer itself opened again, unless there is more in it than that message."""
    if case.status != CaseStatus.OPEN or message_id is None or claim_of(case.id):
        return
    others = Waiting.objects.filter(workspace_id=case.workspace_id, case_id=case.id)
    if others.exclude(id=message_id).exists():
        return
    _close_again(case)


def _close_again(case: Case) -> None:
    conversations.close(case.id, SOLVED, None)
    sla.end(case.workspace_id, [case.id], SOLVED)


@transaction.atomic
def take_back(question_id: UUID, by: Membership) -> bool:
    """Say that an answer was misread: it counts no more. False if there is none to take back.

    A misread *yes* brings the case back to work. A misread *no* loses its place and its urgency,
    and the case is closed as it was, unless there is more in it by now. Raises NotPermitted for a
    role that may not close cases.
    """
    found = Question.objects.filter(workspace_id=by.workspace_id, id=question_id).first()
    if found is None:
        return False
    case = lock_home(by.workspace_id, found.case_id)
    one = Question.objects.select_for_update().get(workspace_id=by.workspace_id, id=found.id)
    if one.status not in _ANSWERED:
        return False
    was = one.status
    one.status, one.undone_by_id = Status.UNDONE, by.user_id
    one.save(update_fields=["status", "undone_by_id"])
    said = {"question": str(one.id)}
    conversations.log([case.id], "solved_undone", actor_id=by.user_id, data=said)
    if was == Status.YES:
        reopen_case(case.id, by)
    else:
        _put_back(one, case, by)
    return True


def _put_back(one: Question, case: Case, by: Membership) -> None:
    """Let a case stand as it did before the "no": in line, as urgent as it was, closed."""
    if case.unsolved_at == one.answered_at:
        stand_in_line(case.id, by.user_id)
    if case.id == one.answered_in_id and case.urgency == max(one.urgency_before, NO_URGENCY):
        conversations.set_urgency({case.id: one.urgency_before}, by.user_id)
    if case.status == CaseStatus.OPEN and not _went_on(one, case):
        _close_again(case)


def _went_on(one: Question, case: Case) -> bool:
    """Say whether a case holds more since the "no": another case, or a word of either side."""
    if case.id != one.answered_in_id:
        return True
    answered_at = one.answered_at or one.due_at
    if case.last_reply_at is not None and case.last_reply_at > answered_at:
        return True
    later = Waiting.objects.filter(workspace_id=case.workspace_id, case_id=case.id)
    return later.filter(since__gt=answered_at).exists()
