"""Who wants to know what, what is to be sent to them, and how far the log is read."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class OffReason(models.TextChoices):
    """Why a webhook is off."""

    BY_HAND = "by_hand", _("Switched off by somebody")
    GONE = "gone", _("Its address answered 410 Gone")
    FAILING = "failing", _("Nothing got through for a week")
    CROWDED = "crowded", _("Too much waits for it")
    RESTORED = "restored", _("This system was restored from a backup")


class Subscription(Scoped):
    """A webhook: an address, and which kinds of events it is told of.

    `sealed` is its secret, `sealed_before` the one before until `before_until`. Events after
    `from_seq` of the log are told. `resume_at` is when its address may be called again, `failures`
    how often in a row it failed, since `failing_since`. `lease_until`: a sender is at it.
    """

    url = models.TextField()
    description = models.CharField(max_length=200, blank=True, default="")
    kinds = ArrayField(models.TextField(), default=list)
    with_words = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=16, choices=OffReason.choices, blank=True, default="")
    off_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()
    sealed_before = models.BinaryField(null=True)
    before_until = models.DateTimeField(null=True)
    from_seq = models.BigIntegerField(default=0)
    resume_at = models.DateTimeField(default=now)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    created_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        pass


class HookState(models.TextChoices):
    """How far a notice has come."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class HookDelivery(Scoped):
    """One event for one webhook, with the exact body that every attempt sends.

    `message_id` is what the receiver knows it by, the same whatever is repeated. `due_at` is when
    it may be tried; `since_at` when trying began, which a replay begins anew.
    """

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, db_constraint=False, related_name="deliveries"
    )
    message_id = models.UUIDField()
    seq = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=40)
    body = models.TextField()
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=HookState.choices, default=HookState.WAITING)
    occurred_at = models.DateTimeField()
    since_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    attempts = models.IntegerField(default=0)
    replays = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    error = models.CharField(max_length=40, blank=True, default="")
    answer = models.CharField(max_length=500, blank=True, default="")
    took_ms = models.IntegerField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "subscription", "message_id"],
                name="integrations_hook_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "subscription", "due_at"],
                condition=models.Q(state="waiting"),
                name="integrations_hook_due",
            ),
            models.Index(
                fields=["workspace_id", "subscription", "-created_at", "-id"],
                name="integrations_hook_newest",
            ),
            models.Index(fields=["created_at"], name="integrations_hook_age"),
        ]


class Reading(Scoped):
    """How far the event log of a workspace has been read for its webhooks."""

    seq = models.BigIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="integrations_reading_one"),
        ]
