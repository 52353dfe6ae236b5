"""What was answered to a request that may come again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Remembered(Scoped):
    """An idempotency key with the request it was used for and the answer it got.

    The digest binds the key to method, path and body. Kept for two days; twenty-four hours are
    promised.
    """

    membership_id = models.UUIDField()
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=60, blank=True, default="")
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "membership_id", "key"], name="api_remembered_key"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="api_remembered_age"),
        ]
