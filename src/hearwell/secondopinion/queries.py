"""Reads of the second opinion. In the caller's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from hearwell.conversations.models import Message
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.secondopinion.models import (
    Call,
    Comparison,
    ComparisonState,
    Connection,
    Month,
    Opinion,
)
from hearwell.secondopinion.rules import month_at

FEWEST_LABELS: Final = 20
PAGE: Final = 50
# Of each head what people said last, and what triage had said before it learned any of it.
_LABELLED: Final = """
    WITH said AS (
        SELECT message_id, head, max(number) AS number,
            (array_agg(label ORDER BY number DESC))[1] AS label,
            (array_agg(predicted ORDER BY number))[1] AS predicted
        FROM triage_lesson
        WHERE workspace_id = %(ws)s AND head IN ('duty', 'kind')
        GROUP BY message_id, head
    ), told AS (
        SELECT message_id, max(number) AS number,
            coalesce(max(label) FILTER (WHERE head = 'duty'), '') AS duty,
            coalesce(max(label) FILTER (WHERE head = 'kind'), '') AS kind,
            coalesce(max(predicted) FILTER (WHERE head = 'duty'), '') AS triage_duty,
            coalesce(max(predicted) FILTER (WHERE head = 'kind'), '') AS triage_kind
        FROM said GROUP BY message_id
    )
    SELECT m.id, m.case_id, m.text, m.audience, m.media <> '[]'::jsonb,
        t.duty, t.kind, t.triage_duty, t.triage_kind, m.author_name
    FROM told t
    JOIN conversations_message m ON m.workspace_id = %(ws)s AND m.id = t.message_id
    WHERE m.deleted_at IS NULL AND m.text <> ''
    ORDER BY t.number DESC LIMIT %(most)s
"""
_UNSURE: Final = """
    SELECT v.message_id, v.case_id, m.text, m.audience, m.media <> '[]'::jsonb, m.author_name
    FROM triage_verdict v
    JOIN conversations_message m ON m.workspace_id = v.workspace_id AND m.id = v.message_id
    WHERE v.workspace_id = %(ws)s AND v.is_unsure AND NOT v.is_corrected
        AND v.message_id = ANY(%(messages)s) AND m.deleted_at IS NULL AND NOT m.is_historic
        AND m.text <> '' AND NOT EXISTS (
            SELECT FROM secondopinion_opinion o
            WHERE o.workspace_id = v.workspace_id AND o.message_id = v.message_id)
    ORDER BY v.message_id
"""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A message that triage doubts, with what the model is told of it."""

    message_id: UUID
    case_id: UUID
    text: str
    audience: str
    has_media: bool
    author_name: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message that a person labelled: what they said of it, and what triage had said.

    Put right or found right, both count. `duty` or `kind` is empty where nobody spoke of that.
    """

    message_id: UUID
    case_id: UUID
    text: str
    audience: str
    has_media: bool
    duty: str
    kind: str
    triage_duty: str
    triage_kind: str
    author_name: str


def connection_of(workspace_id: UUID) -> Connection | None:
    """Return the workspace's model, or None."""
    return Connection.objects.filter(workspace_id=workspace_id).first()


def month_of(workspace_id: UUID) -> Month:
    """Return what this month has cost so far."""
    begins_on = month_at(now())
    found = Month.objects.filter(workspace_id=workspace_id, begins_on=begins_on).first()
    return found or Month(workspace_id=workspace_id, begins_on=begins_on)


def may_give_opinions(workspace_id: UUID, setup_id: UUID) -> bool:
    """Say whether this very set-up was compared on enough labels."""
    done = Comparison.objects.filter(
        workspace_id=workspace_id, setup_id=setup_id, answered__gte=FEWEST_LABELS
    )
    ended = (ComparisonState.DONE, ComparisonState.STOPPED)
    return done.filter(state__in=ended, figures__isnull=False).exists()


def labelled(workspace_id: UUID, most: int) -> list[Labelled]:
    """Return the messages that people labelled last; one query."""
    return [Labelled(*row) for row in rows.fetch(_LABELLED, {"ws": workspace_id, "most": most})]


def count_labelled(workspace_id: UUID) -> int:
    """Count them, as far as a comparison can use them."""
    return len(labelled(workspace_id, FEWEST_LABELS))


def unsure(workspace_id: UUID, message_ids: Collection[UUID]) -> list[Unsure]:
    """Return those of the messages whose verdict is unsure and that are not asked about yet."""
    values = {"ws": workspace_id, "messages": list(message_ids)}
    return [Unsure(*row) for row in rows.fetch(_UNSURE, values)]


def has_calls(workspace_id: UUID) -> bool:
    """Say whether a model was asked anything in the time that is kept."""
    return Call.objects.filter(workspace_id=workspace_id).exists()


def messages_with(workspace_id: UUID, message_ids: Collection[UUID]) -> list[Unsure]:
    """Return messages with what the model is told of them, unless they were deleted."""
    found = Message.objects.filter(workspace_id=workspace_id, id__in=list(message_ids))
    return [
        Unsure(one.id, one.case_id, one.text, one.audience, bool(one.media), one.author_name)
        for one in found.filter(deleted_at=None).order_by("id")
    ]


def asks_for_opinions(workspace_id: UUID) -> bool:
    """Say whether a workspace has a model that is asked for second opinions."""
    return Connection.objects.filter(workspace_id=workspace_id, gives_opinions=True).exists()


def opinion_of(workspace_id: UUID, message_id: UUID) -> Opinion | None:
    """Return what the model says of a message, if it said anything that counts."""
    found = Opinion.objects.filter(workspace_id=workspace_id, message_id=message_id)
    return found.exclude(kind="").first()


def calls(
    workspace_id: UUID, *, outcome: str = "", before: tuple[datetime, UUID] | None = None
) -> list[Call]:
    """Return the latest calls, at most PAGE + 1; `before` is a place in the list."""
    found = Call.objects.filter(workspace_id=workspace_id)
    if outcome:
        found = found.filter(outcome=outcome)
    if before is not None:
        at, call_id = before
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=call_id))
    columns = found.defer("sent", "answer", "result")
    return list(columns.order_by("-created_at", "-id")[: PAGE + 1])


def call_by_id(workspace_id: UUID, call_id: UUID) -> Call | None:
    """Return one call, or None."""
    return Call.objects.filter(workspace_id=workspace_id, id=call_id).first()


def comparisons(workspace_id: UUID, most: int = 10) -> list[Comparison]:
    """Return the latest comparisons, newest first."""
    found = Comparison.objects.filter(workspace_id=workspace_id)
    return list(found.order_by("-created_at", "-id")[:most])
