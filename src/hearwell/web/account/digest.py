"""The digest by e-mail: wished for under My settings, ended there or from the e-mail itself."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, public, requires
from hearwell.accounts.rules import can
from hearwell.notifications.models import Every
from hearwell.notifications.services import digests

_GONE, _WRONG = 410, 422
_HOURS: Final = range(24)


@requires("read")
@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: MemberRequest) -> HttpResponse:
    """Show and keep one's own wish."""
    if request.method != "POST":
        return _page(request)
    given = request.POST
    if given.get("every", "") == "":
        digests.end_digest(request.membership)
        messages.success(request, _("No digest is sent to you."))
        return redirect("digest")
    hour = given.get("hour", "")
    try:
        digests.wish_digest(
            request.membership,
            every=given.get("every", ""),
            hour=int(hour)
            if hour.isascii() and hour.isdecimal() and len(hour) <= len("23")
            else -1,
            zone=given.get("time_zone", ""),
            has_team=given.get("has_team") == "1",
        )
    except digests.BadDigestError:
        words = _("Choose an hour and a time zone from the lists. Nothing was changed.")
        return _page(request, words, status=_WRONG)
    messages.success(request, _("Saved."))
    return redirect("digest")


def _page(request: MemberRequest, error: str = "", *, status: int = 200) -> HttpResponse:
    wished = digests.digest_of(request.membership)
    context: dict[str, Any] = {
        "section": "me",
        "wished": wished,
        "error": error,
        "has_mail": settings.HEARWELL_HAS_MAIL,
        "choices": Every.choices,
        "hours": [(hour, f"{hour:02d}:00") for hour in _HOURS],
        "hour": wished.hour if wished else 8,
        "zones": sorted(available_timezones()),
        "zone": wished.time_zone if wished else request.workspace.time_zone,
        "may_team": can(request.membership.role, "approve"),
        "email": request.membership.user.email,
    }
    return render(request, "hearwell/account/digest.html", context, status=status)


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """End a digest from its e-mail: a mail program posts (RFC 8058), a person sees and presses.

    Looking ends nothing, for mail servers open links to look at them. It needs no CSRF token: the
    address itself is the secret, and all it can do is end this one digest.
    """
    is_ours = digests.is_off_token(token)
    is_done = is_ours and request.method == "POST" and digests.end_by_token(token)
    context = {"is_ours": is_ours, "is_done": is_done}
    page = "hearwell/account/digest_off.html"
    response = render(request, page, context, status=200 if is_ours else _GONE)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response
