"""What was chosen, what is open, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hearwell.kit import rows
from hearwell.surveys.models import AskChoice, Question
from hearwell.surveys.rules import Status

# Asked is what the network has; a question that is held or was taken back asked nobody.
_CARD = """
    SELECT q.network, count(*), count(*) FILTER (WHERE q.status = 'yes'),
        count(*) FILTER (WHERE q.status = 'no')
    FROM surveys_question q
    JOIN outbound_delivery d ON d.workspace_id = q.workspace_id AND d.key = q.id
        AND d.state IN ('sent', 'confirmed')
    WHERE q.workspace_id = %s AND q.asked_at >= %s
    GROUP BY q.network ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """How many were asked on a network, and what they said. The share is of those who answered."""

    network: str
    asked: int
    yes: int
    no: int

    @property
    def n(self) -> int:
        """How many answered plainly."""
        return self.yes + self.no

    @property
    def share(self) -> int | None:
        """Per cent of the answers that say yes; None without an answer."""
        return round(100 * self.yes / self.n) if self.n else None


def choice_of(workspace_id: UUID) -> AskChoice | None:
    """Return what an owner chose; None: nothing is asked."""
    return AskChoice.objects.filter(workspace_id=workspace_id).first()


def asks_anywhere(workspace_id: UUID) -> bool:
    """Say whether the question is asked in any account."""
    return AskChoice.objects.filter(workspace_id=workspace_id).exclude(channel_ids=[]).exists()


def has_asked(workspace_id: UUID) -> bool:
    """Say whether any question waits for its answer."""
    asked = Question.objects.filter(workspace_id=workspace_id, status=Status.ASKED)
    return asked.exists()


def answers_since(workspace_id: UUID, since: datetime) -> Sequence[Answers]:
    """Return what was asked and answered since then, by network, the busiest first."""
    return [Answers(*row) for row in rows.fetch(_CARD, [workspace_id, since])]


def total_of(found: Sequence[Answers]) -> Answers:
    """Return the sum over all networks."""
    return Answers("", *(sum(getattr(a, name) for a in found) for name in ("asked", "yes", "no")))
