"""The question goes out as any answer does: by the story of a reply and its outbox, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
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
from hearwell.events.services import emit
from hearwell.inbox.reply import Reply, send_reply
from hearwell.inbox.unsendable import Conflict, TakenByOther, Unsendable
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.outbound import queries as outbound_queries
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import IN_FLIGHT, RECALLABLE, Origin
from hearwell.surveys.events import SurveyAsked
from hearwell.surveys.models import AskChoice, Question, Survey, SurveyState
from hearwell.surveys.queries import asked_since, wants_peace, was_asked_since
from hearwell.surveys.rules import (
    STALE_AFTER,
    Solution,
    Status,
    buttons_in,
    question_in,
    why_not,
)
from hearwell.surveys.services.inviting import invitation
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
    survey = _survey_of(one)
    asker = choice if one.survey_id is None else survey
    if asker is None or one.status != Status.DUE:
        return False
    case = _free_case(one)
    why = _why_not(asker, one, case) if case else ""
    # Sent and solved in one act.
    is_early = case and why in _BEFORE_AN_ANSWER and _is_answer_on_its_way(case)
    # An incident ends, and then it is asked, or is too old to be.
    if case is None or is_early or (not why and _is_stopped(one)):
        return _later(one)
    if why:
        return _leave(one, why)
    by = _answers_for(asker)
    return _send(one, case, by, _wording(asker, one)) if by else _leave(one, "nobody")


def _survey_of(one: Question) -> Survey | None:
    """Return the survey, locked: who asks counts those asked today, and no two do at once."""
    if one.survey_id is None:
        return None
    found = Survey.objects.select_for_update()
    return found.filter(workspace_id=one.workspace_id, id=one.survey_id).first()


def _free_case(one: Question) -> Case | None:
    """Return the case, locked; None while somebody else is at it: many are held here at once."""
    found = Case.objects.select_for_update(no_key=True, skip_locked=True)
    return found.filter(workspace_id=one.workspace_id, id=one.case_id).first()


def _why_not(asker: AskChoice | Survey, one: Question, case: Case) -> str:
    survey = asker if isinstance(asker, Survey) else None
    if str(one.channel_id) not in asker.channel_ids or (survey and survey.state != SurveyState.ON):
        return "off"
    if now() - one.due_at > STALE_AFTER:
        return "late"
    solution = Solution(
        is_closed_as_then=case.status == CaseStatus.CLOSED and case.closed_at == one.closed_at,
        closed_at=one.closed_at,
        last_inbound_at=case.last_inbound_at,
        last_reply_at=case.last_reply_at,
        audience=case.audience,
        asked_lately=_asked_since(one, now() - timedelta(days=asker.cool_off_days)),
    )
    if isinstance(asker, AskChoice):
        return why_not(solution, now(), in_public=asker.in_public)
    why = why_not(solution, now(), in_public=False, has_unanswered=asker.has_unanswered)
    return why or _spared(asker, one)


def _spared(survey: Survey, one: Question) -> str:
    """Say why a survey lets somebody be: unknown, enough asked, or what `wants_peace` says."""
    if one.contact_id is None:
        return "unknown"
    day_ago = now() - timedelta(days=1)
    if asked_since(one.workspace_id, survey.id, day_ago) >= survey.daily_quota:
        return "quota"
    return wants_peace(one.workspace_id, one.contact_id, one.case_id)


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


def _answers_for(asker: AskChoice | Survey) -> Membership | None:
    members = Membership.objects.select_related("user", "workspace")
    found = members.filter(workspace_id=asker.workspace_id, user_id=asker.by_id).first()
    return found if found is not None and can(found.role, "manage_workspace") else None


@dataclass(frozen=True, slots=True)
class Wording:
    """What is sent: the text, what can be pressed in answer, and who stands as its author."""

    text: str
    choices: tuple[str, ...]
    author: str
    verb: str


def _send(one: Question, case: Case, by: Membership, words: Wording) -> bool:
    reply = Reply(
        case_id=case.id,
        text=words.text,
        audience=case.audience,
        key=one.id,
        seen_version=case.version,
        rule=words.author,
        choices=words.choices if one.network in _WITH_BUTTONS else (),
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
    conversations.log([case.id], words.verb, actor_id=None)
    if one.survey_id is not None:
        emit([SurveyAsked(one.workspace_id, one.survey_id, one.id, case.id, one.channel_id,
                          one.network)])  # fmt: skip
    return True


# Stands as the author of the message, in the language of the house.
QUESTION_BY: Final = "Did that solve it?"


def _wording(asker: AskChoice | Survey, one: Question) -> Wording:
    language = _language(one)
    if isinstance(asker, Survey):
        text, choices = invitation(asker, one.id, language)
        return Wording(text, choices, asker.name, "survey_asked")
    words = _words(asker, one, language)
    return Wording(words, buttons_in(language), QUESTION_BY, "solved_asked")


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
