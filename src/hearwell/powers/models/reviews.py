"""Which replies a second person reads before they leave, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.outbound.models import Delivery


class ReviewRule(Scoped):
    """Replies that wait for a second person; what is empty fits anything.

    With `user_id` it is about one person (trainee mode), with `role` about all of a role.
    """

    role = models.CharField(max_length=10, blank=True, default="")
    user_id = models.UUIDField(null=True)
    network = models.CharField(max_length=32, blank=True, default="")
    audience = models.CharField(max_length=8, blank=True, default="")
    kind = models.CharField(max_length=16, blank=True, default="")
    made_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "role", "user_id", "network", "audience", "kind"],
                nulls_distinct=False,
                name="powers_reviewrule_once",
            ),
        ]


class ReviewState(models.TextChoices):
    """What became of a reply that was handed in."""

    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Changes asked for")
    RECALLED = "recalled", _("Taken back")


class Review(Scoped):
    """A reply that was handed in to be read.

    `digest` is that of the draft as handed in: only that is approved. `reasons` are the conditions
    of the rules that it fell under. `remark` is what the reader asks to be changed.
    """

    delivery = models.ForeignKey(
        Delivery, related_name="+", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    case_id = models.UUIDField()
    author_id = models.UUIDField()
    digest = models.CharField(max_length=64, editable=False)
    reasons = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=ReviewState.choices, default=ReviewState.WAITING
    )
    submitted_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    remark = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "delivery"], name="powers_review_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "submitted_at"],
                condition=models.Q(state="waiting"),
                name="powers_review_waiting",
            ),
            models.Index(
                fields=["workspace_id", "author_id", "submitted_at"], name="powers_review_author"
            ),
            models.Index(
                fields=["workspace_id", "author_id"],
                condition=models.Q(state="returned"),
                name="powers_review_returned",
            ),
            models.Index(fields=["workspace_id", "case_id"], name="powers_review_case"),
        ]
