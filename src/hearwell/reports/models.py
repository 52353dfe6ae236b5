"""Facts, one row for each thing that happened; and the links of screens to the wallboard."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.channels.models import ImportRun
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.reports.acts import GrantFact, HandFact, ReplyFact, SurveyFact

__all__ = [
    "AnswerFact",
    "BoardLink",
    "CostChoice",
    "Goal",
    "GrantFact",
    "HandFact",
    "NeedFact",
    "ReplyFact",
    "ResolutionFact",
    "Rollup",
    "RollupBlock",
    "RollupClock",
    "RollupDue",
    "SurveyFact",
]


class AnswerFact(Scoped):
    """A reply closed a clock. Its key is the clock, so telling it twice writes it once.

    `is_first` marks the first reply of the case (acknowledged), else it is an answer of substance.
    `asked_at` is the oldest message that was unanswered. Seconds are whole: `wall_s` as the
    customer waited, `business_s` within opening hours.
    """

    clock_id = models.UUIDField()
    case_id = models.UUIDField()
    conversation_id = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)
    network = models.CharField(max_length=32, blank=True, default="")
    kind = models.CharField(max_length=8, blank=True, default="")
    case_kind = models.CharField(max_length=16, blank=True, default="")
    audience = models.CharField(max_length=8, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    urgency = models.SmallIntegerField(default=0)
    agent_id = models.UUIDField(null=True)
    asked_by = models.UUIDField()
    reply_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField()
    wall_s = models.BigIntegerField()
    business_s = models.BigIntegerField()
    is_first = models.BooleanField()
    is_holding = models.BooleanField(default=False)
    is_in_time = models.BooleanField()
    sent_outside = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "clock_id"], name="reports_answer_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "asked_at"], name="reports_answer_asked"),
            models.Index(fields=["workspace_id", "case_id"], name="reports_answer_case"),
        ]


class ResolutionFact(Scoped):
    """A case was closed or came back. Its key is the case's version at that moment.

    `open_s` counts from the case's first message to a closing; a closing that nothing reopened
    within a week stayed solved.
    """

    case_id = models.UUIDField()
    case_version = models.BigIntegerField()
    is_closing = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True, default="")
    actor_id = models.UUIDField(null=True)
    network = models.CharField(max_length=32, blank=True, default="")
    case_kind = models.CharField(max_length=16, blank=True, default="")
    at = models.DateTimeField()
    open_s = models.BigIntegerField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "case_version", "is_closing"],
                name="reports_resolution_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "at"], name="reports_resolution_at"),
        ]


class NeedFact(Scoped):
    """A message that needs an answer, and when it had one, as our own method judges it.

    Nothing is changed here: what is known anew (a reply came, a person corrected the verdict) is a
    row with the next `revision`, and the highest of a message counts. `needs` is false where a
    correction took it out. `replied_at` is the first human reply to that person, in reply to this
    message or a later one, however late; `wait_s` are the seconds until then, rounded up: what took
    longer than a limit by half a second took longer. `channel_id` is the account that was asked;
    `language` is the one that triage heard, else the network's word, without its region.
    """

    message_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    needs = models.BooleanField()
    case_id = models.UUIDField()
    channel_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    asked_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    wait_s = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message_id", "revision"], name="reports_need_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "asked_at"], name="reports_need_asked"),
            models.Index(fields=["workspace_id", "case_id"], name="reports_need_case"),
        ]


class RollupBlock(Scoped):
    """What the facts of one day or month come to: the cells of one measure, many in a row.

    Days and months are those of the workspace's own clock. `measure` is one of
    `reports.rolling.measures.Measure`. A cell is an account, a kind of message, a language and a
    team; its counts are by the hour on the wall, its times a KLL sketch (Apache DataSketches). A
    day (`grain` d) is one row of all its cells; a month (m) has one row for each cell (`cut`
    cell, named in the columns, too, so that a slice reads no other) and one (side) with each side
    alone and the total, which most pages read. The bytes are those of `reports.rolling.blocks`.
    Everything here can be made anew from the facts.
    """

    grain = models.CharField(max_length=1)
    starts_on = models.DateField()
    measure = models.CharField(max_length=8)
    cut = models.CharField(max_length=4)
    channel_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    team_id = models.UUIDField(null=True)
    keys = models.BinaryField()
    seats = models.BinaryField()
    counts = models.BinaryField()
    waits = models.BinaryField()
    since = models.BinaryField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=[
                    "workspace_id", "grain", "starts_on", "cut", "measure",
                    "channel_id", "kind", "language", "team_id",
                ],
                nulls_distinct=False,
                name="reports_rollup_block",
            ),
        ]  # fmt: skip


class Rollup(Scoped):
    """Roll-ups as they were until they became blocks. Nothing reads or writes them any more.

    The table stays for one release, so that what runs beside an upgrade finds it.
    """

    grain = models.CharField(max_length=1)
    starts_on = models.DateField()
    cut = models.CharField(max_length=10)
    measure = models.CharField(max_length=8)
    channel_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    team_id = models.UUIDField(null=True)
    total_s = models.BigIntegerField()
    counts = models.BinaryField()
    waits = models.BinaryField()
    since = models.BinaryField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=[
                    "workspace_id",
                    "grain",
                    "starts_on",
                    "cut",
                    "measure",
                    "channel_id",
                    "kind",
                    "language",
                    "team_id",
                ],
                nulls_distinct=False,
                name="reports_rollup_cell",
            ),
        ]


class RollupDue(Scoped):
    """A moment whose day is to be rolled up anew, because a fact of it is new.

    Rows are only added, in the transaction of the fact, and taken away by whoever has counted: so
    neither waits for the other, and no fact can come between reading and taking away.
    """

    at = models.DateTimeField()


class RollupClock(Scoped):
    """The time zone in which a workspace's roll-ups were made, and when all of them last were.

    Another zone makes all of them due, and so does an import that finished later. `months_before`:
    of the months before this day there are roll-ups of the whole month. `form` is how they are
    written: another makes all of them due, too.
    """

    time_zone = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=now)
    months_before = models.DateField()
    form = models.PositiveSmallIntegerField(default=0, db_default=0)

    def imports_since(self) -> models.QuerySet[ImportRun]:
        """Imports whose messages may not be judged: they tell of nothing when they come in."""
        runs = ImportRun.objects.filter(workspace_id=self.workspace_id)
        return runs.filter(finished_at__gt=self.made_at)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="reports_rollup_clock"),
        ]


class CostChoice(Scoped):
    """What an hour of care costs (in minor units of a currency), and how many a week are worked."""

    hourly_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    hours_a_week = models.PositiveIntegerField()
    by_id = models.UUIDField()
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="reports_cost_one"),
        ]


class BoardLink(Scoped):
    """A read-only link to the wallboard, for a screen that nobody is signed in on.

    Only the hash of its secret is kept; `last_seen_at` is written at most once a minute.
    """

    name = models.CharField(max_length=80)
    digest = models.BinaryField()
    made_by = models.UUIDField()
    created_at = models.DateTimeField(default=now, editable=False)
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "digest"], name="reports_board_digest"),
        ]


class Goal(Scoped):
    """What a figure is to reach by a day, and whose concern that is; whether it does is reckoned.

    `figure` is one of `reports.summary.goals.AIMS`, `target` in its unit (a share, seconds).
    `before` is how the row was until the last change, as undoing puts it back; empty: not there.
    """

    figure = models.CharField(max_length=20)
    target = models.FloatField()
    due_on = models.DateField()
    owner_id = models.UUIDField()
    removed_at = models.DateTimeField(null=True)
    before = models.JSONField(default=dict)
    by_id = models.UUIDField()
    changed_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "figure"], name="reports_goal_one"),
        ]
