"""A person's own settings, and the choice of a workspace."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, public, requires
from hearwell.accounts.middleware import SESSION_KEY, speak_to
from hearwell.accounts.models import Membership, User
from hearwell.accounts.rules import can
from hearwell.accounts.services import InitialsTakenError, save_preferences, set_initials
from hearwell.kit.numbers import whole_number
from hearwell.waits.queries import named_of
from hearwell.web.preferences import DENSITIES, MAX_UNDO_S, THEMES

_CHOICES: Final = (
    ("language", (("", ""), *settings.LANGUAGES)),
    ("theme", THEMES),
    ("density", DENSITIES),
)
_INITIALS: Final = re.compile(r"[A-Za-z]{1,3}")


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send /login/ to the sign-in page, keeping where the person wanted to go."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


@requires("see_self")
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: MemberRequest) -> HttpResponse:
    """Show and save a person's own settings."""
    wanted = request.POST.get("initials", request.membership.initials)
    error = ""
    if request.method == "POST":
        error = _save_initials(request, wanted)
        save_preferences(_user(request), _preferences(request))
        if not error:
            speak_to(request)
            messages.success(request, _("Saved."))
            return redirect("me")
    memberships = Membership.objects.select_related("workspace").filter(user=_user(request))
    context = {
        "section": "me",
        "languages": settings.LANGUAGES,
        "themes": THEMES,
        "densities": DENSITIES,
        "initials": wanted,
        "initials_error": error,
        "memberships": list(memberships.order_by("created_at")),
        "may_be_named": can(request.membership.role, "reply"),
        "named": named_of(request.workspace.id, request.membership.user_id),
    }
    return render(request, "hearwell/account/me.html", context, status=422 if error else 200)


def _user(request: HttpRequest) -> User:
    """Return the signed-in person; views with `requires` have one."""
    return cast("User", request.user)


def _preferences(request: HttpRequest) -> dict[str, Any]:
    """Read the form; what is not among the choices is left as it was."""
    seconds = whole_number(request.POST.get("undo_s"), digits=9)
    chosen: dict[str, Any] = {"single_keys": request.POST.get("single_keys") == "1"}
    if seconds is not None:
        chosen["undo_s"] = min(MAX_UNDO_S, seconds)
    for name, choices in _CHOICES:
        if request.POST.get(name) in dict(choices):
            chosen[name] = request.POST[name]
    return chosen


def _save_initials(request: MemberRequest, wanted: str) -> str:
    """Save the signature; return in words why it cannot be, or an empty string."""
    if wanted.upper() == request.membership.initials:
        return ""
    if not _INITIALS.fullmatch(wanted):
        return _("One to three letters, A to Z.")
    try:
        set_initials(request.membership, wanted, by=_user(request))
    except InitialsTakenError:
        return _("A colleague signs with these. Customers could not tell you apart.")
    return ""


@public
@require_POST
def switch_workspace(request: HttpRequest) -> HttpResponse:
    """Choose where to work; a workspace that one is not a member of is ignored later on.

    Open also to who is kept out of one workspace: another may let them in.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("home"))
    request.session[SESSION_KEY] = request.POST.get("workspace", "")
    return redirect("home")
