"""What is counted by day: what our calls cost, how many follow our accounts; and spending caps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Usage(Scoped):
    """How often a channel was charged for one thing on one day, and what that cost.

    ``day`` is the network's own (in the zone of its quota, else in UTC). ``micros`` are millionths
    of a US dollar at the price of the moment: a later price changes nothing that was paid.
    """

    channel_id = models.UUIDField()
    network = models.TextField()
    day = models.DateField()
    what = models.TextField()
    count = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    micros = models.BigIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "network", "day", "channel_id", "what"],
                name="channels_usage_once",
            ),
        ]


class NetworkTerms(Scoped):
    """What a workspace decided about a network: its monthly cap, the prices that it really pays.

    ``cap_micros``: None for no cap. ``prices`` are micros by the manifest's names, where they
    differ. ``told`` is the last warning that was given, as ``2026-03:near`` or ``2026-03:reached``.
    """

    network = models.TextField()
    cap_micros = models.BigIntegerField(null=True)
    prices = models.JSONField(default=dict)
    told = models.TextField(default="", blank=True)
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "network"], name="channels_networkterms_network"
            ),
        ]


class Following(Scoped):
    """How many followed an account of ours on a day (UTC), as its network last said on it."""

    channel_id = models.UUIDField()
    day = models.DateField()
    followers = models.BigIntegerField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "day"], name="channels_following_once"
            ),
        ]
