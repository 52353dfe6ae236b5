"""The page of a study: open to whoever has the link, in a frame of other sites, too."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import public
from hearwell.accounts.scoping import scope
from hearwell.kit.buckets import caller_of
from hearwell.surveys.rules import Side
from hearwell.surveys.services import (
    BadLinkError,
    StudyLink,
    answer_study,
    is_open,
    read_study_link,
    voice_of,
)
from hearwell.surveys.studying import ITEMS
from hearwell.web.components.bare import bare
from hearwell.web.components.secret_links import secret
from hearwell.web.surveyed.views import ASKED, language_of

_GONE, _TOO_MANY, _NOTHING = 410, 429, 422
_COOKIE, _COOKIE_S = "hw_voice", 180 * 24 * 3600
_SECRET_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class StudyFace:
    """A question as it stands on the page."""

    key: str
    text: str
    choices: list[tuple[int, str]]
    is_many: bool


@public
@csrf_exempt
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, token: str) -> HttpResponse:
    """Ask one side, or keep what was answered; whoever answers again takes the old answer's place.

    A browser is known again by a random number that it keeps, a member of the team by their
    sign-in; only a hash of either is stored.
    """
    wait_s = ASKED.take(caller_of(request.META.get("REMOTE_ADDR", "")))
    if wait_s:
        refused = HttpResponse(status=_TOO_MANY, content_type="text/plain")
        refused["Retry-After"] = str(wait_s)
        return refused
    with translation.override(language_of(request)):
        return secret(_answered(request, token))


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = read_study_link(token)
    except BadLinkError:
        return _page("over", status=_GONE)
    with scope(link.workspace_id):
        if not is_open(link):
            return _page("over", status=_GONE)
        if request.method != "POST":
            return _page("ask", link)
        own = _secret_of(request, link)
        given = {key: request.POST.getlist(key) for key in ITEMS}
        kept = answer_study(link, voice_of(link, own), given)
    if kept is None:
        return _page("over", status=_GONE)
    answers, times = kept
    if not answers:
        return _page("ask", link, status=_NOTHING)
    page = _page("thanks", link, is_again=times > 1)
    if not own.startswith("member:"):
        page.set_cookie(
            _COOKIE, own, max_age=_COOKIE_S, path="/study/", httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return page


def _secret_of(request: HttpRequest, link: StudyLink) -> str:
    membership = getattr(request, "membership", None)
    if link.side == Side.TEAM and membership and membership.workspace_id == link.workspace_id:
        return f"member:{membership.user_id}"
    kept = request.COOKIES.get(_COOKIE, "")
    is_ours = len(kept) == 2 * _SECRET_BYTES and kept.isascii() and kept.isalnum()
    return kept if is_ours else secrets.token_hex(_SECRET_BYTES)


def _page(
    what: str, link: StudyLink | None = None, *, status: int = 200, is_again: bool = False
) -> HttpResponse:
    faces = [
        StudyFace(
            item.key, item.text(link.side), [(n, str(t)) for n, t in enumerate(item.labels, 1)],
            item.is_many,
        )
        for item in ITEMS.values() if link
    ]  # fmt: skip
    context = {
        "what": what,
        "items": faces,
        "is_again": is_again,
        "is_nothing": status == _NOTHING,
        "is_study": True,
        "languages": [one for one in settings.LANGUAGES if one[0] != translation.get_language()],
    }
    page = HttpResponse(bare("hearwell/surveyed/page.html", context), status=status)
    vars(page)["_csp_replace"] = {"frame-ancestors": ["*"]}  # as django-csp's decorator does
    return page
