"""Table of the guard: what one workspace wants looked at."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hearwell.guard.likeness import FROM, OF
from hearwell.kit.models import Scoped


class Policy(Scoped):
    """The guard of a workspace; one without a row has the defaults.

    `levels` has the checks that differ from their default (``rules.DEFAULTS``). `ours` are
    addresses, ``@domains`` and telephone numbers that may be named in public; `patterns` are
    masks of the workspace's own references (``references``). `words` has the profane words of a
    language where they are not the ones that come with Hearwell. A reply is near-identical where
    at least `alike_from` of the last `alike_of` to other customers read like it.
    """

    levels = models.JSONField(default=dict)
    ours = ArrayField(models.TextField(), default=list)
    patterns = ArrayField(models.TextField(), default=list)
    words = models.JSONField(default=dict)
    alike_of = models.PositiveSmallIntegerField(default=OF)
    alike_from = models.PositiveSmallIntegerField(default=FROM)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="guard_policy_one"),
        ]
