"""Devices that people want to be told on, what each is or was told, and wishes for digests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Device(Scoped):
    """A browser that a member switched push on in; its keys let only it read what it is told.

    `topics`: what of (`rules.Topic`). `only_here`: not while the person is away. `shows_words`: the
    customer's words may stand on the lock screen.
    """

    user_id = models.UUIDField()
    name = models.CharField(max_length=80)
    endpoint = models.TextField()
    digest = models.BinaryField()
    public_key = models.BinaryField()
    auth = models.BinaryField()
    topics = models.JSONField(default=list)
    only_here = models.BooleanField(default=True)
    shows_words = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)
    told_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "digest"], name="notifications_device_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "user_id"], name="notifications_device_user"),
        ]


class Every(models.TextChoices):
    """How often a digest is sent."""

    DAY = "day", _("Every day")
    WEEK = "week", _("Every Monday")


class Digest(Scoped):
    """A member's wish for a summary by e-mail; without a row there is none.

    Sent at `hour` o'clock in `time_zone`. `next_at` is when; whoever moves it on is the only one
    who sends. `since_at` is where the last one ended.
    """

    user_id = models.UUIDField()
    every = models.CharField(max_length=4, choices=Every.choices, default=Every.DAY)
    hour = models.PositiveSmallIntegerField(default=8)
    time_zone = models.CharField(max_length=64)
    has_team = models.BooleanField(default=False)
    next_at = models.DateTimeField()
    since_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "user_id"], name="notifications_digest_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="notifications_digest_due"),
        ]


class NoticeState(models.TextChoices):
    """Where a notice stands; what is not waiting is never told again."""

    WAITING = "waiting"
    TAKEN = "taken"
    TOLD = "told"
    DROPPED = "dropped"


class Notice(Scoped):
    """One thing that one device is told. Its key says of what, and is why it is told once.

    It is about a case, or about what `about` names: an incident by its number.
    """

    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=120)
    topic = models.CharField(max_length=12)
    case_id = models.UUIDField(null=True)
    about = models.CharField(max_length=40, blank=True, default="", db_default="")
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    look_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "device", "key"], name="notifications_notice_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["look_at"],
                condition=models.Q(state="waiting"),
                name="notifications_notice_due",
            ),
            models.Index(fields=["made_at"], name="notifications_notice_made"),
        ]


class Letter(Scoped):
    """One thing that one member is told by e-mail, because they are waited for by name.

    Taken, it is looked at again at `look_at` unless it was sent by then: rather twice than never.
    """

    user_id = models.UUIDField()
    key = models.CharField(max_length=120)
    topic = models.CharField(max_length=12)
    case_id = models.UUIDField(null=True)
    about = models.CharField(max_length=40, blank=True, default="")
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=NoticeState, default=NoticeState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    look_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "user_id", "key"], name="notifications_letter_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["look_at"],
                condition=models.Q(state="waiting"),
                name="notifications_letter_due",
            ),
            models.Index(fields=["made_at"], name="notifications_letter_made"),
        ]
