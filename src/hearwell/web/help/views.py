"""Help for customers: search and read, without signing in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from hearwell.accounts.access import public
from hearwell.accounts.middleware import speak_to
from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.knowledge.models import ArticleVersion
from hearwell.knowledge.queries import has_help, help_article, help_articles

LONGEST_SEARCH = 200


@public
@require_safe
def index(request: HttpRequest, workspace: str) -> HttpResponse:
    """List what is public, in the reader's language where there is one."""
    place = _workspace(workspace)
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()
    with scope(place.id):
        found = help_articles(place.id, text)
        is_there = bool(found) or has_help(place.id)
    if not is_there:
        raise Http404
    context = {"workspace": place, "articles": _best(found, _wanted(request, place)), "text": text}
    return _answer(request, "index", context)


@public
@require_safe
def article(request: HttpRequest, workspace: str, slug: str) -> HttpResponse:
    """Show an article."""
    place = _workspace(workspace)
    with scope(place.id):
        versions = help_article(place.id, slug)
    if not versions:
        raise Http404
    asked = [request.GET.get("lang", ""), *_wanted(request, place)]
    found = {one.language: one for one in reversed(versions)}
    shown = next((found[language] for language in asked if language in found), versions[0])
    context = {"workspace": place, "shown": shown, "versions": versions}
    return _answer(request, "article", context)


def _answer(request: HttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    speak_to(request, context["workspace"])
    response = render(request, f"hearwell/help/{page}.html", context)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def _workspace(slug: str) -> Workspace:
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest, place: Workspace) -> list[str]:
    """Return in which languages the reader wants an article: theirs, then the workspace's."""
    theirs = getattr(request, "LANGUAGE_CODE", "en")[:2]
    is_wish = request.user.is_authenticated or theirs in request.headers.get("Accept-Language", "")
    return [theirs, place.language] if is_wish else [place.language, theirs]


def _best(found: list[ArticleVersion], wanted: list[str]) -> list[ArticleVersion]:
    """Return one version of each article, in the first language wanted that there is."""
    best: dict[object, ArticleVersion] = {}
    for version in found:
        known = best.get(version.article_id)
        if known is None or _rank(version, wanted) < _rank(known, wanted):
            best[version.article_id] = version
    return list(best.values())


def _rank(version: ArticleVersion, wanted: list[str]) -> int:
    return wanted.index(version.language) if version.language in wanted else len(wanted)
