"""Tables of the question after a solution: what an owner chose, and each time it was asked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.surveys.rules import COOL_OFF_DAYS, DELAY_MIN, Status


class AskChoice(Scoped):
    """Where an owner has it asked, and how; without a row, or without channels, nowhere.

    `channel_ids` are texts. `words`: language tag -> the question, where it differs from ours.
    `in_public`: also where others read it. `by_id` answers for what is sent: it ends with them.
    """

    channel_ids = models.JSONField(default=list)
    in_public = models.BooleanField(default=False)
    delay_min = models.PositiveIntegerField(default=DELAY_MIN)
    cool_off_days = models.PositiveIntegerField(default=COOL_OFF_DAYS)
    words = models.JSONField(default=dict)
    by_id = models.UUIDField()
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="surveys_choice_one"),
        ]


class Question(Scoped):
    """The question about one solution of one case: due, asked, answered. One a closing.

    Its id is the key of the reply that asks. `why` says why it was not asked; `by_message_id` is
    the message that was read as an answer, null for a press. `answered_in_id` is the case that the
    answer brought back or left closed: another one than asked where a merge came first.
    `urgency_before` is what a *no* raised there; `undone_by_id` is who said that it was misread.
    """

    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    contact_id = models.UUIDField(null=True)
    channel_id = models.UUIDField()
    network = models.CharField(max_length=32)
    closed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    status = models.CharField(max_length=8, default=Status.DUE.value)
    why = models.CharField(max_length=12, blank=True, default="")
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_in_id = models.UUIDField(null=True)
    by_message_id = models.UUIDField(null=True)
    urgency_before = models.SmallIntegerField(default=0)
    undone_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case", "closed_at"], name="surveys_question_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "due_at"],
                condition=models.Q(status=Status.DUE.value),
                name="surveys_question_due",
            ),
            models.Index(
                fields=["workspace_id", "contact_id", "-asked_at"], name="surveys_contact"
            ),
            models.Index(fields=["workspace_id", "asked_at"], name="surveys_question_asked"),
        ]
