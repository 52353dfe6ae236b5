"""Tables of strategy. A playbook is never changed: whoever changes an answer makes a version."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Playbook(Scoped):
    """One version of the four answers, whole; `answers` as `rules.Answers.stored`.

    `shown` are the names of that day (teams, people, promises): a version must be readable when
    they are gone. The application can add versions and alter none.
    """

    version = models.PositiveIntegerField()
    answers = models.JSONField()
    shown = models.JSONField(default=dict)
    remark = models.TextField(blank=True, default="")
    made_at = models.DateTimeField(default=now)
    made_by_id = models.UUIDField(null=True)
    made_by_name = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "version"], name="strategy_playbook_version"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class Answers(Scoped):
    """The answers being given, saved as one goes: one row a workspace."""

    answers = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="strategy_answers_one"),
        ]
