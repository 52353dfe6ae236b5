"""Tables of spikes: counts, what is usual in each stream, what was found, what was chosen."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.spikes.rules import Sensitivity, SpikeKind


class State(models.TextChoices):
    """What people said about a spike."""

    PROPOSED = "proposed", _("Not looked at")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class Tally(Scoped):
    """How many messages of theirs were sent in five minutes from `at`, on one channel and topic.

    `topic` is of `topics`; empty counts all. Counted anew while messages may still come in late.
    """

    at = models.DateTimeField()
    channel_id = models.UUIDField()
    topic = models.TextField(blank=True)
    messages = models.IntegerField()
    complaints = models.IntegerField()
    praise = models.IntegerField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "at", "topic", "channel_id"], name="spikes_tally_once"
            ),
        ]


class Stream(Scoped):
    """What is usual (`usual.Usual`, stored) on a topic and channel; null is all of them together.

    `learned_until` is the hour, from 1970, up to which the tallies are in it.
    """

    topic = models.TextField(blank=True)
    channel_id = models.UUIDField(null=True)
    usual = models.JSONField(default=dict)
    learned_until = models.IntegerField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "topic", "channel_id"],
                nulls_distinct=False,
                name="spikes_stream_once",
            ),
        ]


class Spike(Scoped):
    """Far more than usual, as it was when it was found, and what people said about it.

    `message_ids` are the messages of its story, the first one first; they grow until it is calm
    (`calm_at`). `case_id` is the case it began in. `reasons` are codes with figures.
    """

    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in SpikeKind])
    topic = models.TextField(blank=True)
    channel_id = models.UUIDField(null=True)
    severity = models.SmallIntegerField()
    minutes = models.SmallIntegerField()
    count = models.IntegerField()
    expected = models.FloatField()
    people = models.IntegerField()
    words = ArrayField(models.TextField(), default=list)
    reasons = models.JSONField(default=list)
    message_ids = ArrayField(models.UUIDField(), default=list)
    case_id = models.UUIDField()
    began_at = models.DateTimeField()
    found_at = models.DateTimeField(default=now)
    calm_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "found_at"], name="spikes_spike_found"),
            models.Index(
                fields=["workspace_id"],
                condition=models.Q(calm_at__isnull=True),
                name="spikes_spike_lasting",
            ),
        ]


class SpikeChoice(Scoped):
    """What a workspace chose; without a row, the defaults. `looked_at` is when we last looked."""

    is_on = models.BooleanField(default=True)
    sensitivity = models.CharField(
        max_length=6,
        choices=[(one.value, one.value) for one in Sensitivity],
        default=Sensitivity.NORMAL,
    )
    least_authors = models.SmallIntegerField(default=8)
    cool_down_h = models.SmallIntegerField(default=6)
    looked_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="spikes_choice_one"),
        ]
