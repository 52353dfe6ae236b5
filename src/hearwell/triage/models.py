"""Tables of triage: what was thought of each message, and what people said about that."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.models import Scoped
from hearwell.triage.engine.heads import SENTIMENTS, probabilities_of
from hearwell.triage.rules import Duty, Kind

DUTIES = [(duty.value, duty.value) for duty in Duty]
KINDS = [(kind.value, kind.value) for kind in Kind]
# How a label came about: a verdict was put right or found right, what was quieted was looked at,
# the engine asked, somebody was not shown a message and should have been.
SOURCES = [(name, name) for name in ("corrected", "confirmed", "reviewed", "asked", "taken_back")]
# What became of a version: promoted to judge; worse, so that what judged stays; gone back to.
OUTCOMES = [(name, name) for name in ("promoted", "refused", "went_back")]


class Verdict(Scoped):
    """What a message is: the standing opinion. `engine` says whose; a person's word stays.

    `certainty` is of the kind, 0-1; `is_unsure` is about the duty. `chances` are per mille, in the
    order of ``engine.heads``, None where rules alone decided; `personal` are the kinds of personal
    data in the text; `near` is a key that near-duplicates share but for a few bits
    (``engine.near``). `topics` are the names of the workspace's own. `spoken` are the fields that a
    person has spoken about; `is_corrected`: kind or duty are among them, so that all of it stays.
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
    topics = ArrayField(models.CharField(max_length=60), null=True, default=None)
    is_corrected = models.BooleanField(default=False)
    spoken = ArrayField(models.CharField(max_length=12), null=True, default=None)
    decided_at = models.DateTimeField(default=now)

    alarms: tuple[str, ...] = ()  # not a column: those raised as it was judged (``rules.alarms``)

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
            models.Index(
                fields=["workspace_id", "decided_at"],
                condition=models.Q(duty="none"),
                name="triage_verdict_idle",
            ),
            models.Index(
                fields=["workspace_id", "decided_at"],
                condition=models.Q(is_unsure=True),
                name="triage_verdict_unsure",
            ),
        ]


class Correction(Scoped):
    """A person said otherwise. Append-only; what one act changed bears the same time."""

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


class Understanding(Scoped):
    """What a workspace has made of the engine: how far it has learned, and what it chose.

    One row a workspace; without one the shipped model speaks alone. `stamp` is a new one with every
    change, so that whoever holds the row's meaning in memory sees by it that it is old. Learned is
    `snapshot` and, one step each on top of it, the lessons after it. `epoch` grows when lessons are
    left out or taken back in. `quiet` is the most P(answer) at which the workspace's own labels let
    a message be quieted; none yet: nothing is.
    """

    stamp = models.UUIDField(default=uuid7)
    epoch = models.PositiveIntegerField(default=0)
    snapshot_id = models.UUIDField(null=True)
    lessons = models.PositiveIntegerField(default=0)
    labelled = models.PositiveIntegerField(default=0)
    refit_at = models.DateTimeField(null=True)
    refit_lessons = models.PositiveIntegerField(default=0)
    quiet = models.FloatField(null=True)
    may_quiet = models.BooleanField(default=True)
    miss_budget = models.FloatField(default=0.02)
    sure = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="triage_understanding_one"),
        ]


class Lesson(Scoped):
    """One label of a person for one head of the engine, and what the engine had said just before.

    `predicted`, its `certainty`, `chance` (P of what turned out right) and `answer` (P(answer)) are
    from before this was learned: that is what accuracy is counted on. `number` counts up within a
    workspace. `is_left_out`: somebody went back to a time before it.
    """

    number = models.PositiveIntegerField()
    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    head = models.CharField(max_length=12)
    label = models.CharField(max_length=16)
    predicted = models.CharField(max_length=16)
    certainty = models.FloatField()
    chance = models.FloatField()
    answer = models.FloatField()
    was_sure = models.BooleanField(default=False)
    was_quieted = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=SOURCES)
    engine = models.CharField(max_length=24)
    user_id = models.UUIDField()
    at = models.DateTimeField(default=now)
    is_left_out = models.BooleanField(default=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "number"], name="triage_lesson_number"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "message"], name="triage_lesson_message"),
            models.Index(
                fields=["workspace_id", "head", "predicted"], name="triage_lesson_predicted"
            ),
        ]


class Learned(Scoped):
    """A version of what a workspace has taught: made by itself, or gone back to by somebody.

    `delta` are the bytes of engine.delta; null where nothing is added to the shipped model, and
    where the version is so old that only its story is kept (`is_whole` is false then). `up_to` is
    the last lesson in it, `calibration` head -> what its certainties are multiplied with, `scores`
    what was measured before it was promoted or refused, `left_out` the lessons up to then that are
    not in it, as ranges.
    """

    number = models.PositiveIntegerField()
    up_to = models.PositiveIntegerField()
    base = models.CharField(max_length=24)
    delta = models.BinaryField(null=True)
    calibration = models.JSONField(default=dict)
    scores = models.JSONField(default=dict)
    outcome = models.CharField(max_length=12, choices=OUTCOMES)
    why = models.CharField(max_length=24, blank=True, default="")
    left_out = models.JSONField(default=list)
    is_whole = models.BooleanField(default=True)
    by_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "number"], name="triage_learned_number"
            ),
        ]


class Topic(Scoped):
    """Something that a workspace's messages may be about, found by its words.

    `phrases` are words or runs of words, one of them is enough. With a `language` it is only looked
    for in messages of that language and in those whose language is not known.
    """

    name = models.CharField(max_length=60)
    phrases = ArrayField(models.TextField(), default=list)
    language = models.CharField(max_length=16, blank=True, default="")
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="triage_topic_name"),
        ]

    def __str__(self) -> str:
        return self.name
