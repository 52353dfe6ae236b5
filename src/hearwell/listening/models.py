"""Tables of listening: what is listened for, what was found, what people said about that."""

from __future__ import annotations

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.listening.rules import Outcome, Wanted


class TermKind(models.TextChoices):
    """A name of ours, or words about what we do in a text that need not name us."""

    NAME = "name", _("A name of ours")
    SUBJECT = "subject", _("A matter of ours")


class Stage(models.TextChoices):
    """How a message concerns us, where nobody addressed it to us. Empty: it was addressed."""

    NAMED = "named", _("Named, not tagged")
    ABOUT = "about", _("About us, not named")


STAGE_OF: Final = {TermKind.NAME: Stage.NAMED, TermKind.SUBJECT: Stage.ABOUT}


class Term(Scoped):
    """One thing to listen for. What its lists mean is said at `rules.Wanted`.

    `version` grows with every change of what it finds. Posts from before `since` are not taken:
    a new term must not fill the inbox with the past.
    """

    name = models.TextField()
    kind = models.CharField(max_length=8, choices=TermKind, default=TermKind.NAME)
    phrases = ArrayField(models.TextField(), default=list)
    exclusions = ArrayField(models.TextField(), default=list)
    helps = ArrayField(models.TextField(), default=list)
    against = ArrayField(models.TextField(), default=list)
    languages = ArrayField(models.TextField(), default=list)
    networks = ArrayField(models.TextField(), default=list)
    is_common = models.BooleanField(default=False)
    is_exact = models.BooleanField(default=False)
    is_lenient = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    since = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now, editable=False)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="listening_term_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stage(self) -> str:
        """What a message is that this term finds."""
        return STAGE_OF[TermKind(self.kind)].value

    def is_for(self, network: str) -> bool:
        """Say whether it is listened for there: everywhere, unless it names networks."""
        return not self.networks or network in self.networks

    @property
    def wanted(self) -> Wanted:
        """What it looks for, as the rules take it."""
        return Wanted(
            phrases=tuple(self.phrases),
            exclusions=tuple(self.exclusions),
            helps=tuple(self.helps),
            against=tuple(self.against),
            languages=frozenset(self.languages),
            is_common=self.is_common,
            is_exact=self.is_exact,
            is_lenient=self.is_lenient,
        )


class Hit(Scoped):
    """A post that a term found, taken in or not, once an account.

    `message_id` and `case_id` are those of what was taken in. `text` is only kept of what was not,
    for as long as people may look at it (`services.forget`); the text of a message is the
    message's. `is_about_us` is a person's judgement.
    """

    term = models.ForeignKey(
        Term, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    channel_id = models.UUIDField()
    remote_id = models.TextField()
    outcome = models.CharField(max_length=9, choices=[(o.value, o.value) for o in Outcome])
    score = models.FloatField(default=0.0)
    reasons = models.JSONField(default=list)
    message_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    author_name = models.TextField(blank=True, default="")
    permalink = models.TextField(blank=True, default="")
    said_at = models.DateTimeField()
    found_at = models.DateTimeField(default=now)
    is_about_us = models.BooleanField(null=True)
    judged_by_id = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "channel_id", "remote_id"], name="listening_hit_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "-said_at"], name="listening_hit_newest"),
            models.Index(
                fields=["workspace_id", "case_id"],
                condition=models.Q(case_id__isnull=False),
                name="listening_hit_case",
            ),
            models.Index(
                fields=["workspace_id", "term"],
                condition=models.Q(is_about_us__isnull=False),
                name="listening_hit_judged",
            ),
        ]


class TermDay(Scoped):
    """How much a term found on a day (UTC), and what became of it: counts only, kept for good."""

    term = models.ForeignKey(
        Term, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    taken = models.PositiveIntegerField(default=0)
    unlikely = models.PositiveIntegerField(default=0)
    excluded = models.PositiveIntegerField(default=0)
    language = models.PositiveIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "term", "day"], name="listening_termday_once"
            ),
        ]


class ListeningChoice(Scoped):
    """Whether people may answer who did not address us. One row a workspace; without one: no."""

    may_answer_untagged = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="listening_choice_one"),
        ]
