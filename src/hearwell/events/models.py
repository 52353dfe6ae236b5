"""The event log and the counter that numbers it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Event(Scoped):
    """One fact. `seq` is given after the commit, by the notifier alone.

    The order of commits differs from the order of inserts, so a number drawn at insert time would
    let a reader skip rows that commit late.
    """

    name = models.TextField()
    payload = models.JSONField()
    recorded_at = models.DateTimeField(default=now)
    seq = models.BigIntegerField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "seq"], name="events_event_seq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"], name="events_event_unnumbered", condition=models.Q(seq__isnull=True)
            ),
        ]


class EventCounter(models.Model):
    """The last number given in a workspace."""

    workspace_id = models.UUIDField(primary_key=True)
    last_seq = models.BigIntegerField(default=0)
