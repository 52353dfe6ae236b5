"""Passings: a customer was asked to go on in another channel, why, and what we know already."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Passing(Scoped):
    """One time that a customer was asked to go on elsewhere. The application cannot alter it.

    `channel_id`, `network` and `audience` are where they wrote; `goes_to` is a network's key,
    "private" (on the same one), "phone" or "other". `known` is what they have told us already.
    """

    case_id = models.UUIDField()
    channel_id = models.UUIDField(null=True)
    network = models.CharField(max_length=32)
    audience = models.CharField(max_length=8)
    goes_to = models.CharField(max_length=32)
    reason = models.CharField(max_length=24)
    words = models.TextField(blank=True, default="")
    known = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)
    actor_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="conversations_passing_at"),
            models.Index(fields=["workspace_id", "case_id"], name="conversations_passing_case"),
        ]
