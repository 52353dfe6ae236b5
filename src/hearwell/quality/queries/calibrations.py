"""Calibrations: what may be graded together, and all grades side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import RIGHTS
from hearwell.conversations.models import Message
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.quality.models import Calibration, Grade, Sample
from hearwell.quality.rules import spread_of

GRADERS: Final = [role for role, rights in RIGHTS.items() if "grade" in rights]
_REACH: Final = timedelta(days=28)
_NEWEST: Final = """
    SELECT m.id, m.case_id, m.author_user_id, c.network, m.sent_at
    FROM conversations_message m
    JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    WHERE m.workspace_id = %(place)s AND m.sent_at >= %(since)s AND m.direction = 'out'
        AND m.audience <> 'team' AND m.author_user_id IS NOT NULL AND NOT m.is_automatic
        AND NOT m.is_holding AND NOT m.is_historic AND NOT m.sent_outside
        AND m.deleted_at IS NULL AND NOT m.is_purged
        AND NOT EXISTS (SELECT FROM accounts_membership p WHERE p.workspace_id = %(place)s
            AND p.user_id = m.author_user_id AND p.role = ANY(%(graders)s))
        AND NOT EXISTS (SELECT FROM quality_sample s WHERE s.workspace_id = %(place)s
            AND s.message_id = m.id)
    ORDER BY random() LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class ToCalibrate:
    """A reply that nobody has read again yet."""

    id: UUID
    case_id: UUID
    agent_id: UUID
    network: str
    sent_at: datetime


def replies_to_calibrate(workspace_id: UUID, most: int) -> list[ToCalibrate]:
    """Return replies of the last four weeks, at random, none of who grades. One query."""
    values = {
        "place": workspace_id,
        "since": now() - _REACH,
        "graders": [str(role) for role in GRADERS],
        "most": most,
    }
    return [ToCalibrate(*row) for row in rows.fetch(_NEWEST, values)]


def calibration_list(workspace_id: UUID, reader_id: UUID) -> list[Calibration]:
    """Return the calibrations, the newest first, each with its `size` and `mine` that are graded.

    One query.
    """
    mine = Q(sample__grades__grader_id=reader_id, sample__grades__is_current=True)
    return list(
        Calibration.objects.filter(workspace_id=workspace_id)
        .annotate(
            size=Count("sample", distinct=True),
            mine=Count("sample__grades", filter=mine, distinct=True),
        )
        .order_by("-at")[:50]
    )


@dataclass(frozen=True, slots=True)
class GradedTogether:
    """One reply of a calibration with all grades; none but the reader's own before it is opened."""

    sample: Sample
    reply: Message | None
    grades: list[Grade]
    is_mine: bool

    @property
    def spread(self) -> float:
        """How far apart the lowest and the highest score are."""
        return spread_of([one.score for one in self.grades if one.score is not None])


def graded_together(
    workspace_id: UUID, calibration_id: UUID, reader_id: UUID
) -> tuple[Calibration, list[GradedTogether]]:
    """Return a calibration with its replies. Raises Calibration.DoesNotExist. Four queries."""
    one = Calibration.objects.get(workspace_id=workspace_id, id=calibration_id)
    samples = list(
        Sample.objects.filter(workspace_id=workspace_id, calibration_id=one.id).order_by("id")
    )
    given = Grade.objects.filter(
        workspace_id=workspace_id, sample__in=samples, is_current=True
    ).order_by("grader_id")
    by_sample: dict[UUID, list[Grade]] = {}
    for grade in given:
        by_sample.setdefault(grade.sample_id, []).append(grade)
    said = Message.objects.filter(workspace_id=workspace_id).in_bulk(
        [sample.message_id for sample in samples]
    )
    is_open = one.opened_at is not None
    return one, [
        GradedTogether(
            sample,
            said.get(sample.message_id),
            by_sample.get(sample.id, []) if is_open else [],
            any(grade.grader_id == reader_id for grade in by_sample.get(sample.id, [])),
        )
        for sample in samples
    ]


def grader_count(workspace_id: UUID) -> int:
    """Return how many people may grade. One query."""
    rows_ = Membership.objects.filter(workspace_id=workspace_id, role__in=GRADERS)
    return rows_.filter(user__is_active=True).count()
