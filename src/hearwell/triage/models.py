"""Tables of triage: what was thought of each message, and what people said about that."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.triage.rules import Duty, Kind

DUTIES = [(duty.value, duty.value) for duty in Duty]
KINDS = [(kind.value, kind.value) for kind in Kind]


class Verdict(Scoped):
    """What a message is: the standing opinion. `engine` says whose; a person's word stays."""

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
    is_corrected = models.BooleanField(default=False)
    decided_at = models.DateTimeField(default=now)

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
