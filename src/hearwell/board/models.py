"""Tables of the status board: updates, their versions, their cases, and links for staff."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class State(models.TextChoices):
    """A draft is published; what was published holds until it is withdrawn or over."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Over")


class StatusUpdate(Scoped):
    """Something that holds for many at once, until `valid_until` or until it is ended.

    `entities` are what a message must name, as written; `patterns` (same order) find them. With a
    `topic` beside them a case must have both. `version` is the current one, `said_version` the
    first that says what is said now: details for staff change it not. `changed_at`: when what
    customers are told last changed or ceased to hold.
    """

    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    topic = models.CharField(max_length=60, blank=True, default="")
    entities = ArrayField(models.TextField(), default=list)
    patterns = ArrayField(models.TextField(), default=list)
    channel_ids = ArrayField(models.UUIDField(), default=list)
    valid_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    said_version = models.PositiveIntegerField(default=1)
    first_version = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=now)
    published_at = models.DateTimeField(null=True)
    published_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id"],
                condition=Q(state="published"),
                name="board_update_published",
            ),
            models.Index(fields=["workspace_id", "-created_at"], name="board_update_newest"),
        ]

    @property
    def is_live(self) -> bool:
        """Whether it holds now."""
        is_over = self.valid_until is not None and self.valid_until <= now()
        return self.state == State.PUBLISHED and not is_over

    @property
    def stamp(self) -> str:
        """Another one with every change of what it says and until when."""
        return f"{self.version}.{int(self.valid_until.timestamp()) if self.valid_until else 0}"

    @property
    def is_corrected(self) -> bool:
        """Whether what is said now is not what was said first."""
        return self.first_version is not None and self.said_version > self.first_version


class StatusVersion(Scoped):
    """What an update says at one time; the database refuses to alter one.

    `replies` is language -> the suggested reply, `details` is for staff alone, and `public_text`
    stands on the page for customers; empty: the update is not there.
    """

    update = models.ForeignKey(
        StatusUpdate,
        on_delete=models.DO_NOTHING,
        related_name="versions",
        db_constraint=False,
        db_index=False,
    )
    version = models.PositiveIntegerField()
    headline = models.CharField(max_length=200)
    details = models.TextField(blank=True, default="")
    public_text = models.TextField(blank=True, default="")
    replies = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)
    by_id = models.UUIDField()
    by_name = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "update", "version"], name="board_version_once"
            ),
        ]


class StatusCase(Scoped):
    """A case that an update is about, why, and what its customer was told of it.

    `named` are the entities found in it. One taken out by a person keeps its row, so that it is
    not found again. `told_version` is the version whose words our last reply about it had;
    `followed_at`: when somebody said that the customer knows what holds now.
    """

    update = models.ForeignKey(
        StatusUpdate,
        on_delete=models.DO_NOTHING,
        related_name="cases",
        db_constraint=False,
        db_index=False,
    )
    case_id = models.UUIDField()
    named = ArrayField(models.TextField(), default=list)
    has_topic = models.BooleanField(default=False)
    linked_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)
    removed_by_id = models.UUIDField(null=True)
    told_version = models.PositiveIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)
    followed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "update", "case_id"], name="board_statuscase_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case_id"], name="board_statuscase_case"),
        ]


class StaffLink(Scoped):
    """A link to the board for people at the front who have no account. Only its hash is kept."""

    name = models.CharField(max_length=80)
    digest = models.BinaryField()
    made_by_id = models.UUIDField()
    created_at = models.DateTimeField(default=now, editable=False)
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "digest"], name="board_stafflink_digest"
            ),
        ]
