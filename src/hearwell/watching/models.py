"""The tables of watching: the accounts that are watched, and how often a workspace looks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.watching.rules import EVERY_H


class WatchState(models.TextChoices):
    """Looked for first; refused where there is no such account. Stopped ones can be undone."""

    LOOKING = "looking", _("Being looked up")
    REFUSED = "refused", _("Not found")
    ACTIVE = "active", _("Watched")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")


class Watch(Scoped):
    """One account of another brand, read through `via_id`, an account of ours.

    `panel_id` is the panel it was asked for; `typed` what was typed, `handle` and `author_id` what
    the network calls it. `channel_id` is the archive that its messages are kept in.

    A reading goes through `phase` own, then said, each from the newest back to where the last one
    began; `cursor` is where to go on, `pass_at` when this reading began, `pass_items` what it has
    read in this phase, `cut_at` how far back it came where it was cut short. `begins_at` and
    `ends_at` bound what is known completely. `read_items` were read on the day `read_on` (UTC).
    `items` are the messages kept so far. `left` are the panels a stop took it out of, as
    [panel id, brand]; `purge_at` is when its record goes.
    """

    panel_id = models.UUIDField()
    brand_name = models.CharField(max_length=80)
    via_id = models.UUIDField()
    network = models.CharField(max_length=32)
    typed = models.CharField(max_length=200)
    handle = models.TextField(blank=True, default="")
    author_id = models.TextField(blank=True, default="")
    channel_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=WatchState, default=WatchState.LOOKING)
    hears_all = models.BooleanField(default=False)
    phase = models.CharField(max_length=4, blank=True, default="")
    cursor = models.TextField(null=True)  # noqa: DJ001 -- None is the contract's "from the start"
    pass_at = models.DateTimeField(null=True)
    pass_items = models.PositiveIntegerField(default=0)
    cut_at = models.DateTimeField(null=True)
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)
    read_on = models.DateField(null=True)
    read_items = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    failure_code = models.CharField(max_length=40, blank=True, default="")
    failure_message = models.TextField(blank=True, default="")
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=list)
    purge_at = models.DateTimeField(null=True)
    by_id = models.UUIDField()
    made_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "network", "author_id"],
                condition=~Q(author_id=""),
                name="watching_watch_account",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=["looking", "active"]),
                name="watching_watch_due",
            ),
            models.Index(fields=["workspace_id", "channel_id"], name="watching_watch_record"),
        ]

    def __str__(self) -> str:
        return f"{self.network}:{self.handle or self.typed}"


class Pace(Scoped):
    """How many hours a workspace lets pass between two readings of a brand."""

    hours = models.PositiveSmallIntegerField(default=EVERY_H)
    by_id = models.UUIDField()
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="watching_pace_one"),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h"
