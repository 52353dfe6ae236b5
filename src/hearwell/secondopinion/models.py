"""Tables of the second opinion: which model, what it may cost, each call, what it said."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.secondopinion.rules import DEFAULT_LIMIT_MS

LONGEST_MODEL: Final = 120
LONGEST_SOURCE: Final = LONGEST_MODEL + 10  # with what says that it is a model
CURRENCY_LETTERS: Final = 3  # ISO 4217


class Connection(Scoped):
    """A model behind an OpenAI-compatible address; at most one in a workspace.

    `url` ends before ``/chat/completions``. Money is in millionths of `currency`: prices for 1,000
    tokens read and written, `cap` for a calendar month (UTC). `setup_id` is another one as soon as
    address or model change: what was compared before does not speak for it. After `failures` in a
    row it is left alone until `paused_until`.
    """

    url = models.TextField()
    model = models.CharField(max_length=LONGEST_MODEL)
    sealed = models.BinaryField(null=True)
    limit_ms = models.IntegerField(default=DEFAULT_LIMIT_MS)
    currency = models.CharField(max_length=CURRENCY_LETTERS, default="EUR")
    price_in = models.BigIntegerField(default=0)
    price_out = models.BigIntegerField(default=0)
    cap = models.BigIntegerField(default=0)
    gives_opinions = models.BooleanField(default=False)
    gives_drafts = models.BooleanField(default=False)
    setup_id = models.UUIDField(default=uuid4)
    failures = models.IntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="secondopinion_connection_one"),
        ]

    @property
    def source(self) -> str:
        """How everything that it said is marked."""
        return f"llm:{self.model}"


class Month(Scoped):
    """What the calls of a month cost, and what those under way may cost; in millionths."""

    begins_on = models.DateField()
    spent = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "begins_on"], name="secondopinion_month_once"
            ),
        ]


class Purpose(models.TextChoices):
    """What a call was for."""

    OPINION = "opinion", _("Second opinion")
    DRAFT = "draft", _("Draft of a reply")
    COMPARISON = "comparison", _("Comparison")
    TRIAL = "trial", _("Trial")


class CallState(models.TextChoices):
    """How far a call has come."""

    WAITING = "waiting", _("Waiting")
    CALLING = "calling", _("Under way")
    DONE = "done", _("Done")


class Call(Scoped):
    """One question to the model, as it left (personal data taken out), and what came of it.

    `outcome` is a code (``rules.Outcome``); only "used" gave a `result`. `answer` is the beginning
    of what was said. `reserved` millionths are held back until the cost is known; where an answer
    never comes they are what it cost. Kept for 30 days.
    """

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.WAITING)
    case_id = models.UUIDField(null=True)
    message_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    model = models.CharField(max_length=LONGEST_MODEL)
    sent = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=20, blank=True, default="")
    status = models.IntegerField(null=True)
    tokens_in = models.IntegerField(default=0)
    tokens_out = models.IntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    took_ms = models.IntegerField(null=True)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "-created_at", "-id"], name="secondopinion_call_newest"
            ),
            models.Index(fields=["created_at"], name="secondopinion_call_age"),
        ]


class Opinion(Scoped):
    """What the model says of a message: a suggestion, never applied by itself.

    Empty until it has answered in a way that can be used; a message is asked about once.
    `source` names the model.
    """

    message_id = models.UUIDField()
    case_id = models.UUIDField()
    call_id = models.UUIDField(null=True)
    duty = models.CharField(max_length=12, blank=True, default="")
    kind = models.CharField(max_length=16, blank=True, default="")
    urgency = models.SmallIntegerField(null=True)
    certainty = models.FloatField(null=True)
    source = models.CharField(max_length=LONGEST_SOURCE)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message_id"], name="secondopinion_opinion_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case_id"], name="secondopinion_opinion_case"),
        ]


class ComparisonState(models.TextChoices):
    """How far a comparison has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped before its end")


OPEN: Final = (ComparisonState.WAITING, ComparisonState.RUNNING)


class Comparison(Scoped):
    """Triage beside the model on messages that people have labelled here.

    `figures` as ``rules.compared`` makes them; `why` is the outcome that stopped it.
    """

    setup_id = models.UUIDField()
    model = models.CharField(max_length=LONGEST_MODEL)
    state = models.CharField(
        max_length=8, choices=ComparisonState.choices, default=ComparisonState.WAITING
    )
    wanted = models.IntegerField()
    asked = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    figures = models.JSONField(null=True)
    why = models.CharField(max_length=20, blank=True, default="")
    user_id = models.UUIDField()
    created_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "-created_at"], name="secondopinion_comparison_new"
            ),
        ]
