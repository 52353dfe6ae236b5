"""Reads of powers. In the caller's scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import RIGHTS
from hearwell.outbound.rules import State
from hearwell.powers.models import Review, ReviewRule, ReviewState
from hearwell.powers.rules import Conditions, Submitted, reasons_to_read

READERS = [role for role, rights in RIGHTS.items() if "approve" in rights]


def review_rules(workspace_id: UUID) -> list[ReviewRule]:
    """The rules, in the order in which they were made. One query."""
    return list(ReviewRule.objects.filter(workspace_id=workspace_id).order_by("made_at", "id"))


def conditions_of(rule: ReviewRule) -> Conditions:
    """A rule as the rules take it."""
    return Conditions(rule.role, rule.user_id, rule.network, rule.audience, rule.kind)


def reasons_for(workspace_id: UUID, what: Submitted) -> list[dict[str, str]]:
    """Why a second person has to read this reply first; empty, and it goes by itself. One query."""
    rules = ReviewRule.objects.filter(workspace_id=workspace_id)
    rules = rules.filter(Q(user_id=None) | Q(user_id=what.user_id)).order_by("made_at", "id")
    return reasons_to_read([conditions_of(rule) for rule in rules], what)


def _waiting(workspace_id: UUID) -> QuerySet[Review]:
    return Review.objects.filter(
        workspace_id=workspace_id,
        state=ReviewState.WAITING,
        delivery__workspace_id=workspace_id,
        delivery__state=State.APPROVAL,
    )


def waiting_reviews(workspace_id: UUID, *, author_id: UUID | None = None) -> list[Review]:
    """Replies that wait to be read, the oldest first, with their delivery. One query."""
    rows = _waiting(workspace_id).select_related("delivery")
    rows = rows.filter(author_id=author_id) if author_id else rows
    return list(rows.order_by("submitted_at", "id")[:100])


def returned_reviews(workspace_id: UUID, author_id: UUID) -> list[Review]:
    """What somebody got back and has not handed in again since; the newest first. One query."""
    theirs = Review.objects.filter(workspace_id=workspace_id, author_id=author_id)
    newest = theirs.order_by("case_id", "-submitted_at", "-id").distinct("case_id").values("id")
    rows = theirs.filter(id__in=newest, state=ReviewState.RETURNED).select_related("delivery")
    return list(rows.order_by("-decided_at")[:50])


def review_of(workspace_id: UUID, delivery_id: UUID) -> Review | None:
    """What became of a reply that was handed in; None for one that nobody had to read."""
    rows = Review.objects.filter(workspace_id=workspace_id, delivery_id=delivery_id)
    return rows.select_related("delivery").first()


def lone_reader(workspace_id: UUID) -> Membership | None:
    """Who alone may read replies before they leave; None where several may. One query."""
    rows = Membership.objects.filter(
        workspace_id=workspace_id, role__in=READERS, user__is_active=True
    )
    found = list(rows.order_by("id")[:2])
    return found[0] if len(found) == 1 else None
