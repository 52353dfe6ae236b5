"""The question goes out as any answer does: by the story of a reply and its outbox, once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.conversations.models import Status as CaseStatus
from hearwell.inbox.reply import Reply, send_reply
from hearwell.inbox.unsendable import Conflict, TakenByOther, Unsendable
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.outbound import queries as outbound_queries
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import IN_FLIGHT, RECALLABLE, Origin
from hearwell.surveys.models import AskChoice, Question
from hearwell.surveys.queries import was_asked_since
from hearwell.surveys.rules import (
    STALE_AFTER,
    Solution,
    Status,
    buttons_in,
    question_in,
    why_not,
)
from hearwell.surveys.services.links import Link, link_of
from hearwell.triage.queries import languages_of

log = structlog.get_logger(__name__)
AT_ONCE: Final = 50
_BEFORE_AN_ANSWER: Final = frozenset({"unheard", "thanked"})
_PUT_OFF: Final = timedelta(minutes=5)
_LINKED: Final = frozenset({"email"})
_WITH_BUTTONS: Final = frozenset({"webchat"})


def plan(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Note when to ask about cases that were just solved; told twice, noted once."""
    choice = AskChoice.objects.filter(workspace_id=workspace_id).first()
    if choice is None:
        return
    cases = Case.objects.filter(
        workspace_id=workspace_id, id__in=case_ids, status=CaseStatus.CLOSED, is_historic=False,
        channel_id__in=choice.channel_ids, merged_into_id=None,
    )  # fmt: skip
    wait = timedelta(minutes=choice.delay_min)
    rows.insert(
        [
            Question(
                workspace_id=workspace_id, case_id=case.id, contact_id=case.contact_id,
                channel_id=case.channel_id, network=case.network, closed_at=case.closed_at,
                due_at=case.closed_at + wait,
            )
            for case in cases if case.closed_at and case.channel_id
        ],
        conflict="(workspace_id, case_id, closed_at) DO NOTHING",
    )  # fmt: skip


def ask_due(workspace_id: UUID) -> int:
    """Ask what is due, the longest due first; return how many were asked. In the caller's scope."""
    due = Question.objects.filter(
        workspace_id=workspace_id, status=Status.DUE, due_at__lte=now()
    ).order_by("due_at", "id")
    keys = list(due.values_list("id", flat=True)[:AT_ONCE])
    return sum(_ask_or_later(workspace_id, key) for key in keys)


def _ask_or_later(workspace_id: UUID, question_id: UUID) -> bool:
    """Ask one; where that fails it is logged and put off, and holds up no other."""
    try:
        return _ask(workspace_id, question_id)
    except Exception:
        log.exception("question_not_asked", question_id=str(question_id))
        one = Question.objects.filter(workspace_id=workspace_id, id=question_id)
        one.update(due_at=now() + _PUT_OFF)
        return False


@transaction.atomic
def _ask(workspace_id: UUID, question_id: UUID) -> bool:
    """Ask one customer, or note why not. Whoever asks holds the choice: no two ask at once."""
    choice = AskChoice.objects.select_for_update().filter(workspace_id=workspace_id).first()
    one = Question.objects.select_for_update().get(workspace_id=workspace_id, id=question_id)
    if choice is None or one.status != Status.DUE:
        return False
    case = _free_case(one)
    if case is None:
        return _later(one)
    why = _why_not(choice, one, case)
    if why in _BEFORE_AN_ANSWER and _is_answer_on_its_way(case):  # sent and solved in one act
        return _later(one)
    if why:
        return _leave(one, why)
    if _is_stopped(one):  # an incident ends, and then it is asked, or is too old to be
        return _later(one)
    by = _answers_for(choice)
    return _leave(one, "nobody") if by is None else _send(choice, one, case, by)


def _free_case(one: Question) -> Case | None:
    """Return the case, locked; None while somebody else is at it: many are held here at once."""
    found = Case.objects.select_for_update(no_key=True, skip_locked=True)
    return found.filter(workspace_id=one.workspace_id, id=one.case_id).first()


