"""Tables of automation: the rules, and every time that one did something."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.automation import rules
from hearwell.automation.rules import Conditions, Then, Trigger
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped

TRIGGERS = [
    (Trigger.RECEIVED.value, _("A customer writes")),
    (Trigger.OPENED.value, _("A case is opened")),
    (Trigger.REOPENED.value, _("A case is opened again")),
    (Trigger.NEARLY_DUE.value, _("A clock is nearly due")),
    (Trigger.LATE.value, _("A clock is late")),
    (Trigger.REPLIED.value, _("A person's reply is sent")),
    (Trigger.TAGGED.value, _("A label is put on")),
    (Trigger.QUIET.value, _("The customer does not answer")),
]


class Rule(Scoped):
    """When, if, then. All that fit act, in the order of `position`, from 1.

    `tags` call it where a label does; `quiet_h` is for how long a customer must have been silent.
    `conditions` and `then` as rules.Conditions.stored and rules.Then.stored. `is_last`: rules after
    it leave the cases alone that it acts on. A change counts `version` up. What it may post in
    public holds for `allowed_version` and the texts `allowed_texts` alone. `paused_at`: it acted on
    more than `hourly_most` cases within an hour, and waits for a person.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    is_last = models.BooleanField(default=False)
    trigger = models.CharField(max_length=10, choices=TRIGGERS)
    tags = models.JSONField(default=list)
    quiet_h = models.PositiveIntegerField(default=0)
    conditions = models.JSONField(default=dict)
    then = models.JSONField(default=dict)
    hourly_most = models.PositiveIntegerField(default=100)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)
    allowed_version = models.PositiveIntegerField(null=True)
    allowed_texts = models.JSONField(default=list)
    allowed_by_id = models.UUIDField(null=True)
    allowed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="automation_rule_name"),
            models.UniqueConstraint(
                fields=["workspace_id", "position"],
                name="automation_rule_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def wanted(self) -> Conditions:
        """The conditions as the rules take them."""
        return Conditions.parse(self.conditions)

    @property
    def acts(self) -> Then:
        """What it does, as the rules take it."""
        return Then.parse(self.then)

    @property
    def sketch(self) -> rules.Sketch:
        """What of it tells which others it sets off."""
        return rules.Sketch(
            id=str(self.id),
            name=self.name,
            trigger=Trigger(self.trigger),
            then=self.acts,
            called_by=frozenset(self.tags),
            not_tags=self.wanted.not_tags,
        )


class RunState(models.TextChoices):
    """What became of it: all or some of it done, nothing done, taken back."""

    DONE = "done", _("Done")
    REFUSED = "refused", _("Not done")
    UNDONE = "undone", _("Taken back")


class Run(Scoped):
    """One rule at one case because of one event: at most once each, however often it is told.

    `did` is a list of {act, ok, why, before, …}, in the order of the acts. `chain`: the rules whose
    acts led here. `suggests`: a reply waits to be laid ready for whoever gets the case.
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    rule_version = models.PositiveIntegerField()
    case_id = models.UUIDField()
    event_key = models.CharField(max_length=80)
    chain = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.DONE)
    did = models.JSONField(default=list)
    has_sent = models.BooleanField(default=False)
    suggests = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "rule", "case_id", "event_key"], name="automation_run_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "rule", "-at"], name="automation_run_rule"),
            models.Index(fields=["workspace_id", "case_id", "-at"], name="automation_run_case"),
            models.Index(
                fields=["workspace_id", "case_id"],
                condition=models.Q(suggests=True),
                name="automation_run_suggests",
            ),
        ]
