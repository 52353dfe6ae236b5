"""Accounts of a brand, their secrets and health, and the raw deliveries of their networks."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.channels.meters import Following, NetworkTerms, Usage
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped, Unscoped

__all__ = ["Following", "NetworkTerms", "Usage"]


class Brand(Scoped):
    """A name that customers know; it has one or more channels."""

    name = models.TextField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="channels_brand_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Purpose(models.TextChoices):
    """What an account is for: an answer from a brand account warns first."""

    CARE = "care", _("Care")
    BRAND = "brand", _("Brand")
    BOTH = "both", _("Care and brand")


class ChannelState(models.TextChoices):
    """Paused: we neither ask nor send, yet what the network still brings us is taken in.

    Disconnected: the secrets are gone, nothing comes in or goes out, and the history stays.
    """

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    READ_ONLY = "read_only", _("Read only")
    DISCONNECTED = "disconnected", _("Disconnected")


class Channel(Scoped):
    """One account on one network. ``settings`` may be shown to people; secrets are elsewhere."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, db_constraint=False)
    network = models.TextField()
    handle = models.TextField()
    external_id = models.TextField()
    purpose = models.TextField(choices=Purpose, default=Purpose.CARE)
    state = models.TextField(choices=ChannelState, default=ChannelState.ACTIVE)
    endpoint_id = models.UUIDField(null=True)
    settings = models.JSONField(default=dict)
    tier = models.TextField(default="", blank=True)
    scopes = models.JSONField(default=list)
    is_demo = models.BooleanField(default=False)
    connected_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "network", "external_id"], name="channels_channel_account"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["endpoint_id", "external_id"], name="channels_channel_route"),
        ]

    def __str__(self) -> str:
        return f"{self.network}:{self.handle}"


class Endpoint(Unscoped):
    """One way in: an app registration or an account's own path. Global: it precedes workspaces.

    ``token`` is the last part of the webhook's address. ``sealed`` holds the ingress secrets,
    which can verify a delivery and cannot post.
    """

    token = models.TextField(unique=True)
    network = models.TextField()
    sealed = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=now)
    # The delivery being taken in one by one after drains died; see services.drain.
    suspect_id = models.UUIDField(null=True)
    suspect_tries = models.SmallIntegerField(default=0)


class RawState(models.IntegerChoices):
    """What became of a raw delivery."""

    STORED = 0
    DONE = 1
    PARKED = 2
    IGNORED = 3


class RawDelivery(models.Model):
    """What a network sent, byte for byte. Partitioned by the day in its id, never deduplicated.

    The table is made by SQL in the migration: Django knows no partitions.
    """

    id = models.UUIDField(primary_key=True)
    endpoint_id = models.UUIDField()
    source = models.TextField()
    method = models.TextField()
    url = models.TextField()
    headers = models.JSONField()
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.SmallIntegerField(choices=RawState, default=RawState.STORED)
    reason = models.TextField(default="")

    class Meta:
        managed = False


class Credential(Scoped):
    """Secrets that can speak in the account's name, sealed for the sender and the listener.

    ``laid_over`` are sets that came later, oldest first, from a process that may not open
    ``sealed``: each value in them stands in front of the one before. Whoever may open them folds
    them in at the next renewal.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_constraint=False)
    sealed = models.BinaryField()
    laid_over = ArrayField(models.BinaryField(), default=list)
    renewed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel"], name="channels_credential_channel"
            ),
        ]


class StreamCursor(Scoped):
    """How far one polled thing of a channel has been read; moved together with what it brought."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_constraint=False)
    stream = models.TextField()
    cursor = models.TextField(null=True)  # noqa: DJ001 -- None is the contract's "from the start"
    polled_at = models.DateTimeField(default=now)
    # [when, cursor] once an hour, for two days: where a reconciling poll may start.
    marks = models.JSONField(default=list)
    reconciled_at = models.DateTimeField(null=True)
    # Of a search alone: an account that cannot be polled says so under its health.
    failure_code = models.TextField(default="")
    failure_message = models.TextField(default="")
    failing_since = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel", "stream"], name="channels_streamcursor_stream"
            ),
        ]


class HookState(models.TextChoices):
    """Whether the network has been told where to call us; empty where it need not be told."""

    NONE = "", ""
    WAITING = "waiting", _("Being switched on")
    ON = "on", _("Switched on")
    FAILED = "failed", _("Could not be switched on")
    UNREACHABLE = "unreachable", _("Not possible at this address")


