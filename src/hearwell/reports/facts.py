"""Write facts; the only writer of their tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from hearwell.conversations.events import CaseClosed, CaseReopened
from hearwell.conversations.models import Case, Message
from hearwell.kit.clock import now
from hearwell.kit.rows import insert
from hearwell.reports.models import AnswerFact, NeedFact, ResolutionFact
from hearwell.reports.services import mark_due
from hearwell.sla.events import ClockMet
from hearwell.sla.rules import BOTH, ClockKind
from hearwell.triage.models import Verdict

_OF_MESSAGE = (
    "conversation_id", "channel_id", "kind", "audience", "language", "author_user_id",
    "is_holding", "sent_outside",
)  # fmt: skip
# The language that triage heard counts before the network's word.
_HEARD = Subquery(
    Verdict.objects.filter(workspace_id=OuterRef("workspace_id"), message_id=OuterRef("id")).values(
        "language"
    )[:1]
)
_OF_CASE = ("network", "kind", "opened_at", "closed_at")


def record_answers(events: Sequence[ClockMet]) -> int:
    """Write one fact for each clock that a reply closed; repeats are dropped.

    Four statements a batch. Returns how many facts are new.
    """
    # Resolutions have facts of their own.
    events = [event for event in events if event.kind in BOTH]
    if not events:
        return 0
    workspace_id = events[0].workspace_id
    wanted = {e.asked_by for e in events} | {e.reply_id for e in events if e.reply_id}
    messages = _by_id(Message, workspace_id, wanted, _OF_MESSAGE, heard=_HEARD)
    cases = _by_id(Case, workspace_id, {event.case_id for event in events}, _OF_CASE)
    facts = [_answer(event, messages, cases) for event in events]
    conflict = "(workspace_id, clock_id) DO NOTHING"
    new = insert(facts, conflict=conflict, returning=("asked_at",))
    mark_due(workspace_id, {row[0] for row in new})
    return len(new)


def _answer(
    event: ClockMet, messages: dict[UUID, dict[str, Any]], cases: dict[UUID, dict[str, Any]]
) -> AnswerFact:
    asked = messages.get(event.asked_by, {})
    reply = messages.get(event.reply_id, {}) if event.reply_id else {}
    case = cases.get(event.case_id, {})
    return AnswerFact(
        workspace_id=event.workspace_id,
        clock_id=event.clock_id,
        case_id=event.case_id,
        conversation_id=asked.get("conversation_id"),
        channel_id=asked.get("channel_id"),
        network=case.get("network") or "",
        kind=asked.get("kind", ""),
        case_kind=case.get("kind") or "",
        audience=asked.get("audience", ""),
        language=(asked.get("heard") or asked.get("language", "")).lower().partition("-")[0],
        urgency=event.urgency,
        agent_id=reply.get("author_user_id"),
        asked_by=event.asked_by,
        reply_id=event.reply_id,
        asked_at=event.asked_at,
        answered_at=event.met_at,
        wall_s=event.wall_s,
        business_s=event.business_s,
        is_first=event.kind == ClockKind.FIRST_REPLY,
        is_holding=reply.get("is_holding", False),
        is_in_time=event.is_in_time,
        sent_outside=reply.get("sent_outside", False),
    )


def record_resolutions(events: Sequence[CaseClosed | CaseReopened]) -> int:
    """Write one fact for each closing and each coming back; repeats are dropped."""
    if not events:
        return 0
    workspace_id = events[0].workspace_id
    cases = _by_id(Case, workspace_id, {event.case_id for event in events}, _OF_CASE)
    facts = [_resolution(event, cases.get(event.case_id, {})) for event in events]
    conflict = "(workspace_id, case_id, case_version, is_closing) DO NOTHING"
    new = insert(facts, conflict=conflict, returning=("at",))
    mark_due(workspace_id, {row[0] for row in new} | _touched_by(workspace_id, set(cases)))
    return len(new)


def _touched_by(workspace_id: UUID, case_ids: set[UUID]) -> set[datetime]:
    """Return the moments of what counts differently now: earlier closings, and what waited."""
    closings = ResolutionFact.objects.filter(workspace_id=workspace_id, case_id__in=case_ids)
    waiting = NeedFact.objects.filter(
        workspace_id=workspace_id, case_id__in=case_ids, replied_at=None
    )
    return {*closings.values_list("at", flat=True), *waiting.values_list("asked_at", flat=True)}


def _resolution(event: CaseClosed | CaseReopened, case: dict[str, Any]) -> ResolutionFact:
    is_closing = isinstance(event, CaseClosed)
    moment = (case.get("closed_at") if is_closing else None) or now()
    opened_at = case.get("opened_at")
    return ResolutionFact(
        workspace_id=event.workspace_id,
        case_id=event.case_id,
        case_version=event.version,
        is_closing=is_closing,
        reason=event.reason if isinstance(event, CaseClosed) else "",
        actor_id=event.actor_id,
        network=case.get("network") or "",
        case_kind=case.get("kind") or "",
        at=moment,
        open_s=int((moment - opened_at).total_seconds()) if is_closing and opened_at else None,
    )


def _by_id(
    model: type[Case | Message],
    workspace_id: UUID,
    ids: set[UUID],
    names: Sequence[str],
    **more: Subquery,
) -> dict[UUID, dict[str, Any]]:
    rows = model._default_manager.filter(workspace_id=workspace_id, id__in=ids)  # noqa: SLF001
    return {row["id"]: row for row in rows.values("id", *names, **more)}
