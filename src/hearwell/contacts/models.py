"""Tables of contacts: a person, their identities, the notes about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Contact(Scoped):
    """A person as the team knows them. `name` falls back to the handle first seen.

    `tier` is what the brand calls its better customers ("gold"), in small letters; empty for all
    others. `hold_since`: nothing of theirs may be erased, for the reason in `hold_why` (legal
    hold). `erasing_since` stands while their erasure waits for the worker, `erased_at` when it is
    done: an erased person is an empty row, which cases and figures still point at.
    """

    name = models.TextField(blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    tier = models.CharField(max_length=40, blank=True, default="", db_default="")
    note_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    hold_since = models.DateTimeField(null=True)
    hold_why = models.TextField(blank=True, default="", db_default="")
    hold_by_id = models.UUIDField(null=True)
    erasing_since = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "created_at"], name="contacts_contact_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(Scoped):
    """One person on one network. `external_id` identifies; handle and name may change.

    `followers` is how many the network last told of, unasked; None: it tells nobody. It is for the
    fairness audit alone and shown beside no person.

    `no_messages_since`: they asked for no more messages then, and have not taken it back.
    """

    contact = models.ForeignKey(
        Contact,
        on_delete=models.DO_NOTHING,
        related_name="identities",
        db_constraint=False,
        db_index=False,
    )
    network = models.CharField(max_length=32)
    external_id = models.TextField()
    handle = models.TextField(blank=True, default="")
    name = models.TextField(blank=True, default="")
    seen_at = models.DateTimeField(default=now)
    no_messages_since = models.DateTimeField(null=True)
    followers = models.PositiveBigIntegerField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "network", "external_id"], name="contacts_identity_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "contact"], name="contacts_identity_contact"),
            # Who goes by one e-mail address in several networks.
            models.Index(
                "workspace_id",
                Lower("handle"),
                condition=models.Q(network__in=["email", "webchat"]),
                name="contacts_identity_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.handle or self.external_id


class ContactNote(Scoped):
    """What the team should know about a person. Seen by the team only."""

    contact = models.ForeignKey(
        Contact,
        on_delete=models.DO_NOTHING,
        related_name="notes",
        db_constraint=False,
        db_index=False,
    )
    author_id = models.UUIDField()
    text = models.TextField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "contact", "-created_at"], name="contacts_note_newest"
            ),
        ]


class Link(Scoped):
    """Two people who are one, by somebody's word: what the other one had is the kept one's.

    `identity_ids` and `note_ids` came from the other; they go back when it is undone.
    """

    kept_id = models.UUIDField()
    other_id = models.UUIDField()
    identity_ids = models.JSONField(default=list)
    note_ids = models.JSONField(default=list)
    why = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)
    actor_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "kept_id"],
                condition=models.Q(undone_at__isnull=True),
                name="contacts_link_kept",
            ),
        ]


class Tombstone(Scoped):
    """A keyed hash of what an erased person, or a message of theirs, was called by a network.

    What a network brings again of before `erased_at` is known by it and let go
    (contacts.tombstones). The key lies outside the database.
    """

    digest = models.BinaryField()
    erased_at = models.DateTimeField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "digest"], name="contacts_tombstone_once"
            ),
        ]
