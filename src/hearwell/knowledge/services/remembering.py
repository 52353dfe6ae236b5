"""Remember which answer a question got, and which suggestion did not help."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hearwell.kit.clock import now
from hearwell.knowledge.models import Article, Precedent
from hearwell.knowledge.stems import stems

# A greeting alone is no question.
FEWEST_STEMS = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """A question in words, and the reply `message_id` that it got; from an article or not."""

    case_id: UUID
    message_id: UUID
    question: str
    at: datetime
    article_id: UUID | None = None
    user_id: UUID | None = None


def remember(workspace_id: UUID, answered: Sequence[Answered]) -> int:
    """Keep what answered which question; a reply that is known stays. Returns how many are new.

    A question of fewer than two words is not kept. One statement.
    """
    made = [
        Precedent(
            workspace_id=workspace_id,
            case_id=one.case_id,
            message_id=one.message_id,
            article_id=one.article_id,
            user_id=one.user_id,
            stems=stems(one.question),
            at=one.at,
        )
        for one in answered
    ]
    kept = [one for one in made if len(one.stems) >= FEWEST_STEMS]
    known = Precedent.objects.filter(
        workspace_id=workspace_id, is_helpful=True, message_id__in=[one.message_id for one in kept]
    )
    before = set(known.values_list("message_id", flat=True)) if kept else set()
    fresh = [one for one in kept if one.message_id not in before]
    Precedent.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def forget(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Forget the questions of these cases: a customer took words of theirs back."""
    Precedent.objects.filter(workspace_id=workspace_id, case_id__in=list(case_ids)).delete()


def hide_suggestion(
    workspace_id: UUID,
    case_id: UUID,
    question: str,
    *,
    by_id: UUID,
    article_id: UUID | None = None,
    message_id: UUID | None = None,
) -> None:
    """Say that an article, or else a past answer, does not help with this question.

    It is gone from this case and counts less for questions like it; twice is once. Raises
    Article.DoesNotExist.
    """
    if article_id is not None:
        Article.objects.only("id").get(workspace_id=workspace_id, id=article_id)
    Precedent.objects.bulk_create(
        [
            Precedent(
                workspace_id=workspace_id,
                case_id=case_id,
                article_id=article_id,
                message_id=None if article_id else message_id,
                user_id=by_id,
                stems=stems(question),
                is_helpful=False,
                at=now(),
            )
        ],
        ignore_conflicts=True,
    )


def show_again(workspace_id: UUID, case_id: UUID) -> int:
    """Take back what was said against suggestions in a case; returns how many come back."""
    hidden = Precedent.objects.filter(workspace_id=workspace_id, case_id=case_id, is_helpful=False)
    return hidden.delete()[0]
