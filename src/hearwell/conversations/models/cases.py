"""Cases: what a team works on, the threads in them, who waits, and what was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hearwell.contacts.models import Contact
from hearwell.conversations.listing import URGENT_FROM
from hearwell.conversations.rules import Turn
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Status(models.TextChoices):
    """Where the work on a case stands."""

    OPEN = "open", _("Open")
    SNOOZED = "snoozed", _("Snoozed")
    CLOSED = "closed", _("Closed")


TURNS = [
    (Turn.OURS.value, _("Ours")),
    (Turn.THEIRS.value, _("Theirs")),
    (Turn.NONE.value, _("None")),
]
_WORKED = models.Q(status=Status.OPEN, is_historic=False)
_OURS = _WORKED & models.Q(turn=Turn.OURS.value)


class Case(Scoped):
    """What is to be settled with a customer, over one thread or several.

    `version` moves with everything a replier must know before sending: messages in and out, edits,
    deletions, closing and reopening. `channel_id`, `network`, `audience` and `preview` are those of
    the latest inbound message, plain values for the list. `due_at` belongs to whoever keeps clocks.
    `stage` is empty as soon as anything in it was addressed to us (services.stages).
    `merged_into_id` is the case that took all that was in it; such a case is closed and empty.
    `unsolved_at` is when the customer said that it is not solved, until somebody answers that.
    """

    number = models.PositiveIntegerField()
    title = models.TextField(blank=True, default="")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    closed_reason = models.CharField(max_length=40, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    turn = models.CharField(max_length=6, choices=TURNS, default=Turn.NONE.value)
    duty = models.CharField(max_length=12, blank=True, default="")
    kind = models.CharField(max_length=16, blank=True, default="")
    urgency = models.SmallIntegerField(default=0)
    certainty = models.SmallIntegerField(null=True)
    assignee_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    channel_id = models.UUIDField(null=True)
    network = models.CharField(max_length=32, blank=True, default="")
    audience = models.CharField(max_length=8, blank=True, default="")
    preview = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(default=now)
    last_message_at = models.DateTimeField(default=now)
    last_inbound_at = models.DateTimeField(null=True)
    last_reply_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    unread = models.BooleanField(default=False)
    is_historic = models.BooleanField(default=False)
    stage = models.CharField(max_length=8, blank=True, default="")
    merged_into_id = models.UUIDField(null=True)
    unsolved_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    just_opened = False  # not a column: this very batch opened it and has written all it knows

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "number"], name="conversations_case_number"
            ),
        ]
        # One index per order in which people read: the page of a queue is a range of it.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "due_at", "id"],
                condition=_OURS,
                name="conversations_case_ours",
            ),
            models.Index(
                fields=["workspace_id", "due_at", "id"],
                condition=_OURS & models.Q(urgency__gte=URGENT_FROM),
                name="conversations_case_urgent",
            ),
            # The head of the queues: the few that a page begins with, whatever its order.
            models.Index(
                fields=["workspace_id", "unsolved_at", "id"],
                condition=_OURS & models.Q(unsolved_at__isnull=False),
                name="conversations_case_unsolved",
            ),
            models.Index(
                fields=["workspace_id", "channel_id", "due_at", "id"],
                condition=_OURS,
                name="conversations_case_channel",
            ),
            models.Index(
                fields=["workspace_id", "duty", "last_message_at", "id"],
                condition=_WORKED & models.Q(turn=Turn.NONE.value),
                name="conversations_case_idle",
            ),
            # The counts of all queues read nothing else.
            models.Index(
                fields=["workspace_id"],
                include=[
                    "turn",
                    "urgency",
                    "due_at",
                    "assignee_id",
                    "unread",
                    "duty",
                    "channel_id",
                ],
                condition=_WORKED,
                name="conversations_case_counts",
            ),
            models.Index(
                fields=["workspace_id", "assignee_id", "due_at", "id"],
                condition=_WORKED & models.Q(assignee_id__isnull=False),
                name="conversations_case_mine",
            ),
            models.Index(
                fields=["workspace_id", "last_message_at", "id"],
                condition=_WORKED,
                name="conversations_case_open",
            ),
            models.Index(
                fields=["workspace_id", "last_message_at", "id"],
                condition=_WORKED & ~models.Q(stage=""),
                name="conversations_case_heard",
            ),
            models.Index(
                fields=["workspace_id", "snoozed_until", "id"],
                condition=models.Q(status=Status.SNOOZED),
                name="conversations_case_snoozed",
            ),
            models.Index(
                fields=["workspace_id", "is_historic", "last_message_at", "id"],
                condition=models.Q(status=Status.CLOSED),
                name="conversations_case_closed",
            ),
            # What was settled lately, however many cases there ever were.
            models.Index(
                fields=["workspace_id", "closed_at"],
                condition=models.Q(status=Status.CLOSED, is_historic=False),
                name="conversations_case_settled",
            ),
            models.Index(
                fields=["workspace_id", "contact", "-opened_at"],
                name="conversations_case_contact",
            ),
            models.Index(
                fields=["workspace_id", "merged_into_id"],
                condition=models.Q(merged_into_id__isnull=False),
                name="conversations_case_merged",
            ),
            # What a list is filtered by, whichever of it is asked for: PostgreSQL skips over the
            # columns that are not. Few values, so the index stays small (8 bytes a case).
            models.Index(
                fields=[
                    "workspace_id",
                    "turn",
                    "status",
                    "kind",
                    "network",
                    "audience",
                    "urgency",
                    "channel_id",
                    "team_id",
                    "assignee_id",
                ],
                name="conversations_case_facets",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as people say it."""
        return f"HW-{self.number}"


