"""Moves: conversations that went from one case to another, and what the way back needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class MoveKind(models.TextChoices):
    """All of a case into another one, or a part of it into a new one."""

    MERGE = "merge", _("Merge")
    SPLIT = "split", _("Split")


class Move(Scoped):
    """Conversations that a person moved from one case to another, and why. It can be undone.

    A message goes with its conversation. The few that a way back would mistake are named:
    `kept_ids` were in the target before, `stray_ids` came along without their conversation
    (notes). `before` holds what else changed: of the source, what it was; of the target, what it
    was given.
    """

    kind = models.CharField(max_length=5, choices=MoveKind.choices)
    from_case_id = models.UUIDField()
    to_case_id = models.UUIDField()
    conversation_ids = models.JSONField(default=list)
    kept_ids = models.JSONField(default=list)
    stray_ids = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    why = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)
    actor_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "from_case_id"], name="conversations_move_from"),
            models.Index(fields=["workspace_id", "to_case_id"], name="conversations_move_to"),
        ]
