"""Tables of what customers are asked: what an owner chose, and each time somebody was asked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.surveys.rules import (
    COOL_OFF_DAYS,
    DAILY_QUOTA,
    DELAY_MIN,
    SHARE,
    SURVEY_COOL_OFF_DAYS,
    Side,
    Status,
)


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


class SurveyState(models.TextChoices):
    """Where a survey stands; only one that is on asks anybody."""

    DRAFT = "draft", _("Not yet on")
    ON = "on", _("On")
    PAUSED = "paused", _("Paused")


class Survey(Scoped):
    """A few questions that customers are asked after a contact, of whom and how often.

    `items` are keys of `items.ITEMS` and stay as they are once anybody was asked. `channel_ids` are
    texts; `kinds` of cases, all where it is empty. `share` per cent of the closings are chosen, by
    chance; `daily_quota` is the most in any 24 hours. `has_unanswered`: also whom nobody answered.
    `before` is what was chosen before the last change, for the way back. `by_id` answers for it.
    """

    name = models.CharField(max_length=80)
    items = models.JSONField(default=list)
    channel_ids = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    share = models.PositiveSmallIntegerField(default=SHARE)
    cool_off_days = models.PositiveSmallIntegerField(default=SURVEY_COOL_OFF_DAYS)
    daily_quota = models.PositiveIntegerField(default=DAILY_QUOTA)
    delay_min = models.PositiveIntegerField(default=DELAY_MIN)
    has_unanswered = models.BooleanField(default=False)
    state = models.CharField(max_length=6, choices=SurveyState.choices, default=SurveyState.DRAFT)
    before = models.JSONField(default=dict)
    by_id = models.UUIDField()
    made_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class Question(Scoped):
    """The question about one solution of one case: due, asked, answered. One a closing.

    `survey_id` is null for *did that solve it?*, else whose questions are asked; `answers` are then
    key -> number, the last that they gave, and `times` how often they answered.

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
    survey_id = models.UUIDField(null=True)
    answers = models.JSONField(default=dict, db_default={})
    times = models.PositiveSmallIntegerField(default=0, db_default=0)

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
            models.Index(
                fields=["workspace_id", "survey_id", "asked_at"],
                condition=models.Q(survey_id__isnull=False),
                name="surveys_question_survey",
            ),
        ]


class Study(Scoped):
    """One wave of the study of expectations: the same questions to customers and to the team.

    Waves are compared with each other: the questions are `studying.ITEMS`, always. While
    `closed_at` is null it takes answers.
    """

    name = models.CharField(max_length=80)
    by_id = models.UUIDField()
    made_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class StudyAnswer(Scoped):
    """What one voice answers in a wave; its last answer stands. Nobody's name is in it.

    `voice` is a hash: of a random number that a browser keeps, or of a member of the team and the
    study. `answers` are key -> numbers.
    """

    study = models.ForeignKey(
        Study, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    side = models.CharField(max_length=9, choices=[(one.value, one.value) for one in Side])
    voice = models.CharField(max_length=64)
    answers = models.JSONField(default=dict)
    times = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "study", "side", "voice"], name="surveys_answer_once"
            ),
        ]
