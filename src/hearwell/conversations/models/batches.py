"""Acts on many cases at once, and what the way back needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class BatchKind(models.TextChoices):
    """What can be done with many cases at once."""

    ASSIGN = "assign", _("Assign")
    TAG = "tag", _("Label")
    CLOSE = "close", _("Solve")
    SNOOZE = "snooze", _("Snooze")


class Batch(Scoped):
    """One act of a person on many cases. It can be undone for a while, all of it at once.

    `data` is what was done: `to`, `tag`, `reason` or `until`. `rows` is a list of what each case
    was before (`id`, and what the act changed), with what the act left behind: a case that is
    no longer so has been changed by somebody else, and is left alone by the undo.
    """

    kind = models.CharField(max_length=8, choices=BatchKind.choices)
    actor_id = models.UUIDField()
    data = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="conversations_batch_at"),
        ]
