"""A person's own tokens for programs; who manages people ends those of others, too."""

from __future__ import annotations

from typing import Final, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import ApiToken, User
from hearwell.accounts.rules import can
from hearwell.accounts.services import (
    MAX_TOKEN_NAME,
    MOST_TOKENS,
    BadTokenError,
    end_api_token,
    issue_api_token,
)

UNPROCESSABLE: Final = 422


@requires("see_self")
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: MemberRequest) -> HttpResponse:
    """Show the tokens, or make one; its secret is on the page that answers, and nowhere later."""
    if request.method != "POST":
        return _draw(request)
    name = request.POST.get("name", "")
    try:
        _token, secret = issue_api_token(request.membership, name)
    except BadTokenError as error:
        return _draw(request, name=name, error=str(error))
    return _draw(request, secret=secret)


@requires("see_self")
@require_POST
def end(request: MemberRequest, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    token = _seen(request).filter(id=token_id).first()
    if token is None:
        raise Http404
    end_api_token(token, by=cast("User", request.user))
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("my_tokens")


def _seen(request: MemberRequest) -> QuerySet[ApiToken]:
    """Return the tokens that work and that this person may end."""
    working = ApiToken.objects.filter(workspace_id=request.workspace.id, revoked_at=None)
    if not can(request.membership.role, "manage_people"):
        working = working.filter(membership=request.membership)
    return working.select_related("membership__user").order_by("-created_at")


def _draw(
    request: MemberRequest, *, secret: str = "", name: str = "", error: str = ""
) -> HttpResponse:
    found, me = list(_seen(request)), request.membership.id
    context = {
        "section": "me",
        "mine": [one for one in found if one.membership_id == me],
        "others": [one for one in found if one.membership_id != me],
        "secret": secret,
        "name": name,
        "error": error,
        "longest": MAX_TOKEN_NAME,
        "most": MOST_TOKENS,
    }
    status = UNPROCESSABLE if error else 200
    response = render(request, "hearwell/account/tokens.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
