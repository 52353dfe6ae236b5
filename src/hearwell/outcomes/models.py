"""Tables of outcomes: what was imported, and by whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class What(models.TextChoices):
    """What a file holds."""

    PURCHASES = "purchases", _("Purchases")
    SERIES = "series", _("Series")


class Import(Scoped):
    """A file that was taken in: how many of its lines were new, known already and refused.

    `has_agreed`: whoever imported it said that these customers agreed to have their purchases
    looked up beside what they write. What came with a file goes when it is undone; the row stays.
    """

    what = models.CharField(max_length=9, choices=What.choices)
    file_name = models.CharField(max_length=200, blank=True, default="")
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    has_agreed = models.BooleanField(default=False)
    by_id = models.UUIDField()
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "what", "-at"], name="outcomes_import_newest"),
        ]


class Purchase(Scoped):
    """An order of somebody's: its number counts it once, however often it is imported.

    Whose it is: the id on a network, or the SHA-256 of an e-mail address, as promotions have it;
    the address itself is never kept. `amount_minor` is in minor units of `currency`.
    """

    imported = models.ForeignKey(
        Import, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    order_id = models.CharField(max_length=100)
    bought_on = models.DateField()
    network = models.CharField(max_length=32, blank=True, default="")
    network_id = models.TextField(blank=True, default="")
    email_sha256 = models.CharField(max_length=64, blank=True, default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "order_id"], name="outcomes_purchase_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "imported"], name="outcomes_purchase_import"),
            models.Index(fields=["workspace_id", "bought_on"], name="outcomes_purchase_day"),
            models.Index(
                fields=["workspace_id", "network_id"],
                condition=~models.Q(network_id=""),
                name="outcomes_purchase_network",
            ),
            models.Index(
                fields=["workspace_id", "email_sha256"],
                condition=~models.Q(email_sha256=""),
                name="outcomes_purchase_address",
            ),
        ]


class Grain(models.TextChoices):
    """How long one value of a series is of."""

    DAY = "d", _("A day")
    WEEK = "w", _("A week, from Monday")
    MONTH = "m", _("A month")


class Point(Scoped):
    """One value of a series of that name, from `starts_on` for as long as its grain.

    `unit` is a currency (`is_money`: days of it add up) or another word (they have a mean). Values
    of two units are two values: nothing is converted.
    """

    imported = models.ForeignKey(
        Import, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=80)
    grain = models.CharField(max_length=1, choices=Grain.choices)
    starts_on = models.DateField()
    unit = models.CharField(max_length=20)
    is_money = models.BooleanField(default=False)
    value = models.FloatField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "name", "starts_on", "unit"], name="outcomes_point_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "imported"], name="outcomes_point_import"),
        ]
