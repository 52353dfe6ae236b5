"""A survey's page: no sign-in, no script, one screen of a phone; looking answers nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import public
from hearwell.accounts.scoping import scope
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.surveys.items import Item
from hearwell.surveys.services import Asked, BadLinkError, asked_by, rate, read_survey_link
from hearwell.web.components.bare import bare
from hearwell.web.components.secret_links import secret

ASKED: Final = Buckets(burst=30, per_s=1)
_GONE, _TOO_MANY, _NOTHING = 410, 429, 422


@dataclass(frozen=True, slots=True)
class ItemFace:
    """A question as it stands on the page; `given` is what was answered before."""

    key: str
    text: str
    choices: list[tuple[int, str]]
    given: int | None


def faces_of(items: list[Item], given: Mapping[str, int]) -> list[ItemFace]:
    """Put questions into words, in the language of the moment."""
    return [ItemFace(one.key, str(one.text), one.choices, given.get(one.key)) for one in items]


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or keep what was answered. What is answered again takes the place of the answer before.

    It needs no CSRF token: the address is the secret, and all it can do is answer one survey.
    """
    wait_s = ASKED.take(caller_of(request.META.get("REMOTE_ADDR", "")))
    if wait_s:
        refused = HttpResponse(status=_TOO_MANY, content_type="text/plain")
        refused["Retry-After"] = str(wait_s)
        return refused
    with translation.override(language_of(request)):
        return secret(_answered(request, token))


def language_of(request: HttpRequest) -> str:
    """Return the language that was chosen on the page, else what the browser wishes."""
    wished = request.GET.get("lang", "")
    return wished if wished in dict(settings.LANGUAGES) else translation.get_language() or "en"


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = read_survey_link(token)
    except BadLinkError:
        return _page("over", status=_GONE)
    with scope(link.workspace_id):
        if request.method != "POST":
            asked = asked_by(link.workspace_id, link.question_id)
            return _page("ask", asked) if asked else _page("over", status=_GONE)
        given = {key: str(request.POST[key]) for key in request.POST}
        kept = rate(link.workspace_id, link.question_id, given)
        if kept is None:
            return _page("over", status=_GONE)
        if not kept.answers:
            asked = asked_by(link.workspace_id, link.question_id)
            return _page("ask", asked, status=_NOTHING)
        return _page("thanks", kept)


def _page(what: str, asked: Asked | None = None, *, status: int = 200) -> HttpResponse:
    context = {
        "what": what,
        "items": faces_of(asked.items, asked.answers) if asked else [],
        "is_again": bool(asked and asked.times > (1 if what == "thanks" else 0)),
        "is_nothing": status == _NOTHING,
        "languages": [one for one in settings.LANGUAGES if one[0] != translation.get_language()],
        "LANGUAGE_CODE": translation.get_language(),
    }
    return HttpResponse(bare("hearwell/surveyed/page.html", context), status=status)
