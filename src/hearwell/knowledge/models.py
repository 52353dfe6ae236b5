"""Tables of knowledge: articles, their versions, macros, what was used and answered what."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class VersionState(models.TextChoices):
    """How far a version has come. One of a language is published, one at most is being written."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("To be reviewed")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("An older version")


OPEN = (VersionState.DRAFT, VersionState.REVIEW)


class Article(Scoped):
    """What the team knows about one matter, in one or several languages.

    `is_public`: what is published stands on the help page, without the saved reply.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    is_public = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "slug"], name="knowledge_article_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class ArticleVersion(Scoped):
    """An article's words in one language at one time.

    `body` is plain text, a blank line between paragraphs; `reply` is the saved reply, with
    variables (`rules`). `author_id` wrote last, `writer_ids` are all who wrote at this version.
    `remark` is what the reviewer said when sending it back.
    """

    article = models.ForeignKey(
        Article, related_name="versions", on_delete=models.CASCADE, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    language = models.CharField(max_length=8)
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(
        max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, default="")
    reply = models.TextField(blank=True, default="")
    remark = models.TextField(blank=True, default="")
    author_id = models.UUIDField()
    writer_ids = ArrayField(models.UUIDField(), default=list)
    reviewer_id = models.UUIDField(null=True)
    written_at = models.DateTimeField(default=now)
    published_at = models.DateTimeField(null=True)
    search = SearchVectorField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "article", "language", "number"],
                name="knowledge_version_number",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "article", "language"],
                condition=models.Q(state="published"),
                name="knowledge_version_published",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "article", "language"],
                condition=models.Q(state__in=["draft", "review"]),
                name="knowledge_version_open",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(
                fields=["search"],
                condition=models.Q(state="published"),
                name="knowledge_version_search",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Macro(Scoped):
    """Several steps of daily work in one press: a saved reply, tags, who has it, when it returns.

    The reply goes into the composer and is sent by a person. `assign`: "me", "nobody" or empty;
    `snooze` and `close_reason` as the inbox names them, at most one of the two.
    """

    name = models.CharField(max_length=80)
    article = models.ForeignKey(
        Article, null=True, related_name="+", on_delete=models.SET_NULL, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    tags = ArrayField(models.TextField(), default=list)
    assign = models.CharField(max_length=10, blank=True, default="")
    snooze = models.CharField(max_length=20, blank=True, default="")
    close_reason = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint("workspace_id", Lower("name"), name="knowledge_macro_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Use(Scoped):
    """A saved reply was taken into a composer."""

    version = models.ForeignKey(
        ArticleVersion, related_name="+", on_delete=models.CASCADE, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    case_id = models.UUIDField()
    user_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "version", "at"], name="knowledge_use_version"),
        ]


class Precedent(Scoped):
    """A question of a customer's, and what answered it: an article's saved reply or own words.

    `stems` are the beginnings of the question's words (``stems``), never its text. `message_id` is
    the reply that went out; `article_id` the article it was taken from, empty for own words. Where
    `is_helpful` is not so, somebody said of a suggestion (an article, else the past answer
    `message_id`) that it does not help with the question of this case: it counts against it.
    """

    case_id = models.UUIDField()
    message_id = models.UUIDField(null=True)
    article = models.ForeignKey(
        Article, null=True, related_name="+", on_delete=models.CASCADE, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    user_id = models.UUIDField(null=True)
    stems = ArrayField(models.TextField(), default=list)
    is_helpful = models.BooleanField(default=True)
    at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "message_id"],
                condition=models.Q(is_helpful=True),
                name="knowledge_precedent_once",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "article"],
                condition=models.Q(is_helpful=False, message_id__isnull=True),
                name="knowledge_precedent_no_article",
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "case_id", "message_id"],
                condition=models.Q(is_helpful=False, article__isnull=True),
                name="knowledge_precedent_no_answer",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "-at", "-id"], name="knowledge_precedent_newest"),
            models.Index(fields=["workspace_id", "case_id"], name="knowledge_precedent_case"),
        ]