class ChannelHealth(Scoped):
    """How a channel fares: the network's own checks, our last failure, when it last spoke.

    ``asked_at`` is when a person last pressed "Check now". ``lag_s`` is how long the newest
    message took from the network's time to us, ``last_item_at`` that message's network time.
    ``allowance`` is a ``connect.health.Allowance`` as JSON, or null.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_constraint=False)
    state = models.TextField(default="unknown")
    checks = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    allowance = models.JSONField(null=True)
    hook_state = models.TextField(choices=HookState, default=HookState.NONE, blank=True)
    hook_message = models.TextField(default="", blank=True)
    last_item_at = models.DateTimeField(null=True)
    lag_s = models.FloatField(null=True)
    last_event_at = models.DateTimeField(null=True)
    last_polled_at = models.DateTimeField(null=True)
    failure_code = models.TextField(default="")
    failure_message = models.TextField(default="")
    failing_since = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel"], name="channels_channelhealth_channel"
            ),
        ]


class Consent(Scoped):
    """A person is on the network's page, asked to let us in; good for an hour, and once.

    Of ``state`` and of the session only digests are kept. ``sealed`` is what the connector wants
    back (``Departure.keep``), ``wish`` what the person chose. Rows are removed within the hour.
    """

    user_id = models.UUIDField()
    session_digest = models.BinaryField()
    state_digest = models.BinaryField()
    network = models.TextField()
    wish = models.JSONField(default=dict)
    sealed = models.BinaryField()
    begun_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "state_digest"], name="channels_consent_state"
            ),
        ]


class ParkedState(models.TextChoices):
    """Open ones are shown under the channel's health until somebody replays or dismisses them."""

    OPEN = "open", _("Waiting")
    REPLAYING = "replaying", _("Being replayed")
    REPLAYED = "replayed", _("Replayed")
    DISMISSED = "dismissed", _("Dismissed")


WHOLE_DELIVERY = -1


class ParkedDelivery(Scoped):
    """One item, or one whole delivery, that could not be taken in; its bytes are kept.

    ``is_follower``: nothing is wrong with the item itself, it waits behind one of its thread.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_constraint=False)
    endpoint_id = models.UUIDField()
    raw_id = models.UUIDField()
    item_index = models.IntegerField(default=WHOLE_DELIVERY)
    dedup_key = models.TextField(default="")
    thread_key = models.TextField(default="")
    code = models.TextField()
    reason = models.TextField()
    is_follower = models.BooleanField(default=False)
    state = models.TextField(choices=ParkedState, default=ParkedState.OPEN)
    attempts = models.IntegerField(default=1)
    parked_at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel", "raw_id", "item_index"],
                name="channels_parkeddelivery_item",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "channel", "parked_at"],
                name="channels_parkeddelivery_open",
                condition=models.Q(state__in=["open", "replaying"]),
            ),
        ]


class EndpointCounter(models.Model):
    """How often a day something happened at an endpoint that left no row: forged, oversized, …."""

    id = models.BigAutoField(primary_key=True)
    endpoint_id = models.UUIDField()
    day = models.DateField()
    name = models.TextField()
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["endpoint_id", "day", "name"], name="channels_endpointcounter_name"
            ),
        ]


class ImportState(models.TextChoices):
    """Queued, running and paused are unfinished: such an import goes on from where it stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class ImportRun(Scoped):
    """One import of one archive, and how far it has come.

    ``fingerprint`` stands for the file and what was asked of it: the same again goes on where it
    stopped. ``position`` counts what was taken in, of ``rows``; ``fresh`` what was new of that, and
    ``changed`` what an earlier archive held with other words.
    ``rows_read`` counts while the file is read, before anything is taken in; then ``going_since``
    and ``going_from`` say when and at which position this go began, for the pace. ``failure``:
    why it failed or was paused by itself.
    """

    fingerprint = models.TextField()
    file_name = models.TextField()
    path = models.TextField()
    layout = models.TextField()
    brands = models.JSONField(default=list)
    open_since = models.DateTimeField(null=True)
    state = models.TextField(choices=ImportState, default=ImportState.QUEUED)
    is_background = models.BooleanField(default=False)
    rows = models.BigIntegerField(null=True)
    rows_read = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    going_since = models.DateTimeField(null=True)
    going_from = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0, db_default=0)
    left_out = models.BigIntegerField(default=0)
    rejected = models.JSONField(default=dict)
    rejects_path = models.TextField(default="", blank=True)
    failure = models.TextField(default="", blank=True)
    started_by_id = models.UUIDField(null=True)
    started_at = models.DateTimeField(default=now)
    moved_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "fingerprint"],
                name="channels_importrun_unfinished",
                condition=models.Q(state__in=["queued", "running", "paused"]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "-started_at"], name="channels_importrun_newest"),
        ]

    @property
    def is_under_way(self) -> bool:
        """Something happens to it by itself."""
        return self.state in {ImportState.QUEUED, ImportState.RUNNING}

    @property
    def is_finished(self) -> bool:
        """Nothing more will happen to it."""
        return not self.is_under_way and self.state != ImportState.PAUSED


class Leftover(models.Model):
    """A raw delivery whose bytes hold somebody who was erased: emptied when it is done with."""

    raw_id = models.UUIDField(primary_key=True)
    noted_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.raw_id)
