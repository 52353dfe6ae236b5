"""Tables of triage: what was thought of each message, and what people said about that."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.triage.engine.heads import SENTIMENTS, probabilities_of
from hearwell.triage.rules import Duty, Kind

DUTIES = [(duty.value, duty.value) for duty in Duty]
KINDS = [(kind.value, kind.value) for kind in Kind]


class Verdict(Scoped):
    """What a message is: the standing opinion. `engine` says whose; a person's word stays.

    `chances` are per mille, in the order of ``engine.heads``, None where rules alone decided;
    `personal` are the kinds of personal data in the text; `near` is a key that near-duplicates
    share but for a few bits (``engine.near``).
    """

    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    case_id = models.UUIDField()
    duty = models.CharField(max_length=12, choices=DUTIES)
    kind = models.CharField(max_length=16, choices=KINDS)
    urgency = models.SmallIntegerField()
    is_thanks = models.BooleanField(default=False)
    language = models.CharField(max_length=16, blank=True, default="")
    certainty = models.FloatField()
    reasons = models.JSONField(default=list)
    engine = models.CharField(max_length=24)
    sentiment = models.CharField(
        max_length=8,
        choices=[(name, name) for name in SENTIMENTS],
        blank=True,
        default="",
        db_default="",
    )
    chances = ArrayField(models.SmallIntegerField(), null=True, default=None)
    is_unsure = models.BooleanField(default=False, db_default=False)
    personal = ArrayField(models.CharField(max_length=8), null=True, default=None)
    near = models.BigIntegerField(null=True, default=None)
    is_corrected = models.BooleanField(default=False)
    decided_at = models.DateTimeField(default=now)

    def probabilities(self) -> dict[str, dict[str, float]]:
        """Return head -> label -> probability; empty where rules alone decided."""
        return probabilities_of(self.chances)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "message"], name="triage_verdict_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case_id"], name="triage_verdict_case"),
        ]


class Correction(Scoped):
    """A person said otherwise. Append-only: what a later engine learns from."""

    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    field = models.CharField(max_length=12)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    engine = models.CharField(max_length=24)
    user_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "message"], name="triage_correction_message"),
        ]
