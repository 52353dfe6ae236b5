"""Tables of waits: what was chosen, what was estimated, who is named."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class WaitChoice(Scoped):
    """What an owner lets customers know; without a row, nothing.

    `is_public`: the page, the badge and the open JSON. `in_chat`: a line in the web chat.
    `has_roster`: who answers, by initials and first name, of those who have agreed themselves.
    """

    is_public = models.BooleanField(default=False)
    in_chat = models.BooleanField(default=False)
    has_roster = models.BooleanField(default=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="waits_choice_one"),
        ]


class Estimate(Scoped):
    """What was told from `at` on, of one channel or (null) of all. Seconds of open time.

    `p90_s` is null where there was too little to tell. Kept for some days, so that what was told
    can be held against what came.
    """

    channel_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)
    p50_s = models.IntegerField(null=True)
    p90_s = models.IntegerField(null=True)
    n = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    span_s = models.IntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "at"],
                nulls_distinct=False,
                name="waits_estimate_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="waits_estimate_age"),
        ]


class Named(Scoped):
    """A member who lets customers know the first name behind their initials."""

    user_id = models.UUIDField()
    first_name = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "user_id"], name="waits_named_once"),
        ]
