"""Clocks of imported cases: reckoned from the record, closed, never due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from hearwell.conversations.models import Conversation
from hearwell.kit.rows import fetch, insert
from hearwell.sla.models import Ask, Clock, ClockState, Policy
from hearwell.sla.rules import Asked, Span, deadline, spans
from hearwell.sla.services.plans import close
from hearwell.sla.services.promises import policy_now
from hearwell.sla.services.waiting import replies_in

AT_ONCE = 1000
_FORGET = "DELETE FROM sla_clock WHERE workspace_id = %s AND case_id = ANY(%s) AND is_historic"


def close_historic(
    workspace_id: UUID, case_ids: Iterable[UUID] | None = None, *, channel_id: UUID | None = None
) -> int:
    """Reckon the clocks of imported cases from the recorded times; return how many there are.

    Each is closed as met, missed or unanswered, under today's policy. It may be called again
    whenever more of a case has come in: the clocks are made anew. Nothing is emitted. Give the
    cases, or the channel whose cases are meant.
    """
    cases = list(case_ids or ())
    if channel_id is not None:
        threads = Conversation.objects.filter(workspace_id=workspace_id, channel_id=channel_id)
        cases += threads.order_by().values_list("case_id", flat=True)
    return sum(
        _reckon(workspace_id, cases[start : start + AT_ONCE])
        for start in range(0, len(cases), AT_ONCE)
    )


@transaction.atomic
def _reckon(workspace_id: UUID, cases: list[UUID]) -> int:
    asks, replies = _asks(workspace_id, cases), replies_in(workspace_id, cases)
    policy = policy_now(workspace_id)
    clocks = [
        _clock(workspace_id, case_id, span, policy)
        for case_id, asked in asks.items()
        for span in spans(asked, replies.get(case_id, []))
    ]
    fetch(_FORGET, [workspace_id, cases], is_read=False)
    insert(clocks)
    return len(clocks)


def _asks(workspace_id: UUID, case_ids: list[UUID]) -> dict[UUID, list[Asked]]:
    rows = Ask.objects.filter(workspace_id=workspace_id, case_id__in=case_ids)
    found: dict[UUID, list[Asked]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(
            Asked(row.asked_at, row.message_id, row.urgency, row.needs_answer)
        )
    return found


def _clock(workspace_id: UUID, case_id: UUID, span: Span, policy: Policy) -> Clock:
    target_s = policy.target_s(span.kind, span.asked.urgency)
    clock = Clock(
        workspace_id=workspace_id,
        case_id=case_id,
        kind=span.kind,
        state=ClockState.UNANSWERED,
        started_at=span.asked.at,
        started_by=span.asked.message_id,
        urgency=span.asked.urgency,
        due_at=deadline(span.asked.at, target_s, policy.due_hours),
        policy=policy,
        policy_version=policy.version,
        is_historic=True,
    )
    if span.reply is not None:
        close(clock, span.reply)
    return clock
