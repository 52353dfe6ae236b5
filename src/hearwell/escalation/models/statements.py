"""What may be said: versions of a statement, and who signed which text."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class StatementState(models.TextChoices):
    """A newer version takes the place of one that was not approved yet, and of an approved one."""

    SIGNING = "signing", _("Waits for signatures")
    APPROVED = "approved", _("Approved")
    REPLACED = "replaced", _("Replaced")


class Statement(Scoped):
    """One version of what is said about an incident; its text is never changed.

    `digest` is of text and promised time: a signature holds for that and nothing else. `signs` are
    the parts that had to sign when it was written, `asked_at` since when they are asked. Published
    is noted with where it stands.
    """

    incident_id = models.UUIDField()
    version = models.PositiveIntegerField()
    text = models.TextField()
    update_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    signs = models.JSONField(default=list)
    state = models.CharField(
        max_length=8, choices=StatementState.choices, default=StatementState.SIGNING
    )
    written_at = models.DateTimeField(default=now)
    author_id = models.UUIDField()
    deputies_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by_id = models.UUIDField(null=True)
    published_where = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "incident_id", "version"],
                name="escalation_statement_version",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "incident_id"],
                condition=~Q(state="replaced"),
                name="escalation_statement_current",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["deputies_at"],
                condition=Q(deputies_at__isnull=False),
                name="escalation_statement_deputy",
            ),
        ]


class SignOff(Scoped):
    """Somebody signed a text, or sent it back, for a part; `digest` says which text."""

    statement_id = models.UUIDField()
    part = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    user_id = models.UUIDField()
    is_deputy = models.BooleanField(default=False)
    is_signed = models.BooleanField(default=True)
    remark = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "statement_id", "part"], name="escalation_signoff_once"
            ),
        ]