class CaseNumber(models.Model):
    """The last number given. Its row lock is what makes new threads of a workspace queue up."""

    workspace_id = models.UUIDField(primary_key=True)
    last = models.PositiveIntegerField(default=1000)

    def __str__(self) -> str:
        return str(self.last)


# How the network's names of an erased customer's threads and messages begin, with our own id.
ERASED = "erased:"


class Conversation(Scoped):
    """One thread on one channel. It belongs to one case at a time and may move to another."""

    case = models.ForeignKey(
        Case,
        on_delete=models.DO_NOTHING,
        related_name="conversations",
        db_constraint=False,
        db_index=False,
    )
    channel_id = models.UUIDField()
    network = models.CharField(max_length=32)
    thread_key = models.TextField()
    audience = models.CharField(max_length=8)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "thread_key"],
                name="conversations_conversation_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case"], name="conversations_conv_case"),
        ]

    @property
    def is_erased(self) -> bool:
        """Say whether whoever began it was erased: nobody knows any more where it is."""
        return self.thread_key.startswith(ERASED)


class Waiting(Scoped):
    """A message that still waits for our answer. Its id is the message's id.

    A table of its own, because it is small and changes often while messages are many and do not.
    """

    case_id = models.UUIDField()
    conversation_id = models.UUIDField()
    identity_id = models.UUIDField(null=True)
    since = models.DateTimeField()
    kind = models.CharField(max_length=16, blank=True, default="")
    urgency = models.SmallIntegerField(default=0)
    certainty = models.SmallIntegerField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "case_id", "since"], name="conversations_waiting_case"
            ),
            models.Index(
                fields=["workspace_id", "conversation_id"], name="conversations_waiting_conv"
            ),
        ]


class Tag(Scoped):
    """A word that the team files cases under; upper and lower case are the same."""

    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint("workspace_id", Lower("name"), name="conversations_tag_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseTag(Scoped):
    """A tag on a case."""

    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    tagged_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case", "tag"], name="conversations_casetag_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "tag", "case"], name="conversations_casetag_tag"),
        ]


class Draft(Scoped):
    """What somebody is writing, kept on the server: one a person, case and audience.

    `key` is that of the composer it is written in, which becomes the key of the reply or note.
    `has_files`: something lies in the outbox under this key, to go along.
    """

    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    user_id = models.UUIDField()
    audience = models.CharField(max_length=8)
    text = models.TextField()
    key = models.UUIDField(null=True)
    has_files = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case", "user_id", "audience"],
                name="conversations_draft_once",
            ),
        ]


class CaseLog(Scoped):
    """One line of a case's story beside its messages: assigned, closed, reopened, tagged."""

    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(default=now)
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=24)
    data = models.JSONField(default=dict)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case", "at"], name="conversations_log_case"),
            models.Index(
                fields=["workspace_id", "case", "at"],
                condition=models.Q(verb="reopened"),
                name="conversations_log_reopened",
            ),
        ]


class ReopenWindow(Scoped):
    """For how many days after its closing a case comes back when a customer writes again.

    One row a workspace; without one, `rules.REOPEN_WITHIN` holds. 0: never.
    """

    private_days = models.PositiveSmallIntegerField(default=30)
    public_days = models.PositiveSmallIntegerField(default=7)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="conversations_reopenwindow_one"),
        ]
