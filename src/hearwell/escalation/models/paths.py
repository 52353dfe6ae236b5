"""Whose a case becomes, by when, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearwell.escalation.rules import Path
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class EscalationPath(Scoped):
    """Who sees to cases of a kind (empty: any) at a severity, one row a version.

    A change makes a new version; an escalation keeps the steps under which it was raised. Without a
    row the defaults hold (``rules.DEFAULT_PATHS``). Targets are those of ``rules.Path``.
    """

    kind = models.CharField(max_length=16, blank=True, default="")
    severity = models.SmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    owner = models.CharField(max_length=60)
    backup = models.CharField(max_length=60, blank=True, default="")
    minutes = models.PositiveIntegerField()
    sign_off = models.CharField(max_length=60, blank=True, default="")
    made_at = models.DateTimeField(default=now)
    made_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "kind", "severity", "version"],
                name="escalation_path_version",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "kind", "severity"],
                condition=Q(is_current=True),
                name="escalation_path_current",
            ),
        ]

    def told(self) -> Path:
        """Return it as the rules take it."""
        return Path(self.owner, self.backup, self.minutes, self.sign_off)


class EscalationChoice(Scoped):
    """Levels, parts and what enters by itself (``rules.Choice.stored``); no row: the defaults."""

    choice = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="escalation_choice_one"),
        ]


class EscalationState(models.TextChoices):
    """Given: nobody accepted in time, and it is an owner's until somebody does."""

    WAITING = "waiting", _("Waits for somebody to accept")
    GIVEN = "given", _("Given to an owner: nobody accepted")
    ACCEPTED = "accepted", _("Accepted")
    SIGNING = "signing", _("Waits to be signed off")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = ("waiting", "given", "accepted", "signing")


class Why(models.TextChoices):
    """What escalated a case."""

    PERSON = "person", _("by hand")
    SAFETY = "safety", _("words of danger or harm")
    LEGAL = "legal", _("words of lawyers or regulators")
    PRESS = "press", _("words of the press")


class Escalation(Scoped):
    """A case on its way to somebody who sees to it.

    `steps` are the turns as they were applied (``rules.Step.stored``), `step` which of them is on.
    At `due_at` the next turn comes; empty while somebody has it. By `owned_by` it has an owner,
    whatever happens. `asked_ids` are all who were asked so far.
    """

    case_id = models.UUIDField()
    kind = models.CharField(max_length=16, blank=True, default="")
    severity = models.SmallIntegerField()
    level = models.SmallIntegerField()
    why = models.CharField(max_length=8, choices=Why.choices, default=Why.PERSON)
    message_id = models.UUIDField(null=True)
    remark = models.TextField(blank=True, default="")
    raised_at = models.DateTimeField(default=now)
    raised_by_id = models.UUIDField(null=True)
    steps = models.JSONField()
    step = models.SmallIntegerField(default=0)
    sign_off = models.CharField(max_length=60, blank=True, default="")
    asked_ids = models.JSONField(default=list)
    state = models.CharField(
        max_length=9, choices=EscalationState.choices, default=EscalationState.WAITING
    )
    due_at = models.DateTimeField(null=True)
    owned_by = models.DateTimeField()
    owner_id = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    signed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case_id"],
                condition=Q(state__in=OPEN_STATES),
                name="escalation_one_open",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="escalation_due"
            ),
            models.Index(
                fields=["workspace_id", "raised_at"],
                condition=Q(state__in=OPEN_STATES),
                name="escalation_open",
            ),
            models.Index(fields=["workspace_id", "case_id"], name="escalation_case"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it is still somebody's business."""
        return self.state in OPEN_STATES

    @property
    def is_unclaimed(self) -> bool:
        """Whether somebody has still to accept it."""
        return self.state in (EscalationState.WAITING, EscalationState.GIVEN)


class EscalationMove(Scoped):
    """What happened to an escalation. Append-only.

    `what`: raised, asked, passed, given, accepted, finished, signed, returned, withdrawn.
    """

    escalation_id = models.UUIDField()
    at = models.DateTimeField(default=now)
    what = models.CharField(max_length=10)
    step = models.SmallIntegerField(default=0)
    level = models.SmallIntegerField(default=0)
    by_id = models.UUIDField(null=True)
    user_ids = models.JSONField(default=list)
    data = models.JSONField(default=dict)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "escalation_id", "id"], name="escalation_move_of"),
        ]
