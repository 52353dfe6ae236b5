"""Tables of quality. Grades, scorecards and guides are never changed: each change is a row."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.quality.rules import LONGEST_NOTE

_LANGUAGE = 8


class Plan(Scoped):
    """How many replies are read again; one row a workspace, without one nothing is drawn.

    `a_week` is of one person; `random_percent` of them are drawn by chance, the others by risk.
    `double_percent` go to two graders. Under `fewest` graded replies no figure is shown. Somebody
    is new for `new_days`. `since`: no week before it is drawn.
    """

    is_on = models.BooleanField(default=False)
    a_week = models.PositiveSmallIntegerField(default=5)
    random_percent = models.PositiveSmallIntegerField(default=60)
    double_percent = models.PositiveSmallIntegerField(default=10)
    fewest = models.PositiveSmallIntegerField(default=10)
    new_days = models.PositiveSmallIntegerField(default=30)
    since = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="quality_plan_one"),
        ]


class Scorecard(Scoped):
    """A version of what each mark of each criterion means; `anchors`: criterion -> mark -> words.

    Number 0 is the one that Hearwell comes with, and has no row.
    """

    number = models.PositiveIntegerField()
    anchors = models.JSONField(default=dict)
    remark = models.CharField(max_length=200, blank=True, default="")
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "number"], name="quality_scorecard_number"
            ),
        ]


class Draw(Scoped):
    """A week whose replies were drawn. The same `seed` over the same replies draws the same.

    `candidates` is of how many; 0 where nothing was left to draw.
    """

    week = models.DateField()
    seed = models.UUIDField()
    candidates = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "week"], name="quality_draw_week"),
        ]


class Calibration(Scoped):
    """Replies that everybody grades by themselves, before all grades are laid side by side.

    `opened_at`: since then they are, and nobody grades it any more.
    """

    title = models.CharField(max_length=80)
    by_id = models.UUIDField()
    at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "-at"], name="quality_calibration_newest"),
        ]


class Sample(Scoped):
    """A reply that is read again, once; or one of a calibration, as often as it is chosen.

    `wanted` is by how many graders, `done_at` when so many had graded it: from then on they see
    each other's grades, and its writer sees them. `reasons` are the risks it was drawn for, of
    `rules.RISKS`. `is_out`: a lead found for its writer, it counts no longer. `agreed` are the
    marks that a calibration ended in, `agreed_why` the reason.
    """

    message_id = models.UUIDField()
    case_id = models.UUIDField()
    agent_id = models.UUIDField()
    network = models.CharField(max_length=32, blank=True, default="")
    sent_at = models.DateTimeField()
    week = models.DateField()
    calibration = models.ForeignKey(
        Calibration, null=True, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    is_random = models.BooleanField(default=True)
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    wanted = models.PositiveSmallIntegerField(default=1)
    drawn_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True)
    is_out = models.BooleanField(default=False)
    agreed = models.JSONField(null=True)
    agreed_why = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message_id"],
                condition=models.Q(calibration__isnull=True),
                name="quality_sample_once",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "calibration", "message_id"],
                condition=models.Q(calibration__isnull=False),
                name="quality_sample_calibrated",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "drawn_at"],
                condition=models.Q(done_at__isnull=True, calibration__isnull=True),
                name="quality_sample_waits",
            ),
            models.Index(fields=["workspace_id", "week", "agent_id"], name="quality_sample_week"),
            models.Index(
                fields=["workspace_id", "agent_id", "-done_at"],
                condition=models.Q(done_at__isnull=False, calibration__isnull=True),
                name="quality_sample_theirs",
            ),
        ]


class Grade(Scoped):
    """What one grader said of a reply, once; a regrade is a row with the next `number`.

    `is_current`: it is what that grader says now; `is_draft`: not given yet, one at most. `score`
    is 0-1. `is_blind`: given before its grader could see any other grade of it, so that agreement
    may be counted on it. `scorecard`: the number of the version it was given by. `undone_at`:
    taken back. `note` is read by the writer of the reply and by leads.
    """

    sample = models.ForeignKey(
        Sample, on_delete=models.CASCADE, related_name="grades", db_constraint=False, db_index=False
    )
    grader_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    marks = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    scorecard = models.PositiveIntegerField(default=0)
    is_draft = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)
    is_blind = models.BooleanField(default=False)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "sample", "grader_id", "number"],
                name="quality_grade_number",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "sample", "grader_id"],
                condition=models.Q(is_current=True),
                name="quality_grade_current",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "sample", "grader_id"],
                condition=models.Q(is_draft=True),
                name="quality_grade_draft",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "-at"],
                condition=models.Q(is_blind=True, undone_at__isnull=True),
                name="quality_grade_blind",
            ),
        ]


class Response(Scoped):
    """What the writer of a reply says to its review, and what a lead decided then.

    `disputed_at` with `words`: it is not right, and why. `stands` is the decision, `why` its
    reason; null: none yet.
    """

    sample = models.ForeignKey(
        Sample,
        on_delete=models.CASCADE,
        related_name="responses",
        db_constraint=False,
        db_index=False,
    )
    acknowledged_at = models.DateTimeField(null=True)
    disputed_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    stands = models.BooleanField(null=True)
    why = models.CharField(max_length=LONGEST_NOTE, blank=True, default="")
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "sample"], name="quality_response_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "disputed_at"],
                condition=models.Q(disputed_at__isnull=False, stands__isnull=True),
                name="quality_response_open",
            ),
        ]


class Guide(Scoped):
    """A version of the voice guide of a workspace, an account or a language: whole, as text.

    `does` and `donts` have an example a line, `avoid` a word or phrase a line. All empty: it is
    withdrawn.
    """

    channel_id = models.UUIDField(null=True)
    language = models.CharField(max_length=_LANGUAGE, blank=True, default="")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True, default="")
    does = models.TextField(blank=True, default="")
    donts = models.TextField(blank=True, default="")
    avoid = models.TextField(blank=True, default="")
    remark = models.CharField(max_length=200, blank=True, default="")
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "language", "number"],
                nulls_distinct=False,
                name="quality_guide_number",
            ),
        ]

    @property
    def texts(self) -> list[str]:
        """All that it says, in the order in which it is read."""
        return [self.text, self.does, self.donts, self.avoid]
