"""Articles and the saved replies in them: write, have them read, publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.knowledge import queries, services
from hearwell.knowledge.models import Article, ArticleVersion, VersionState
from hearwell.knowledge.rules import VARIABLES, BadReplyError
from hearwell.knowledge.services import BadArticleError, Words
from hearwell.web.admin.frame import draw
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.agent.inbox.shared import colleagues

PAGE: Final = "settings_knowledge"
_FOR_REVIEWERS: Final = ("publish", "send_back", "retire", "bring_back")
_REFUSED: Final = (BadArticleError, BadReplyError)


@dataclass(frozen=True)
class Draft:
    """What stands in the form."""

    language: str
    title: str = ""
    body: str = ""
    reply: str = ""
    is_public: bool = False


@requires("reply")
@require_safe
def library(request: MemberRequest) -> HttpResponse:
    """Show all articles, those that wait for a reader first."""
    rows = queries.library(request.workspace.id)
    shown = [row for row in rows if not row.article.is_retired]
    context = {
        "rows": sorted(shown, key=lambda row: not row.is_to_review),
        "retired": [row for row in rows if row.article.is_retired],
        "is_open_to_all": any(row.article.is_public and row.languages for row in shown),
        "help_url": f"/help/{request.workspace.slug}/",
    }
    return draw(request, "knowledge/library", PAGE, context)


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: MemberRequest) -> HttpResponse:
    """Begin an article."""
    if request.method != "POST":
        return _draw(request, None, Draft(request.LANGUAGE_CODE[:2]))
    draft = _typed(request.POST)
    try:
        version = services.begin_article(
            request.workspace.id, _words(draft), by=_user(request), is_public=draft.is_public
        )
    except _REFUSED as error:
        return _draw(request, None, draft, error=str(error))
    messages.success(request, _("Draft kept. It is used when somebody else has read it."))
    return redirect("settings_article", version.article_id)


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: MemberRequest, article_id: UUID) -> HttpResponse:
    """Show an article in one language, or write on at it."""
    found = _article(request, article_id)
    if request.method != "POST":
        return _draw(request, found, _standing(found, request.GET.get("lang", "")))
    draft = _typed(request.POST)
    try:
        services.write(found.id, _words(draft), by=_user(request), is_public=draft.is_public)
    except _REFUSED as error:
        return _draw(request, found, draft, error=str(error))
    messages.success(request, _("Draft kept. It is used when somebody else has read it."))
    return redirect(_address(found, draft.language))


@requires("reply")
@require_POST
def act(request: MemberRequest, article_id: UUID) -> HttpResponse:
    """Submit, publish, send back, take out, bring back."""
    found, what = _article(request, article_id), request.POST.get("do", "")
    language = request.POST.get("language", "")
    if what in _FOR_REVIEWERS and not can(request.membership.role, "approve"):
        words = _("Leads, admins and owners publish and take out. Ask one of them.")
        return _draw(request, found, _standing(found, language), error=words, status=403)
    try:
        messages.success(request, _done(request, found, what, language))
    except _REFUSED as error:
        return _draw(request, found, _standing(found, language), error=str(error))
    return redirect(_address(found, language))


def _done(request: MemberRequest, found: Article, what: str, language: str) -> str:
    by = _user(request)
    if what in ("retire", "bring_back"):
        services.retire(found.id, by=by, is_retired=what == "retire")
        return _("Taken out.") if what == "retire" else _("It is back.")
    version = queries.open_version(found, language)
    if version is None:
        raise BadArticleError(_("There is no draft in this language any more."))
    if what == "submit":
        services.submit(version.id, by=by)
        return _("Sent to be read by somebody else.")
    if what == "send_back":
        services.send_back(version.id, request.POST.get("remark", ""), by=by)
        return _("Sent back to its writer.")
    if what == "publish":
        services.approve(version.id, by=by)
        return _("Published.")
    raise Http404


def _draw(
    request: MemberRequest,
    found: Article | None,
    draft: Draft,
    *,
    error: str = "",
    status: int | None = None,
) -> HttpResponse:
    versions = queries.versions_of(found) if found else []
    mine = [one for one in versions if one.language == draft.language]
    being_written = next((one for one in mine if one.state in ("draft", "review")), None)
    may = can(request.membership.role, "approve")
    context: dict[str, Any] = {
        "article": found,
        "draft": draft,
        "languages": sorted({one.language for one in versions} | {draft.language}),
        "being_written": being_written,
        "is_in_review": being_written is not None and being_written.state == VersionState.REVIEW,
        "versions": _told(mine, colleagues(request)),
        "variables": [f"{{{name}}}" for name in VARIABLES],
        "may_approve": may,
        "may_publish": may
        and being_written is not None
        and not services.needs_another_reader(being_written, _user(request)),
        "error": error,
    }
    shown = status or (422 if error else 200)
    return draw(request, "knowledge/article", PAGE, context, status=shown)


def _told(
    versions: Sequence[ArticleVersion], people: Mapping[UUID, Person]
) -> list[dict[str, Any]]:
    nobody = _("Somebody")
    return [
        {
            "version": one,
            "writer": people[one.author_id].name if one.author_id in people else nobody,
        }
        for one in versions
    ]


def _standing(found: Article, language: str) -> Draft:
    """Return what stands in a language: its draft, else what is published, else nothing yet."""
    versions = queries.versions_of(found)
    wanted = language or (versions[0].language if versions else "en")
    mine = [one for one in versions if one.language == wanted]
    if not mine:
        return Draft(wanted[:8], is_public=found.is_public)
    shown = mine[0]
    return Draft(shown.language, shown.title, shown.body, shown.reply, found.is_public)


def _typed(form: QueryDict) -> Draft:
    return Draft(
        form.get("language", "")[:8],
        form.get("title", "")[:400],
        form.get("body", "")[:60_000],
        form.get("reply", "")[:6_000],
        form.get("is_public") == "1",
    )


def _words(draft: Draft) -> Words:
    return Words(draft.language, draft.title, draft.body, draft.reply)


def _article(request: MemberRequest, article_id: UUID) -> Article:
    found = queries.article_by_id(request.workspace.id, article_id)
    if found is None:
        raise Http404
    return found


def _address(found: Article, language: str) -> str:
    return f"/settings/knowledge/{found.id}/?lang={language}"


def _user(request: MemberRequest) -> User:
    return cast("User", request.user)
