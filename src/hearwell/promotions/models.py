"""Tables of promotions: what was chosen, and what other programs were told of the list."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.promotions.rules import USUAL_COOL_OFF, Basis, Reason

_HOUR_S = 3600
REASONS = [(one.value, one.value) for one in Reason]


class Verb(models.TextChoices):
    """What became of a person on the list."""

    STARTED = "started", _("Held back")
    ENDED = "ended", _("No longer held back")


class HoldChoice(Scoped):
    """What a workspace chose; without a row, the defaults.

    `counts_praise`: an open case that only asks to be acknowledged holds back, too. `email_basis`
    is the ground on which hashed addresses are told, `email_statement` the owner's own words for
    it; while it is empty no address is told in any form.
    """

    cool_off_h = models.PositiveSmallIntegerField(
        default=int(USUAL_COOL_OFF.total_seconds()) // _HOUR_S
    )
    counts_praise = models.BooleanField(default=True)
    email_basis = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in Basis], blank=True, default=""
    )
    email_statement = models.TextField(blank=True, default="")
    email_at = models.DateTimeField(null=True)
    email_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="promotions_choice_one"),
        ]


class Feed(Scoped):
    """How far the telling is: of the event log (`read_seq`), of our own numbers (`last_seq`).

    `counted_at` is when the whole list was last held against what was told; empty: it is due.
    """

    read_seq = models.BigIntegerField(default=0)
    last_seq = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="promotions_feed_one"),
        ]


class Told(Scoped):
    """Somebody who was told of as held back and not yet as free again, as last told.

    `until`: when the cool-off ends; empty while a case is open. For a mail address `network_id`
    is its SHA-256.
    """

    network = models.CharField(max_length=32)
    network_id = models.TextField()
    contact_id = models.UUIDField()
    email_sha256 = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=20, choices=REASONS)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "network", "network_id"], name="promotions_told_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "contact_id"], name="promotions_told_contact"),
            models.Index(
                fields=["until"],
                condition=models.Q(until__isnull=False),
                name="promotions_told_until",
            ),
        ]


class Hold(Scoped):
    """Because of which cases a person was last told of: where to look when one of them changes."""

    contact_id = models.UUIDField()
    case_id = models.UUIDField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "contact_id", "case_id"], name="promotions_hold_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case_id"], name="promotions_hold_case"),
        ]


class Change(Scoped):
    """Somebody came onto the list or left it. `seq` counts in the workspace, without a gap."""

    seq = models.BigIntegerField()
    verb = models.CharField(max_length=8, choices=Verb.choices)
    network = models.CharField(max_length=32)
    network_id = models.TextField()
    email_sha256 = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=20, choices=REASONS)
    since = models.DateTimeField()
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "seq"], name="promotions_change_seq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="promotions_change_age"),
        ]
