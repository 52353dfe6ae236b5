"""The table of our own voice: what people said a post is, where they said otherwise."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.voice.rules import SAYABLE


class Ruling(Scoped):
    """What a person said that a message of ours is; an empty `klass`: as the rules tell it.

    `before` is what stood there before the last change, so that it can be taken back once; None
    where there is nothing to take back.
    """

    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    klass = models.CharField(
        max_length=14, choices=[(one.value, one.value) for one in SAYABLE], blank=True, default=""
    )
    before = models.CharField(max_length=14, null=True)  # noqa: DJ001  None: nothing to take back
    by_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "message"], name="voice_ruling_once"),
        ]
