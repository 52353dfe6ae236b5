"""Table of privacy: how long a workspace keeps what it holds about customers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Keeping(Scoped):
    """After how many months without a word of theirs customers are erased. One row a workspace.

    Without a row they are kept until somebody erases them.
    """

    months = models.PositiveSmallIntegerField()
    by_id = models.UUIDField()
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="privacy_keeping_one"),
        ]
