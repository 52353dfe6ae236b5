"""Tables of scheduled reports: orders, the letters of each period, and who stopped them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.scheduledreports.rules import Cadence, Slot


class Order(Scoped):
    """A report to be sent again and again. `on_day` as in `rules.DAYS_OF`, `hour` on the wall.

    `next_at` is when it is due, null while it is paused or removed. `before` holds what the last
    change replaced, so that it can be taken back once; `version` grows with every change.
    """

    kind = models.CharField(max_length=20)
    panel_id = models.UUIDField(null=True)
    cadence = models.CharField(max_length=8)
    on_day = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=8)
    reader_ids = models.JSONField(default=list)
    has_pdf = models.BooleanField(default=True)
    has_csv = models.BooleanField(default=False)
    is_paused = models.BooleanField(default=False)
    is_removed = models.BooleanField(default=False)
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    next_at = models.DateTimeField(null=True)
    by_id = models.UUIDField()
    made_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
                name="scheduledreports_order_due",
            ),
        ]

    @property
    def slot(self) -> Slot:
        """When it is sent, as the rules take it."""
        return Slot(Cadence(self.cadence), self.on_day, self.hour)


class Stop(Scoped):
    """A reader who wants an order no more, whatever the order says."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    user_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "order", "user_id"], name="scheduledreports_stop_once"
            ),
        ]


class LetterState(models.TextChoices):
    """Where a letter stands. `SENDING` long ago is `UNSURE`: it may have been sent or not."""

    WAITING = "waiting", _("waits")
    SENDING = "sending", _("is being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not sent")
    UNSURE = "unsure", _("perhaps sent")
    LEFT_OUT = "left_out", _("left out")


class Letter(Scoped):
    """A report of one period to one reader. Its key is why it is sent once.

    `key` is the period, or of its own for what somebody asked to be sent now. `why` is a word of
    `services.letters.WHY`. Whoever moves it from waiting to sending is the only one who sends.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    user_id = models.UUIDField()
    key = models.CharField(max_length=40)
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.CharField(max_length=8, choices=LetterState, default=LetterState.WAITING)
    why = models.CharField(max_length=20, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    moved_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "order", "user_id", "key"],
                name="scheduledreports_letter_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["state", "moved_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="scheduledreports_letter_due",
            ),
            models.Index(fields=["made_at"], name="scheduledreports_letter_made"),
        ]
