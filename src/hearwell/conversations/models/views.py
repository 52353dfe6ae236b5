"""Saved views: lists of cases that somebody wants to come back to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class SavedView(Scoped):
    """A list under a name: a queue, a filter, perhaps words to be found.

    `owner_id` is whose it is; None: the whole team's. `params` are those of the list's address
    (`listing.filter_from`), the queue among them. A deleted one stays for a while, to be restored.
    """

    name = models.CharField(max_length=60)
    owner_id = models.UUIDField(null=True)
    made_by_id = models.UUIDField(null=True)
    params = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    deleted_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "owner_id", "position"], name="conversations_view_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name
