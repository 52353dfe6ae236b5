"""Tables of outbound. Every state change of a delivery leaves a Transition beside it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped, Unscoped
from hearwell.outbound.actlaw import ActState, Topic
from hearwell.outbound.rules import IN_FLIGHT, Origin, State

_STATES = [(state.value, state.value) for state in State]
ORIGINS = [(origin.value, origin.value) for origin in Origin]
_IN_FLIGHT = sorted(state.value for state in IN_FLIGHT)


class Lane(Scoped):
    """Deliveries that must keep their order. Its id is given by the caller and means nothing here.

    ``version`` grows whenever the other side moves; a delivery made for an older one is stale.
    ``follows_id``: this lane leads to the thread of that one from another account of ours. It has
    no version of its own: what was said there makes stale what waits here.
    """

    channel_id = models.UUIDField(editable=False)
    account = models.TextField(editable=False)
    version = models.BigIntegerField(default=0)
    follows_id = models.UUIDField(null=True, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "id", "channel_id", "account"], name="outbound_lane_address"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "follows_id"],
                condition=Q(follows_id__isnull=False),
                name="outbound_lane_follows",
            ),
        ]


class Delivery(Scoped):
    """One thing to be posted once. See rules.py for what may follow what."""

    lane = models.ForeignKey(
        Lane, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, editable=False
    )
    channel_id = models.UUIDField(editable=False)
    account = models.TextField(editable=False)
    network = models.TextField(editable=False)
    state = models.CharField(max_length=12, choices=_STATES, default=State.DRAFT.value)
    state_since = models.DateTimeField(default=now)
    key = models.UUIDField(editable=False)
    draft = models.JSONField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    context = models.JSONField(default=dict, editable=False)
    author_id = models.UUIDField(null=True, editable=False)
    origin = models.CharField(
        max_length=9, choices=ORIGINS, default=Origin.PERSON.value, db_default=Origin.PERSON.value
    )
    lane_version = models.BigIntegerField(null=True)
    queued_at = models.DateTimeField(default=now)
    not_before = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True)
    first_claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    unknown_since = models.DateTimeField(null=True)
    read_back_after = models.DateTimeField(null=True)
    pending_token = models.TextField(blank=True)
    # Where an older copy of the database came back: ask the network before posting.
    look_first = models.BooleanField(default=False)
    remote_id = models.TextField(blank=True)
    permalink = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    failure_code = models.TextField(blank=True)
    failure_message = models.TextField(blank=True)
    alternatives = models.JSONField(default=list)
    # When the sweep shall look at this row; a hint, the columns above are the truth.
    wake_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "key"], name="outbound_delivery_client_key"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "lane"],
                condition=Q(state__in=_IN_FLIGHT),
                name="outbound_delivery_one_in_flight",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "remote_id"],
                condition=~Q(remote_id=""),
                name="outbound_delivery_remote_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["wake_at"],
                condition=Q(wake_at__isnull=False),
                name="outbound_delivery_wake",
            ),
            models.Index(fields=["workspace_id", "lane", "id"], name="outbound_delivery_lane"),
            models.Index(
                fields=["workspace_id", "state", "state_since"], name="outbound_delivery_state"
            ),
        ]


class File(Scoped):
    """A file that goes out with a delivery, or will: its ``key`` is that of the composer.

    The composer's key becomes the delivery's. Bytes and row are written together, so that neither
    is ever without the other. ``handle`` is what the network calls the file since ``handed_at``;
    networks forget what no message shows, so that it is good for a while only.
    """

    key = models.UUIDField(editable=False)
    delivery = models.ForeignKey(
        Delivery,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="files",
        db_constraint=False,
        db_index=False,
    )
    added_by_id = models.UUIDField(null=True, editable=False)
    added_at = models.DateTimeField(default=now)
    name = models.TextField()
    mime = models.CharField(max_length=80)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    alt = models.TextField(blank=True, default="")
    handle = models.TextField(blank=True, default="")
    handed_at = models.DateTimeField(null=True)
    is_prepared = models.BooleanField(default=False)
    body = models.BinaryField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "key", "digest"], name="outbound_file_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "delivery"],
                condition=Q(delivery__isnull=False),
                name="outbound_file_delivery",
            ),
            models.Index(
                fields=["added_at"],
                condition=Q(delivery__isnull=True),
                name="outbound_file_unsent",
            ),
        ]


class Transition(Scoped):
    """One change of state, written in the same transaction. The application cannot alter it."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    before = models.CharField(max_length=12, choices=_STATES, blank=True)
    after = models.CharField(max_length=12, choices=_STATES)
    at = models.DateTimeField(default=now)
    by_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    remote_id = models.TextField(blank=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "delivery", "at"], name="outbound_transition_history"
            ),
        ]


class Moderation(Scoped):
    """One act on a message besides answering it, as a person asked for it. See actlaw.py.

    ``message_id`` is given by the caller and means nothing here; ``ref`` and ``root_id`` are the
    network's names of the message and of what its thread began with. ``why`` is what the person
    gave as the reason. At most one of a topic waits, so that two presses are one act.
    """

    channel_id = models.UUIDField(editable=False)
    account = models.TextField(editable=False)
    network = models.TextField(editable=False)
    message_id = models.UUIDField(editable=False)
    ref = models.TextField(editable=False)
    root_id = models.TextField(blank=True, editable=False)
    act = models.CharField(max_length=10, editable=False)
    topic = models.CharField(max_length=10, choices=[(t.value, t.value) for t in Topic])
    why = models.TextField(blank=True, editable=False)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ActState],
        default=ActState.WAITING.value,
    )
    asked_by_id = models.UUIDField(null=True, editable=False)
    asked_at = models.DateTimeField(default=now, editable=False)
    settled_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=now)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    failure_code = models.TextField(blank=True)
    failure_message = models.TextField(blank=True)
    # When the sweep shall look at this row, as with a delivery.
    wake_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message_id", "topic"],
                condition=Q(state=ActState.WAITING.value),
                name="outbound_moderation_one_waits",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "message_id", "id"], name="outbound_moderation_of"
            ),
            models.Index(
                fields=["wake_at"],
                condition=Q(wake_at__isnull=False),
                name="outbound_moderation_wake",
            ),
        ]


class SwitchScope(models.TextChoices):
    """How much a kill switch stops; UNATTENDED: what no person is sending now, everywhere."""

    WORKSPACE = "workspace"
    NETWORK = "network"
    ACCOUNT = "account"
    UNATTENDED = "unattended"


class KillSwitch(Scoped):
    """While ``off_at`` is empty, nothing in its scope goes out.

    ``value`` is empty for a workspace, a network's key, a channel's id for an account, or, for what
    is unattended, the id of whatever asked for it: several may at once.
    """

    scope = models.CharField(max_length=10, choices=SwitchScope.choices)
    value = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    on_since = models.DateTimeField(default=now)
    by_id = models.UUIDField(null=True)
    off_at = models.DateTimeField(null=True)
    off_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "scope", "value"],
                condition=Q(off_at__isnull=True),
                name="outbound_killswitch_once",
            ),
        ]


class InstanceMark(Unscoped):
    """Which database instance last sent: another one may be an older copy of the past.

    One row. ``system_identifier`` changes with a restore, ``timeline`` with a failover.
    """

    only = models.BooleanField(default=True, unique=True, editable=False)
    system_identifier = models.TextField()
    timeline = models.BigIntegerField()
    seen_at = models.DateTimeField(default=now)
