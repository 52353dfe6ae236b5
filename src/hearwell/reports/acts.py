"""Facts of what was done with cases: hand-offs, replies, grants, and what surveys were told.

Rows are only added. What is known better later is a row with the next revision, and the highest
counts. All of it can be made anew: from the event log, the messages and the grants.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.models import Scoped


class HandFact(Scoped):
    """A case came into other hands. Its key is the event that told of it, and the case.

    `kind`: assigned (`holder_id` a person, None: put back), team (`holder_id` the team), claimed
    and released (`holder_id` who was on it; `why` released, or expired where time ran out).
    """

    event_id = models.UUIDField()
    case_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    holder_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    why = models.CharField(max_length=16, blank=True, default="")
    at = models.DateTimeField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "event_id"], name="reports_hand_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="reports_hand_at"),
        ]


class ReplyFact(Scoped):
    """A person's reply stands on the network. Its key is the message.

    `has_initials`: it ends with somebody's (" ^AB"). `has_name`: it says the customer's first name.
    `is_own_words`: it is no saved reply word for word, the signature left aside. `is_outside`: it
    was written in the network itself.
    """

    message_id = models.UUIDField()
    case_id = models.UUIDField()
    channel_id = models.UUIDField(null=True)
    agent_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    at = models.DateTimeField()
    is_holding = models.BooleanField(default=False)
    is_outside = models.BooleanField(default=False)
    has_initials = models.BooleanField(default=False)
    has_name = models.BooleanField(default=False)
    is_own_words = models.BooleanField(default=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message_id"], name="reports_reply_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="reports_reply_at"),
            models.Index(fields=["workspace_id", "case_id"], name="reports_reply_case"),
        ]


class GrantFact(Scoped):
    """Something was given to a customer, asked for, refused or taken back (`state`).

    Another state is a row with the next `revision`. Money is in minor units of `currency`.
    """

    grant_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    case_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    giver_id = models.UUIDField()
    approver_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "grant_id", "revision"], name="reports_grant_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="reports_grant_at"),
            models.Index(fields=["workspace_id", "case_id"], name="reports_grant_case"),
        ]


class SurveyFact(Scoped):
    """A customer was asked (`item` is empty), or answered one question of a survey (its key).

    Whoever answers again has another `times`; the highest counts, with all its questions.
    """

    event_id = models.UUIDField()
    question_id = models.UUIDField()
    survey_id = models.UUIDField()
    case_id = models.UUIDField()
    channel_id = models.UUIDField(null=True)
    network = models.CharField(max_length=32, blank=True, default="")
    item = models.CharField(max_length=40, blank=True, default="")
    value = models.IntegerField(null=True)
    times = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "event_id", "item"], name="reports_survey_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="reports_survey_at"),
        ]
