"""What each role may answer and give, the purse it comes from, and every grant."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class RolePower(Scoped):
    """What one role may do alone; a role without a row has the defaults (``giving.DEFAULTS``).

    Empty `networks`, `audiences`, `kinds`: all of them. Limits are in minor units of the purse's
    currency: for one case, for one customer within a year, for one person's day; None: no limit.
    """

    role = models.CharField(max_length=10)
    networks = ArrayField(models.TextField(), default=list)
    audiences = ArrayField(models.TextField(), default=list)
    kinds = ArrayField(models.TextField(), default=list)
    case_minor = models.BigIntegerField(null=True)
    year_minor = models.BigIntegerField(null=True)
    day_minor = models.BigIntegerField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "role"], name="powers_rolepower_once"),
        ]


class Purse(Scoped):
    """The money of a workspace: its currency, and the budget for surprises.

    Its row is the lock under which everything is given. 0 for `surprise_month_minor`: there is no
    such budget.
    """

    currency = models.CharField(max_length=3, default="EUR")
    surprise_month_minor = models.BigIntegerField(default=0)
    surprise_each_minor = models.BigIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="powers_purse_one"),
        ]


class GrantKind(models.TextChoices):
    """From which budget it is given."""

    GOODWILL = "goodwill", _("Goodwill")
    SURPRISE = "surprise", _("Surprise")


class GrantState(models.TextChoices):
    """Whether it is given."""

    WAITING = "waiting", _("Waits for a second person")
    GRANTED = "granted", _("Given")
    REFUSED = "refused", _("Not given")
    RETURNED = "returned", _("Taken back")


class Grant(Scoped):
    """Something given to a customer, or asked for.

    `giver_id` recorded it; `approver_id` is on whose powers it stands: the giver's own, or, where
    `is_above` theirs, somebody else's. `key` is the form's: the same form again is the same grant.
    """

    key = models.UUIDField(editable=False)
    case_id = models.UUIDField()
    contact_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10, choices=GrantKind.choices)
    reason = models.CharField(max_length=20)
    note = models.TextField(blank=True, default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=GrantState.choices)
    is_above = models.BooleanField(default=False)
    giver_id = models.UUIDField()
    given_at = models.DateTimeField(default=now)
    approver_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "key"], name="powers_grant_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="powers_grant_amount"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(approver_id__isnull=False),
                name="powers_grant_has_approver",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(is_above=False) | ~Q(approver_id=F("giver_id")),
                name="powers_grant_two_persons",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "-given_at"], name="powers_grant_given"),
            models.Index(fields=["workspace_id", "case_id"], name="powers_grant_case"),
            models.Index(fields=["workspace_id", "contact_id"], name="powers_grant_contact"),
            models.Index(
                fields=["workspace_id", "state"],
                condition=Q(is_above=True),
                name="powers_grant_above",
            ),
            models.Index(
                fields=["workspace_id", "approver_id", "decided_at"],
                condition=Q(state="granted"),
                name="powers_grant_day",
            ),
            models.Index(
                fields=["workspace_id", "decided_at"],
                condition=Q(state="granted", kind="surprise"),
                name="powers_grant_surprise",
            ),
            models.Index(
                fields=["workspace_id", "given_at"],
                condition=Q(state="waiting"),
                name="powers_grant_waiting",
            ),
        ]
