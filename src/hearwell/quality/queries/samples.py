"""What waits to be graded, one reply with what led to it, and the reviews of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from hearwell.conversations.models import Message
from hearwell.quality.models import Grade, Plan, Response, Sample, Scorecard

BEFORE: Final = 12
SHOWN: Final = 50


def plan_of(workspace_id: UUID) -> Plan:
    """Return what was planned; a row that is not kept where nothing was. One query."""
    found = Plan.objects.filter(workspace_id=workspace_id).first()
    return found or Plan(workspace_id=workspace_id)


def card_of(workspace_id: UUID) -> Scorecard:
    """Return the scorecard that holds; number 0, without a row, where nobody wrote one."""
    return next(iter(cards_of(workspace_id, 1)), Scorecard(workspace_id=workspace_id, number=0))


def cards_of(workspace_id: UUID, most: int = SHOWN) -> list[Scorecard]:
    """Return the versions of the scorecard, the newest first. One query."""
    return list(Scorecard.objects.filter(workspace_id=workspace_id).order_by("-number")[:most])


def _waiting(workspace_id: UUID, grader_id: UUID) -> QuerySet[Sample]:
    """Return what somebody may grade and has not; the order says nothing of how it was drawn."""
    given = Grade.objects.filter(
        workspace_id=workspace_id,
        sample_id=OuterRef("id"),
        grader_id=grader_id,
        is_current=True,
    )
    rows = Sample.objects.filter(
        ~Exists(given), workspace_id=workspace_id, done_at=None, calibration=None
    )
    return rows.exclude(agent_id=grader_id).order_by("week", "drawn_at", "message_id")


def to_grade(workspace_id: UUID, grader_id: UUID, most: int = SHOWN) -> list[Sample]:
    """Return what waits for this grader, the oldest week first. One query."""
    draft = Grade.objects.filter(
        workspace_id=workspace_id, sample_id=OuterRef("id"), grader_id=grader_id, is_draft=True
    )
    return list(_waiting(workspace_id, grader_id).annotate(has_draft=Exists(draft))[:most])


def waiting_count(workspace_id: UUID, grader_id: UUID) -> int:
    """Return how many replies wait for this grader. One query."""
    return _waiting(workspace_id, grader_id).count()


def next_to_grade(workspace_id: UUID, grader_id: UUID, after: UUID | None = None) -> UUID | None:
    """Return what this grader reads next, not the one that they just read. One query."""
    rows = _waiting(workspace_id, grader_id)
    rows = rows.exclude(id=after) if after else rows
    return rows.values_list("id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Read:
    """A reply that is read again: with what was said before it, and who says what of it.

    `reply` is None where it is no longer kept. `others` are the grades of other graders, empty
    until this reader has given one as well; `mine` and `draft` are the reader's own, `history` all
    that they ever gave.
    """

    sample: Sample
    reply: Message | None
    before: list[Message]
    mine: Grade | None
    draft: Grade | None
    others: list[Grade]
    history: list[Grade]


def read_again(workspace_id: UUID, sample_id: UUID, reader_id: UUID) -> Read:
    """Return a reply with what led to it. Raises Sample.DoesNotExist. Four queries.

    What colleagues noted about the case is part of it, what was said later is not: the writer
    could not know it.
    """
    sample = Sample.objects.select_related("calibration").get(
        workspace_id=workspace_id, id=sample_id
    )
    reply = Message.objects.filter(workspace_id=workspace_id, id=sample.message_id).first()
    earlier = Message.objects.filter(
        workspace_id=workspace_id, case_id=sample.case_id, sent_at__lte=sample.sent_at
    ).exclude(id=sample.message_id)
    before = list(earlier.order_by("-sent_at", "-id")[:BEFORE])[::-1]
    grades = list(sample.grades.filter(workspace_id=workspace_id).order_by("number"))
    own = [one for one in grades if one.grader_id == reader_id]
    mine = next((one for one in own if one.is_current), None)
    others = [one for one in grades if one.grader_id != reader_id and one.is_current]
    return Read(
        sample=sample,
        reply=reply,
        before=before,
        mine=mine,
        draft=next((one for one in own if one.is_draft), None),
        others=others if mine and _is_open(sample) else [],
        history=[one for one in own if not one.is_draft],
    )


def _is_open(sample: Sample) -> bool:
    if sample.calibration is not None:
        return sample.calibration.opened_at is not None
    return sample.done_at is not None


@dataclass(frozen=True, slots=True)
class ReviewOf:
    """A reply that was graded, with its grades and what its writer said to them."""

    sample: Sample
    reply: Message | None
    grades: list[Grade]
    response: Response | None


def reviews_of(workspace_id: UUID, agent_id: UUID, most: int = SHOWN) -> list[ReviewOf]:
    """Return the graded replies of a person, the newest first. Four queries."""
    rows = Sample.objects.filter(
        workspace_id=workspace_id, agent_id=agent_id, done_at__isnull=False, calibration=None
    )
    return _with_all(workspace_id, rows.order_by("-done_at", "-id")[:most])


def reviews_since(
    workspace_id: UUID, since: datetime, until: datetime, agent_id: UUID | None, most: int
) -> list[ReviewOf]:
    """Return the replies of a span of writing that were graded, the newest first. Four queries."""
    rows = Sample.objects.filter(
        workspace_id=workspace_id,
        sent_at__gte=since,
        sent_at__lt=until,
        done_at__isnull=False,
        calibration=None,
    )
    rows = rows.filter(agent_id=agent_id) if agent_id else rows
    return _with_all(workspace_id, rows.order_by("-sent_at", "-id")[:most])


def disputes(workspace_id: UUID, reader_id: UUID) -> list[ReviewOf]:
    """Return the reviews that their writers find not right, for who may decide. Four queries."""
    rows = Sample.objects.filter(
        workspace_id=workspace_id,
        responses__disputed_at__isnull=False,
        responses__stands=None,
    ).exclude(agent_id=reader_id)
    return _with_all(workspace_id, rows.order_by("responses__disputed_at")[:SHOWN])


def _with_all(workspace_id: UUID, rows: QuerySet[Sample]) -> list[ReviewOf]:
    current = Grade.objects.filter(Q(is_current=True), workspace_id=workspace_id)
    said = Response.objects.filter(workspace_id=workspace_id)
    found = rows.prefetch_related(
        Prefetch("grades", queryset=current.order_by("at"), to_attr="given"),
        Prefetch("responses", queryset=said, to_attr="answers"),
    )
    samples = list(found)
    ids = [one.message_id for one in samples]
    replies = Message.objects.filter(workspace_id=workspace_id).in_bulk(ids)
    return [
        ReviewOf(
            one,
            replies.get(one.message_id),
            getattr(one, "given", []),
            next(iter(getattr(one, "answers", [])), None),
        )
        for one in samples
    ]


def waiting_for_a_second(workspace_id: UUID) -> int:
    """Return how many replies have one grade and wait for another grader's. One query."""
    rows = Sample.objects.filter(
        workspace_id=workspace_id, done_at=None, calibration=None, wanted__gt=1
    )
    given = rows.annotate(given=Count("grades", filter=Q(grades__is_current=True)))
    return given.filter(given=1).count()
