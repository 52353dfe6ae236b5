"""Tables of tools: where a system is, what may be done there, each look and each act."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from hearwell.commerce.rules import OPEN, State
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped

LONGEST_NAME: Final = 80
LONGEST_HEADER: Final = 60
LONGEST_CODE: Final = 16
LONGEST_MESSAGE: Final = 300


class Service(Scoped):
    """A system that tools call: its address, and what it knows us by.

    `url` has no trailing slash. The secret goes into `header` after `prefix` ("Bearer "); the key
    of an action into `key_header`. `gone_at`: only what was done there is still read.
    """

    name = models.CharField(max_length=LONGEST_NAME)
    url = models.TextField()
    header = models.CharField(max_length=LONGEST_HEADER, default="Authorization")
    prefix = models.CharField(max_length=20, blank=True, default="Bearer ")
    key_header = models.CharField(max_length=LONGEST_HEADER, default="Idempotency-Key")
    sealed = models.BinaryField(null=True)
    is_demo = models.BooleanField(default=False)
    gone_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="commerce_service_name"),
        ]


class Tool(Scoped):
    """Something that can be looked up or done there; `live` is the version that people use.

    None for `live`: nobody uses it. `is_act` is that of all its versions.
    """

    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, db_constraint=False, related_name="tools"
    )
    title = models.CharField(max_length=LONGEST_NAME)
    is_act = models.BooleanField()
    live = models.IntegerField(null=True)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)
    gone_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "service", "position"], name="commerce_tool_order"
            ),
        ]


class ToolVersion(Scoped):
    """What a tool is, as somebody kept it; never changed afterwards.

    `tried_at`: when it was tried with success.
    """

    tool = models.ForeignKey(
        Tool, on_delete=models.CASCADE, db_constraint=False, related_name="versions"
    )
    number = models.IntegerField()
    definition = models.JSONField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now, editable=False)
    tried_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "tool", "number"], name="commerce_version_number"
            ),
        ]


class LookupState(models.TextChoices):
    """How far a look has come."""

    WAITING = "waiting", _("Waiting")
    CALLING = "calling", _("Under way")
    DONE = "done", _("Done")


class Lookup(Scoped):
    """One look into another system, for a case or (without one) to try a tool out.

    `values` is what was asked, `why` by which of the customer's marks: [source, value, where].
    `cards` is what came, `code` why nothing did. Kept for a day.
    """

    tool = models.ForeignKey(
        Tool, on_delete=models.CASCADE, db_constraint=False, related_name="lookups"
    )
    version = models.IntegerField()
    case_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    values = models.JSONField(default=dict)
    why = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=LookupState.choices, default=LookupState.WAITING)
    code = models.CharField(max_length=LONGEST_CODE, blank=True, default="")
    status = models.IntegerField(null=True)
    cards = models.JSONField(default=list)
    answer = models.TextField(blank=True, default="")
    took_ms = models.IntegerField(null=True)
    created_at = models.DateTimeField(default=now)
    as_of = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "case_id", "-created_at"], name="commerce_lookup_case"
            ),
            models.Index(fields=["created_at"], name="commerce_lookup_age"),
        ]


class ToolRun(Scoped):
    """One action in another system, meant once by one person.

    `key` is what the other side knows it by, whatever is repeated. `digest` is of tool and values:
    two alike are asked about. `card` is what it acted on, `result` what came of it. `wake_at` is
    when the sweep looks at it; nothing is called earlier than `not_before`. `sent_at` is when bytes
    may first have left, `lease_until` says that somebody is at it. `look_first`: it may have been
    done in a life that a restore has lost.
    """

    tool = models.ForeignKey(
        Tool, on_delete=models.CASCADE, db_constraint=False, related_name="runs"
    )
    version = models.IntegerField()
    case_id = models.UUIDField()
    channel_id = models.UUIDField(null=True)
    user_id = models.UUIDField()
    key = models.UUIDField(editable=False)
    digest = models.CharField(max_length=64)
    values = models.JSONField(default=dict)
    card = models.JSONField(null=True)
    title = models.CharField(max_length=LONGEST_NAME)
    state = models.CharField(max_length=8, default=State.QUEUED)
    code = models.CharField(max_length=LONGEST_CODE, blank=True, default="")
    message = models.CharField(max_length=LONGEST_MESSAGE, blank=True, default="")
    status = models.IntegerField(null=True)
    result = models.JSONField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    grant_id = models.UUIDField(null=True)
    undoes_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    looks = models.IntegerField(default=0)
    look_first = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "key"], name="commerce_run_key"),
            # Nothing is taken back twice at once, or again after it was.
            models.UniqueConstraint(
                fields=["workspace_id", "undoes_id"],
                condition=models.Q(undoes_id__isnull=False) & ~models.Q(state=State.FAILED),
                name="commerce_run_undone_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "case_id", "-created_at"], name="commerce_run_case"
            ),
            models.Index(fields=["workspace_id", "-created_at", "-id"], name="commerce_run_newest"),
            models.Index(fields=["workspace_id", "digest"], name="commerce_run_alike"),
            models.Index("workspace_id", KT("card__ref"), name="commerce_run_card"),
            models.Index(
                fields=["wake_at"],
                condition=models.Q(wake_at__isnull=False),
                name="commerce_run_due",
            ),
            models.Index(
                fields=["workspace_id", "state"],
                condition=models.Q(state=State.HUMAN),
                name="commerce_run_human",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether its end is not known yet."""
        return self.state in OPEN
