"""An incident: many cases and one story, who does what about it, and what was done."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class IncidentState(models.TextChoices):
    """A proposal is opened or dismissed by a person; what was opened is ended."""

    PROPOSED = "proposed", _("Proposed")
    LIVE = "live", _("Live")
    ENDED = "ended", _("Ended")
    DISMISSED = "dismissed", _("Dismissed")


CURRENT_STATES = ("proposed", "live")


class Incident(Scoped):
    """One story that is seen to together.

    `began_at` is when it was first said, `found_at` when it was noticed, and by what
    (`found_by`: spike or person). `reasons` are those of the spike, codes with figures; `words` is
    what it is about. `level_at`: since when it stands at this level; at `rises_at` it goes one up
    if it still lasts. `update_at`: when the next update is promised for; `reminded_at` when its
    makers were reminded.
    """

    number = models.PositiveIntegerField()
    title = models.TextField()
    state = models.CharField(
        max_length=9, choices=IncidentState.choices, default=IncidentState.PROPOSED
    )
    severity = models.SmallIntegerField()
    level_at = models.DateTimeField(default=now)
    rises_at = models.DateTimeField(null=True)
    lead_id = models.UUIDField(null=True)
    found_by = models.CharField(max_length=8, default="person")
    spike_id = models.UUIDField(null=True)
    words = ArrayField(models.TextField(), default=list)
    topic = models.TextField(blank=True, default="")
    channel_id = models.UUIDField(null=True)
    reasons = models.JSONField(default=list)
    began_at = models.DateTimeField(default=now)
    found_at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField(null=True)
    opened_by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.UUIDField(null=True)
    update_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "number"], name="escalation_incident_number"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id"],
                condition=Q(state__in=CURRENT_STATES),
                name="escalation_incident_current",
            ),
            models.Index(
                fields=["rises_at"],
                condition=Q(rises_at__isnull=False),
                name="escalation_incident_rises",
            ),
            models.Index(
                fields=["update_at"],
                condition=Q(update_at__isnull=False, reminded_at__isnull=True),
                name="escalation_incident_update",
            ),
        ]

    def __str__(self) -> str:
        return f"INC-{self.number}"

    @property
    def is_current(self) -> bool:
        """Whether it is proposed or live."""
        return self.state in CURRENT_STATES


class IncidentCase(Scoped):
    """A case that belongs to an incident; one taken out again keeps its row."""

    incident_id = models.UUIDField()
    case_id = models.UUIDField()
    linked_at = models.DateTimeField(default=now)
    linked_by_id = models.UUIDField(null=True)
    unlinked_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "incident_id", "case_id"],
                name="escalation_incidentcase_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "case_id"], name="escalation_incidentcase_case"),
        ]


class EntryKind(models.TextChoices):
    """What a line of the log is."""

    FACT = "fact", _("Fact")
    GO = "go", _("Go")
    NO_GO = "no_go", _("No go")
    EVENT = "event", _("Noted by itself")


class IncidentEntry(Scoped):
    """A line of an incident's log. The database refuses to alter or delete one.

    `what` names an event (opened, level, lead, stopped, …) with its `data`; `text` is a person's.
    """

    incident_id = models.UUIDField()
    at = models.DateTimeField(default=now)
    kind = models.CharField(max_length=5, choices=EntryKind.choices)
    what = models.CharField(max_length=20, blank=True, default="")
    text = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    by_id = models.UUIDField(null=True)
    by_name = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "incident_id", "id"], name="escalation_entry_of"),
        ]


class IncidentPart(Scoped):
    """Who does what in an incident, and who does it for them."""

    incident_id = models.UUIDField()
    part = models.CharField(max_length=8)
    user_id = models.UUIDField(null=True)
    deputy_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "incident_id", "part"], name="escalation_part_once"
            ),
        ]


class IncidentTask(Scoped):
    """A line of the checklist, due so long after its level began."""

    incident_id = models.UUIDField()
    level = models.SmallIntegerField()
    position = models.SmallIntegerField()
    text = models.TextField()
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "incident_id", "text"], name="escalation_task_once"
            ),
        ]


class Review(Scoped):
    """What was learned: what to change, by whom; when it is to be held."""

    incident_id = models.UUIDField()
    due_at = models.DateTimeField()
    went_well = models.TextField(blank=True, default="")
    went_badly = models.TextField(blank=True, default="")
    to_change = models.TextField(blank=True, default="")
    held_at = models.DateTimeField(null=True)
    held_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "incident_id"], name="escalation_review_one"
            ),
        ]
