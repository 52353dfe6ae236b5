"""Yes or no from an e-mail: looking answers nothing, for mail servers open links to look."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import public
from hearwell.accounts.scoping import scope
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.surveys.services import BadLinkError, press, read_link
from hearwell.web.components.secret_links import secret

ASKED: Final = Buckets(burst=30, per_s=1)
_GONE, _TOO_MANY = 410, 429
_WORDS: Final = {"yes": _("Yes, it is solved"), "no": _("No, it is not solved")}


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def solved(request: HttpRequest, token: str) -> HttpResponse:
    """Show the answer that a link stands for, and keep it when it is pressed. Once.

    It needs no CSRF token: the address is the secret, and all it can do is answer one question.
    """
    wait_s = ASKED.take(caller_of(request.META.get("REMOTE_ADDR", "")))
    if wait_s:
        refused = HttpResponse(status=_TOO_MANY, content_type="text/plain")
        refused["Retry-After"] = str(wait_s)
        return refused
    try:
        link = read_link(token)
    except BadLinkError:
        return _page(request, "none", status=_GONE)
    if request.method != "POST":
        return _page(request, "ask", link.answer.value)
    with scope(link.workspace_id):
        is_kept = press(link.workspace_id, link.question_id, link.answer)
    if is_kept:
        return _page(request, link.answer.value)
    return _page(request, "over", status=_GONE)


def _page(request: HttpRequest, what: str, answer: str = "", *, status: int = 200) -> HttpResponse:
    context = {"what": what, "answer": _WORDS.get(answer, "")}
    return secret(render(request, "hearwell/solved.html", context, status=status))