def _why_not(choice: AskChoice, one: Question, case: Case) -> str:
    if str(one.channel_id) not in choice.channel_ids:
        return "off"
    if now() - one.due_at > STALE_AFTER:
        return "late"
    solution = Solution(
        is_closed_as_then=case.status == CaseStatus.CLOSED and case.closed_at == one.closed_at,
        closed_at=one.closed_at,
        last_inbound_at=case.last_inbound_at,
        last_reply_at=case.last_reply_at,
        audience=case.audience,
        asked_lately=_asked_since(one, now() - timedelta(days=choice.cool_off_days)),
    )
    return why_not(solution, now(), in_public=choice.in_public)


def _is_answer_on_its_way(case: Case) -> bool:
    homes = Conversation.objects.filter(workspace_id=case.workspace_id, case_id=case.id)
    replies = outbound_queries.pending_replies(
        case.workspace_id, list(homes.values_list("id", flat=True))
    )
    return any(reply.state in RECALLABLE | IN_FLIGHT for reply in replies)


def _asked_since(one: Question, since: datetime) -> bool:
    return one.contact_id is not None and was_asked_since(one.workspace_id, one.contact_id, since)


def _is_stopped(one: Question) -> bool:
    switches = outbound.active_switches(one.workspace_id)
    switch = outbound.switch_for(switches, one.network, one.channel_id, Origin.AUTOMATIC)
    return switch is not None


def _answers_for(choice: AskChoice) -> Membership | None:
    members = Membership.objects.select_related("user", "workspace")
    found = members.filter(workspace_id=choice.workspace_id, user_id=choice.by_id).first()
    return found if found is not None and can(found.role, "manage_workspace") else None


def _send(choice: AskChoice, one: Question, case: Case, by: Membership) -> bool:
    language = _language(one)
    reply = Reply(
        case_id=case.id,
        text=_words(choice, one, language),
        audience=case.audience,
        key=one.id,
        seen_version=case.version,
        rule=QUESTION_BY,
        choices=buttons_in(language) if one.network in _WITH_BUTTONS else (),
        undo_s=0,
    )
    try:
        with transaction.atomic():
            send_reply(reply, by)
    except (TakenByOther, Conflict):
        return _later(one)
    except Unsendable:
        return _leave(one, "refused")
    one.status, one.asked_at = Status.ASKED, now()
    one.save(update_fields=["status", "asked_at"])
    conversations.log([case.id], "solved_asked", actor_id=None)
    return True


# Stands as the author of the message, in the language of the house.
QUESTION_BY: Final = "Did that solve it?"


def _words(choice: AskChoice, one: Question, language: str) -> str:
    """Return the question in the customer's language, in an e-mail with a link for each answer."""
    text = question_in(choice.words, language)
    if one.network not in _LINKED:
        return text
    with translation.override(language or "en"):
        names = {Status.YES: _("Yes"), Status.NO: _("No")}
    links = [
        f"{name}: {link_of(Link(one.workspace_id, one.id, answer))}"
        for answer, name in names.items()
    ]
    return "\n\n".join([text, *links])


def _language(one: Question) -> str:
    """Return the language they wrote in: as it was read, else as the network says; maybe none."""
    read = languages_of([one.case_id]).get(one.case_id)
    if read:
        return read
    said = Message.objects.filter(
        workspace_id=one.workspace_id, case_id=one.case_id, direction="in", deleted_at=None
    ).exclude(language="")
    return str(said.order_by("-sent_at").values_list("language", flat=True).first() or "")


def let_be(workspace_id: UUID, delivery_ids: Collection[UUID]) -> None:
    """Take back the questions among these: their customers wrote again before they went out."""
    found = Delivery.objects.filter(workspace_id=workspace_id, id__in=delivery_ids)
    asked = Question.objects.filter(
        workspace_id=workspace_id, status=Status.ASKED, id__in=found.values("key")
    )
    keys = list(asked.values_list("id", flat=True))
    back = {one.key for one in outbound.withdraw(workspace_id, keys, reason="customer wrote again")}
    asked = Question.objects.filter(workspace_id=workspace_id, id__in=back)
    asked.update(status=Status.NOT_ASKED, why="overtaken", asked_at=None)


def _leave(one: Question, why: str) -> bool:
    one.status, one.why = Status.NOT_ASKED, why
    one.save(update_fields=["status", "why"])
    return False


def _later(one: Question) -> bool:
    """Look again in five minutes; `late` ends it by `closed_at`, however often it was put off."""
    one.due_at = now() + _PUT_OFF
    one.save(update_fields=["due_at"])
    return False
