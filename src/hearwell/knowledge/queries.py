"""Reads of knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from hearwell.conversations.words import query
from hearwell.kit.clock import now
from hearwell.knowledge.models import OPEN, Article, ArticleVersion, Macro, Use, VersionState


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """An article in the list: what is published, what is being written, how often it was used."""

    article: Article
    languages: Sequence[str]
    open_versions: Sequence[ArticleVersion]
    uses: int

    @property
    def is_to_review(self) -> bool:
        """Whether somebody waits for a reader."""
        return any(one.state == VersionState.REVIEW for one in self.open_versions)


def library(workspace_id: UUID) -> list[LibraryRow]:
    """Return all articles by name; three queries."""
    articles = list(Article.objects.filter(workspace_id=workspace_id).order_by("name"))
    versions = ArticleVersion.objects.filter(workspace_id=workspace_id).exclude(
        state=VersionState.SUPERSEDED
    )
    published: dict[UUID, list[str]] = {}
    being_written: dict[UUID, list[ArticleVersion]] = {}
    for version in versions.defer("body", "search").order_by("language"):
        if version.state == VersionState.PUBLISHED:
            published.setdefault(version.article_id, []).append(version.language)
        else:
            being_written.setdefault(version.article_id, []).append(version)
    since = now() - timedelta(days=90)
    used = dict(
        Use.objects.filter(workspace_id=workspace_id, at__gte=since)
        .values_list("version__article_id")
        .annotate(n=Count("id"))
    )
    return [
        LibraryRow(a, published.get(a.id, []), being_written.get(a.id, []), used.get(a.id, 0))
        for a in articles
    ]


def article_by_id(workspace_id: UUID, article_id: UUID) -> Article | None:
    """Return an article, or None."""
    return Article.objects.filter(workspace_id=workspace_id, id=article_id).first()


def versions_of(article: Article) -> list[ArticleVersion]:
    """Return all versions, newest first in each language."""
    rows = ArticleVersion.objects.filter(workspace_id=article.workspace_id, article=article)
    return list(rows.defer("search").order_by("language", "-number"))


def to_review(workspace_id: UUID) -> int:
    """Count the versions that wait for a reader."""
    rows = ArticleVersion.objects.filter(workspace_id=workspace_id, state=VersionState.REVIEW)
    return rows.filter(article__is_retired=False).count()


def open_version(article: Article, language: str) -> ArticleVersion | None:
    """Return what is being written in a language, if anything is."""
    rows = ArticleVersion.objects.filter(workspace_id=article.workspace_id, article=article)
    return rows.filter(language=language, state__in=OPEN).first()


def saved_replies(
    workspace_id: UUID, text: str = "", *, language: str = "", limit: int = 20
) -> list[ArticleVersion]:
    """Return published saved replies that have the typed words, the most used first.

    Those in the customer's language come before others.
    """
    rows = _replies(workspace_id).defer("body", "search")
    asked = query(text)
    if asked:
        rows = rows.filter(search=SearchQuery(asked, search_type="raw", config="simple"))
    uses = Use.objects.filter(
        workspace_id=workspace_id, version__article=OuterRef("article"), at__gte=_lately()
    )
    counted = uses.order_by().values("version__article").annotate(n=Count("id")).values("n")
    found = rows.annotate(uses=Coalesce(Subquery(counted), 0)).order_by("-uses", "title", "id")
    ordered: list[ArticleVersion] = sorted(
        found[: 4 * limit], key=lambda version: version.language != language
    )
    return ordered[:limit]


def published(
    workspace_id: UUID,
    text: str = "",
    *,
    language: str = "",
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[ArticleVersion]:
    """Return what is published, the latest first; with words, what has them. `before` is a place.

    A place in the list is when a version was published, and its id.
    """
    rows = _published(workspace_id)
    asked = query(text)
    if asked:
        rows = rows.filter(search=SearchQuery(asked, search_type="raw", config="simple"))
    if language:
        rows = rows.filter(language=language)
    if before is not None:
        at, last_id = before
        rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, id__lt=last_id))
    return list(rows.order_by("-published_at", "-id")[:limit])


def published_of(workspace_id: UUID, article_id: UUID) -> list[ArticleVersion]:
    """Return what is published of an article, one version a language; empty if nothing is."""
    return list(_published(workspace_id).filter(article_id=article_id).order_by("language"))


def reply_by_id(workspace_id: UUID, version_id: UUID) -> ArticleVersion | None:
    """Return a published saved reply, or None."""
    return _replies(workspace_id).filter(id=version_id).first()


def reply_of(workspace_id: UUID, article_id: UUID, language: str) -> ArticleVersion | None:
    """Return an article's saved reply in a language, else in any."""
    rows = list(_replies(workspace_id).filter(article_id=article_id).order_by("language"))
    rows.sort(key=lambda version: version.language != language)
    return rows[0] if rows else None


def replies_named(workspace_id: UUID, slug: str) -> QuerySet[ArticleVersion, tuple[str, str]]:
    """Return (language, text) of the saved replies of the article of this slug, to be joined."""
    return _replies(workspace_id).filter(article__slug=slug).values_list("language", "reply")


def macros(workspace_id: UUID) -> list[Macro]:
    """Return all macros by name."""
    rows = Macro.objects.filter(workspace_id=workspace_id).select_related("article")
    return list(rows.order_by("name"))


def macro_by_id(workspace_id: UUID, macro_id: UUID) -> Macro | None:
    """Return a macro, or None."""
    rows = Macro.objects.filter(workspace_id=workspace_id).select_related("article")
    return rows.filter(id=macro_id).first()


def help_articles(workspace_id: UUID, text: str = "") -> list[ArticleVersion]:
    """Return what stands on the help page, by title; with words, those that have them."""
    rows = _public(workspace_id).defer("body", "reply", "search")
    asked = query(text)
    if asked:
        rows = rows.filter(search=SearchQuery(asked, search_type="raw", config="simple"))
    return list(rows.order_by("title")[:200])


def has_help(workspace_id: UUID) -> bool:
    """Say whether anything stands on the help page."""
    return _public(workspace_id).exists()


def help_article(workspace_id: UUID, slug: str) -> list[ArticleVersion]:
    """Return a public article's published versions, one a language; empty if there is none."""
    return list(_public(workspace_id).filter(article__slug=slug).order_by("language"))


def _lately() -> object:
    return now() - timedelta(days=90)


def _published(workspace_id: UUID) -> QuerySet[ArticleVersion]:
    rows = ArticleVersion.objects.filter(
        workspace_id=workspace_id, state=VersionState.PUBLISHED, article__is_retired=False
    )
    return rows.select_related("article").defer("search")


def _replies(workspace_id: UUID) -> QuerySet[ArticleVersion]:
    return _published(workspace_id).exclude(reply="")


def _public(workspace_id: UUID) -> QuerySet[ArticleVersion]:
    return _published(workspace_id).filter(article__is_public=True).exclude(body="")
