"""Tables of the web chat: a visitor, the lines of their conversation, the files in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.webchat.rules import READING_S


class Visitor(Scoped):
    """Somebody on one of the sites of a channel. The id is what all others know them by.

    ``subject`` is how the site itself calls them, empty for the anonymous: only a token signed by
    the site sets it, and then (``is_proven``) name and e-mail are the site's word as well.
    ``last_seq`` counts their lines. ``seen_at`` is when their page was last heard of, ``left_at``
    when the last of their pages was closed, as far as that was noticed.
    """

    channel_id = models.UUIDField()
    subject = models.TextField(blank=True, default="")
    name = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    is_proven = models.BooleanField(default=False)
    last_seq = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    seen_at = models.DateTimeField(default=now)
    left_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "subject"],
                condition=~Q(subject=""),
                name="webchat_visitor_subject",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "created_at"],
                condition=Q(last_seq=0),
                name="webchat_visitor_silent",
            ),
        ]


class Side(models.TextChoices):
    """Who wrote a line: they to us, or we to them."""

    IN = "in"
    OUT = "out"


class Line(Scoped):
    """One thing said. ``seq`` is its place and the visitor's cursor; ``key`` keeps it single.

    The key is made by whoever writes: the visitor's page, or the outbox. ``seen_at`` is when our
    answer stood before the visitor's eyes. ``read_by`` is when somebody is to look whether an
    answer was read here: if not, it goes another way. Empty where nothing more is to be done.
    ``went_to`` and ``went_at`` stand at the last answer of a letter: whom it went to, and when.
    ``choices`` are answers to an answer of ours that the visitor can press instead of writing.
    """

    visitor = models.ForeignKey(
        Visitor,
        on_delete=models.CASCADE,
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    seq = models.BigIntegerField()
    side = models.CharField(max_length=3, choices=Side.choices)
    key = models.TextField()
    text = models.TextField(blank=True, default="")
    files = models.JSONField(default=list)
    choices = models.JSONField(default=list, db_default=[])
    at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True)
    read_by = models.DateTimeField(null=True)
    went_to = models.TextField(blank=True, default="", db_default="")
    went_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "visitor", "seq"], name="webchat_line_place"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "visitor", "side", "key"], name="webchat_line_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["read_by"],
                condition=Q(read_by__isnull=False),
                name="webchat_line_unread",
            ),
            models.Index(
                fields=["workspace_id", "went_at"],
                condition=Q(went_at__isnull=False),
                name="webchat_line_gone_on",
            ),
        ]


class Onward(Scoped):
    """How a chat's answers reach those who have left, where its owner has chosen. One a channel.

    ``mailbox_id`` is the account to write from; empty: the one that fits. A chat without a row
    goes by the defaults here.
    """

    channel_id = models.UUIDField()
    is_on = models.BooleanField(default=True)
    wait_s = models.PositiveIntegerField(default=READING_S)
    mailbox_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id"], name="webchat_onward_once"
            ),
        ]


class File(Scoped):
    """A file of a conversation; its bytes lie in the storage under ids alone.

    ``is_ours``: it came with an answer, so that it takes no room of the visitor's.
    """

    visitor = models.ForeignKey(
        Visitor,
        on_delete=models.CASCADE,
        related_name="files",
        db_constraint=False,
        db_index=False,
    )
    name = models.TextField(blank=True, default="")
    mime = models.CharField(max_length=80)
    size = models.BigIntegerField()
    is_sent = models.BooleanField(default=False)
    is_ours = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "visitor"], name="webchat_file_visitor"),
        ]

    @property
    def place(self) -> str:
        """Where its bytes lie in the storage."""
        return f"webchat/{self.workspace_id}/{self.visitor_id}/{self.id}"

    def shown(self) -> dict[str, object]:
        """What a line says of it."""
        return {"id": str(self.id), "name": self.name, "mime": self.mime, "size": self.size}
