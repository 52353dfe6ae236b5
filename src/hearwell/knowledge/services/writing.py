"""Write articles, have them read by somebody else, publish them, take them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import RIGHTS
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.words import vector
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean
from hearwell.knowledge.models import OPEN, Article, ArticleVersion, VersionState
from hearwell.knowledge.rules import check

LONGEST_BODY = 50_000
_REVIEWERS = [role for role, rights in RIGHTS.items() if "approve" in rights]


class BadArticleError(ValueError):
    """What cannot be kept or done; the message says why, in words for the page."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an article says in one language."""

    language: str
    title: str
    body: str = ""
    reply: str = ""


@transaction.atomic
def begin_article(
    workspace_id: UUID, words: Words, *, by: User, is_public: bool = False
) -> ArticleVersion:
    """Begin an article with its first draft. Raises BadArticleError or BadReplyError."""
    kept = _checked(words)
    article = _new_article(workspace_id, kept.title, is_public=is_public)
    return _write(article, kept, by)


@transaction.atomic
def write(
    article_id: UUID, words: Words, *, by: User, is_public: bool | None = None
) -> ArticleVersion:
    """Write on at the draft of a language, or begin one after what is published.

    What was sent to review is a draft again. Raises BadArticleError or BadReplyError.
    """
    kept = _checked(words)
    article = Article.objects.select_for_update().get(id=article_id)
    if article.is_retired:
        raise BadArticleError(_("This article was taken out. Nothing was saved."))
    if is_public is not None and is_public != article.is_public:
        Article.objects.filter(id=article.id).update(is_public=is_public)
        _audit(article, "article.public" if is_public else "article.internal", by, {})
    return _write(article, kept, by)


def _write(article: Article, words: Words, by: User) -> ArticleVersion:
    versions = ArticleVersion.objects.filter(article=article, language=words.language)
    version = versions.filter(state__in=OPEN).first()
    if version is None:
        last = versions.order_by("-number").values_list("number", flat=True).first() or 0
        version = ArticleVersion(
            workspace_id=article.workspace_id,
            article=article,
            language=words.language,
            number=last + 1,
        )
    version.title, version.body, version.reply = words.title, words.body, words.reply
    version.state, version.author_id, version.written_at = VersionState.DRAFT, by.id, now()
    version.writer_ids = sorted({*version.writer_ids, by.id})
    version.reviewer_id = None
    version.search = vector(words.title, words.body, words.reply)
    version.save()
    return version


@transaction.atomic
def submit(version_id: UUID, *, by: User) -> ArticleVersion:
    """Ask for a draft to be read by somebody else."""
    version = _open(version_id)
    version.state, version.remark = VersionState.REVIEW, ""
    version.save(update_fields=["state", "remark"])
    _audit(version.article, "article.submitted", by, _facts(version))
    return version


@transaction.atomic
def send_back(version_id: UUID, remark: str, *, by: User) -> ArticleVersion:
    """Ask its writer for changes, in words."""
    version = _open(version_id)
    said = clean(remark)[0].strip()[:2000]
    if not said:
        raise BadArticleError(_("Say what should be changed."))
    version.state, version.remark = VersionState.DRAFT, said
    version.reviewer_id = by.id
    version.save(update_fields=["state", "remark", "reviewer_id"])
    return version


@transaction.atomic
def approve(version_id: UUID, *, by: User) -> ArticleVersion:
    """Publish a version in place of the one before.

    Whoever wrote at it cannot, unless nobody else in the workspace may. Raises BadArticleError.
    """
    version = _open(version_id)
    if needs_another_reader(version, by):
        raise BadArticleError(_("You wrote this: somebody else has to read it first."))
    before = ArticleVersion.objects.filter(
        article_id=version.article_id, language=version.language, state=VersionState.PUBLISHED
    )
    before.update(state=VersionState.SUPERSEDED)
    version.state, version.published_at = VersionState.PUBLISHED, now()
    version.reviewer_id, version.remark = by.id, ""
    version.save(update_fields=["state", "published_at", "reviewer_id", "remark"])
    _audit(version.article, "article.published", by, _facts(version))
    return version


@transaction.atomic
def retire(article_id: UUID, *, by: User, is_retired: bool = True) -> Article:
    """Take an article out of everything, or bring it back."""
    article = Article.objects.select_for_update().get(id=article_id)
    Article.objects.filter(id=article.id).update(is_retired=is_retired)
    _audit(article, "article.retired" if is_retired else "article.brought_back", by, {})
    return article


def _open(version_id: UUID) -> ArticleVersion:
    rows = ArticleVersion.objects.select_for_update(of=("self",)).select_related("article")
    version = rows.get(id=version_id)
    if version.state not in OPEN or version.article.is_retired:
        raise BadArticleError(_("This version is no draft any more. Look at the article again."))
    return version


def needs_another_reader(version: ArticleVersion, by: User) -> bool:
    """Say whether somebody else has to publish this: they wrote at it, and another one may."""
    if by.id not in version.writer_ids:
        return False
    members = Membership.objects.filter(workspace_id=version.workspace_id, role__in=_REVIEWERS)
    return members.filter(user__is_active=True).exclude(user=by).exists()


def _checked(words: Words) -> Words:
    language = words.language.strip().casefold()[:8]
    title, body, reply = (clean(text)[0].strip() for text in (words.title, words.body, words.reply))
    if not language.replace("-", "").isalpha():
        raise BadArticleError(_("Say in which language it is, as in “en” or “de”."))
    if not title or len(title) > 200:  # noqa: PLR2004
        raise BadArticleError(_("Give it a title of at most 200 characters."))
    if len(body) > LONGEST_BODY:
        message = _("An article has at most %(most)s characters.")
        raise BadArticleError(message % {"most": LONGEST_BODY})
    if not body and not reply:
        raise BadArticleError(_("Write the article or a saved reply: both are empty."))
    check(reply)
    return Words(language, title, body, reply)


def _new_article(workspace_id: UUID, title: str, *, is_public: bool) -> Article:
    """Make an article under an address of its own, also when two of one title come at once."""
    wanted = slugify(title)[:60] or "article"
    values = {"workspace_id": workspace_id, "name": title[:120], "is_public": is_public}
    taken = Article.objects.filter(workspace_id=workspace_id, slug__startswith=wanted)
    slugs = set(taken.values_list("slug", flat=True))
    free = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(slugs) + 2))
    try:
        with transaction.atomic():
            return Article.objects.create(slug=next(s for s in free if s not in slugs), **values)
    except IntegrityError:
        return Article.objects.create(slug=f"{wanted}-{uuid7().hex[-8:]}", **values)


def _facts(version: ArticleVersion) -> dict[str, Any]:
    return {"language": version.language, "version": version.number, "title": version.title}


def _audit(article: Article, action: str, by: User, after: dict[str, Any]) -> None:
    entry = AuditEntry(action, by, "article", article.id, article.name, None, after)
    record_audit(article.workspace_id, [entry])
