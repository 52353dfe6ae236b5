"""Messages: one model for everything that is said, its history, and what came before its time."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from hearwell.contacts.models import Identity
from hearwell.conversations.models.cases import ERASED, Case, Conversation
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Direction(models.TextChoices):
    """Who spoke: they to us, or we to them (and, for notes, we to ourselves)."""

    IN = "in"
    OUT = "out"


class Message(Scoped):
    """Anything said in a case: post, comment, mention, direct message, review, mail, call, note.

    `sent_at` is the network's time, `received_at` ours. `case_id` is the case that it was said in,
    which stays when its thread goes on in a newer case. Rows are written once and hardly ever
    changed: whether a message still waits is in Waiting, what was thought of it is triage's.
    `search` holds the words that it is found by (conversations.words). `audience` is public,
    private or team (a note); `remote_id` is empty for notes, whose `channel_id` is null. `note_key`
    is that of the composer a note was written in: the same key again is the same note. `text`
    is what its author says in it, `full_text` all of it where that is more (quotes, a signature).
    `about` is what else the network tells of it (services.arrivals.about). `stage` says how it
    concerns us although nobody addressed it to us; empty where they did.
    """

    conversation = models.ForeignKey(
        Conversation,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="messages",
        db_constraint=False,
        db_index=False,
    )
    case = models.ForeignKey(
        Case,
        on_delete=models.DO_NOTHING,
        related_name="messages",
        db_constraint=False,
        db_index=False,
    )
    channel_id = models.UUIDField(null=True)
    remote_id = models.TextField(blank=True, default="")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=8)
    audience = models.CharField(max_length=8)
    parent_remote_id = models.TextField(blank=True, default="")
    root_remote_id = models.TextField(blank=True, default="")
    author_identity = models.ForeignKey(
        Identity, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    author_user_id = models.UUIDField(null=True)
    author_name = models.TextField(blank=True, default="")
    subject = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    full_text = models.TextField(blank=True, default="")
    entities = models.JSONField(default=list)
    media = models.JSONField(default=list)
    about = models.JSONField(default=dict)
    language = models.CharField(max_length=16, blank=True, default="")
    rating = models.SmallIntegerField(null=True)
    needs_reply = models.BooleanField(null=True)
    replaced = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    is_purged = models.BooleanField(default=False)
    version = models.BigIntegerField(default=1)
    raw_id = models.UUIDField(null=True)
    permalink = models.TextField(blank=True, default="")
    is_holding = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    is_historic = models.BooleanField(default=False)
    stage = models.CharField(max_length=8, blank=True, default="")
    delivery_id = models.UUIDField(null=True)
    note_key = models.UUIDField(null=True)
    sent_outside = models.BooleanField(default=False)
    receipt = models.CharField(max_length=9, blank=True, default="")
    search = SearchVectorField(null=True)

    # Not a column: its conversation began with the batch that brought it and nothing of ours is
    # in there, so there is no past to look up.
    is_first = False

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "remote_id"],
                name="conversations_message_once",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "delivery_id"],
                condition=models.Q(delivery_id__isnull=False),
                name="conversations_message_delivery",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "case", "sent_at", "id"], name="conversations_message_case"
            ),
            models.Index(
                fields=["workspace_id", "conversation", "sent_at"],
                condition=models.Q(direction=Direction.OUT, conversation__isnull=False),
                name="conversations_message_ours",
            ),
            models.Index(fields=["workspace_id", "sent_at"], name="conversations_message_time"),
            # What people said in public, read by reports without its text: one entry for each.
            models.Index(
                fields=["workspace_id", "sent_at"],
                include=["id", "author_identity", "case", "channel_id", "stage"],
                condition=models.Q(direction=Direction.IN, audience="public", deleted_at=None),
                name="conversations_message_heard",
            ),
            GinIndex(fields=["search"], name="conversations_message_search"),
        ]

    @property
    def link(self) -> str:
        """Where it stands on its network, if that is an address that may be followed."""
        return self.permalink if self.permalink.startswith("https://") else ""

    @property
    def is_erased(self) -> bool:
        """Say whether its customer was erased: the network's name of it is gone."""
        return self.remote_id.startswith(ERASED)


class MessageVersion(Scoped):
    """What a message said at one time. Written from its first change on, the original included."""

    message = models.ForeignKey(
        Message,
        on_delete=models.DO_NOTHING,
        related_name="versions",
        db_constraint=False,
        db_index=False,
    )
    version = models.BigIntegerField()
    text = models.TextField(blank=True, default="")
    entities = models.JSONField(default=list)
    rating = models.SmallIntegerField(null=True)
    said_at = models.DateTimeField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message", "version"], name="conversations_version_once"
            ),
        ]


class EarlyChange(Scoped):
    """An edit, deletion or receipt that came before its message; applied when that arrives."""

    channel_id = models.UUIDField()
    remote_id = models.TextField()
    verb = models.CharField(max_length=8)
    version = models.BigIntegerField(default=0)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "remote_id", "verb", "version"],
                name="conversations_early_once",
            ),
        ]


class Reaction(Scoped):
    """Somebody's reaction to a message, by its remote id (which may not be known yet)."""

    channel_id = models.UUIDField()
    target_remote_id = models.TextField()
    actor_external_id = models.TextField()
    actor_name = models.TextField(blank=True, default="")
    reaction = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "target_remote_id", "actor_external_id"],
                name="conversations_reaction_once",
            ),
        ]
