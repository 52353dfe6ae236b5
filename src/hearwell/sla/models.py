"""Tables of promises and clocks.

A calendar and a policy are never changed in place: a change makes a new version, and a clock keeps
the version it started under. So no change is retroactive, and every figure can be explained.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.sla.rules import ClockKind, Hours, always_open


class Calendar(Scoped):
    """Opening hours, one row a version; `intervals` and `exceptions` as `rules.Hours.parse`."""

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    intervals = models.JSONField(default=dict)
    exceptions = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "key", "version"], name="sla_calendar_version"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "key"],
                condition=models.Q(is_current=True),
                name="sla_calendar_current",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def hours(self) -> Hours:
        """The calendar as the rules take it."""
        return Hours.parse(self.time_zone, self.intervals, self.exceptions)


class Counting(models.TextChoices):
    """Which time a target is reckoned in."""

    CALENDAR = "calendar", _("Around the clock")
    BUSINESS = "business", _("During opening hours")


class Policy(Scoped):
    """Targets for each urgency, one row a version.

    `targets`: `{"0": {"first_reply_s": 3600, "answer_s": 28800}, …, "4": {…}}`, in each a
    `resolution_s` where that is promised, too. `warn_share`: told to `warn_roles` and to whoever
    has the case when so many per cent of the time are left; 0: nobody is warned. `conditions` say
    whom it is promised to (`matching.Conditions`); of those that fit, the one with the lowest
    `position` holds, and the standard promise, which has no conditions, where none does.
    """

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    conditions = models.JSONField(default=dict, db_default={})
    targets = models.JSONField()
    warn_share = models.PositiveSmallIntegerField(default=0, db_default=0)
    warn_roles = models.JSONField(default=list, db_default=[])
    counts = models.CharField(max_length=10, choices=Counting.choices, default=Counting.BUSINESS)
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "key", "version"], name="sla_policy_version"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "key"],
                condition=models.Q(is_current=True),
                name="sla_policy_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, v{self.version}"

    @cached_property
    def due_hours(self) -> Hours:
        """The hours in which its targets run."""
        return always_open() if self.counts == Counting.CALENDAR else self.calendar.hours

    def target_s(self, kind: str, urgency: int) -> int:
        """Return the promised seconds. Raises KeyError for a resolution that is not promised."""
        targets: dict[str, dict[str, int]] = self.targets
        return targets[str(min(max(urgency, 0), 4))][f"{kind}_s"]

    def promises(self, kind: str) -> bool:
        """Say whether it promises this; resolutions are promised for every urgency or none."""
        return all(f"{kind}_s" in of_urgency for of_urgency in self.targets.values())


class ClockState(models.TextChoices):
    """Running clocks may already be late: `breached_at` says so."""

    RUNNING = "running", _("Running")
    MET = "met", _("Met")
    MISSED = "missed", _("Answered late")
    CANCELLED = "cancelled", _("Cancelled")
    UNANSWERED = "unanswered", _("Never answered")


class Clock(Scoped):
    """One promise to one customer: from their oldest unanswered message to our reply.

    `started_by` is that message, `met_by` the reply; a case that was reopened by hand has a
    further clock of the message, which began at that moment. Seconds are whole and set when it
    closes: `wall_s` as the customer felt them, `business_s` as the calendar counts them, without
    what it stood still. Since `paused_at` it stands still; `paused_s` is what the calendar counted
    of earlier pauses. At `warn_at` somebody is to be warned; empty when that is done.
    """

    case_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ClockKind])
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    started_at = models.DateTimeField()
    started_by = models.UUIDField()
    urgency = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    breached_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_by = models.UUIDField(null=True)
    wall_s = models.BigIntegerField(null=True)
    business_s = models.BigIntegerField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_s = models.BigIntegerField(default=0, db_default=0)
    warn_at = models.DateTimeField(null=True)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    policy_version = models.PositiveIntegerField()
    is_historic = models.BooleanField(default=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "kind", "started_by", "started_at"],
                name="sla_clock_message",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "kind"],
                condition=models.Q(state="running"),
                name="sla_clock_one_running",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="running", breached_at__isnull=True),
                name="sla_clock_due",
            ),
            models.Index(
                fields=["warn_at"],
                condition=models.Q(state="running", warn_at__isnull=False),
                name="sla_clock_warn",
            ),
            # Reports ask by period; clocks start about in the order in which rows are written.
            BrinIndex(fields=["started_at"], autosummarize=True, name="sla_clock_started"),
        ]


class Ask(Scoped):
    """A message of an imported case that needs something from us; `close_historic` reads them.

    Live cases need none of these: conversations knows who waits.
    """

    case_id = models.UUIDField()
    message_id = models.UUIDField()
    asked_at = models.DateTimeField()
    urgency = models.PositiveSmallIntegerField()
    needs_answer = models.BooleanField(default=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "message_id"], name="sla_ask_message"
            ),
        ]


class ClockEvent(Scoped):
    """What happened to a clock after its start, and why. Append-only."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    what = models.CharField(max_length=12)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=now)
    why = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "clock", "recorded_at"], name="sla_event_clock"),
        ]

    @classmethod
    def of(cls, clock: Clock, what: str, at: datetime, why: str, **data: str) -> ClockEvent:
        """Make the row for a clock."""
        return cls(
            workspace_id=clock.workspace_id, clock=clock, what=what, at=at, why=why, data=data
        )


class Alarm(Scoped):
    """Somebody has been told that a clock is late. Its key is why they are told once.

    It is state of our own: nothing that a network delivers again can touch it.
    """

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=12, default="breached")
    case_id = models.UUIDField()
    raised_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "clock", "kind"], name="sla_alarm_once"
            ),
        ]
