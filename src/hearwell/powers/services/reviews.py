"""Say whose replies are read first; keep what was handed in, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import RIGHTS, can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery
from hearwell.powers.events import ReplyHandedIn, ReplyReviewed
from hearwell.powers.models import Review, ReviewRule, ReviewState
from hearwell.powers.queries import conditions_of
from hearwell.powers.rules import Conditions

_MOST_RULES = 200
_AUDIENCES = ("", "public", "private")


class BadRuleError(ValueError):
    """A rule that makes no sense; the message says what to do, in words for the page."""


@transaction.atomic
def add_review_rule(workspace_id: UUID, conditions: Conditions, *, by: User) -> ReviewRule:
    """Let a second person read such replies first; the same rule twice is one.

    Raises BadRuleError.
    """
    _check(workspace_id, conditions)
    values: dict[str, Any] = {
        name: getattr(conditions, name) for name in conditions.__dataclass_fields__
    }
    rule, is_new = ReviewRule.objects.get_or_create(workspace_id=workspace_id, **values)
    if is_new:
        _audit(rule, "approval.rule_made", by)
    return rule


def _check(workspace_id: UUID, conditions: Conditions) -> None:
    if ReviewRule.objects.filter(workspace_id=workspace_id).count() >= _MOST_RULES:
        raise BadRuleError(_("There are too many rules. Remove some that are not needed."))
    if conditions.role and not can(conditions.role, "reply"):
        raise BadRuleError(_("This role does not answer customers."))
    if conditions.audience not in _AUDIENCES:
        raise BadRuleError(_("Choose public, private, or both."))
    members = Membership.objects.filter(workspace_id=workspace_id)
    if conditions.user_id and not members.filter(user_id=conditions.user_id).exists():
        raise BadRuleError(_("This person is not a member of the workspace."))
    readers = [role for role, rights in RIGHTS.items() if "approve" in rights]
    others = members.filter(role__in=readers, user__is_active=True)
    if conditions.user_id:
        others = others.exclude(user_id=conditions.user_id)
    if not others.exists():
        message = _("Nobody else could approve: give somebody the role of a lead first.")
        raise BadRuleError(message)


@transaction.atomic
def remove_review_rule(workspace_id: UUID, rule_id: UUID, *, by: User) -> bool:
    """Let such replies go by themselves again; what waits already still waits. False: gone."""
    rule = ReviewRule.objects.filter(workspace_id=workspace_id, id=rule_id).first()
    if rule is None:
        return False
    _audit(rule, "approval.rule_removed", by)
    ReviewRule.objects.filter(workspace_id=workspace_id, id=rule_id).delete()
    return True


def _audit(rule: ReviewRule, action: str, by: User) -> None:
    told = conditions_of(rule).told()
    is_made = action.endswith("made")
    before, after = (None, told) if is_made else (told, None)
    record_audit(
        rule.workspace_id, [AuditEntry(action, by, "reviewrule", rule.id, "", before, after)]
    )


def hand_in(
    delivery: Delivery, case_id: UUID, author_id: UUID, reasons: Sequence[dict[str, Any]]
) -> Review:
    """Keep that a reply waits to be read, by what it says now. In the caller's transaction."""
    review = Review.objects.create(
        workspace_id=delivery.workspace_id,
        delivery=delivery,
        case_id=case_id,
        author_id=author_id,
        digest=delivery.digest,
        reasons=list(reasons),
    )
    emit([ReplyHandedIn(review.workspace_id, case_id, delivery.id, author_id)])
    return review


def settle_review(
    workspace_id: UUID,
    delivery_id: UUID,
    state: ReviewState,
    *,
    by_id: UUID,
    remark: str = "",
) -> bool:
    """Keep what became of a reply that waited; False if it was settled before."""
    rows = Review.objects.filter(
        workspace_id=workspace_id, delivery_id=delivery_id, state=ReviewState.WAITING
    )
    review = rows.first()
    if not rows.update(state=state, decided_by_id=by_id, decided_at=now(), remark=remark):
        return False
    if review is not None:
        told = (review.case_id, delivery_id, review.author_id, state.value, by_id)
        emit([ReplyReviewed(workspace_id, *told)])
    return True
