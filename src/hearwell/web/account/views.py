"""The sign-in link, a person's own settings, and the choice of a workspace."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearwell.accounts.access import MemberRequest, public, requires
from hearwell.accounts.languages import language_at_home
from hearwell.accounts.middleware import SESSION_KEY, speak, speak_to
from hearwell.accounts.models import LoginLink, Membership, User
from hearwell.accounts.rules import can
from hearwell.accounts.services import (
    FIRST_OWNER,
    AlreadySetUpError,
    InitialsTakenError,
    LinkError,
    peek_login_link,
    save_preferences,
    set_initials,
    set_up_first_owner,
    use_sign_in_link,
)
from hearwell.kit.numbers import whole_number
from hearwell.waits.queries import named_of
from hearwell.web.account.forms import FirstOwnerForm
from hearwell.web.preferences import DENSITIES, MAX_UNDO_S, THEMES

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
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


@public
@require_http_methods(["GET", "HEAD", "POST"])
def login_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what a sign-in link would do; only a POST uses it up, so previews cannot."""
    link = peek_login_link(secret)
    if link is not None and link.user is not None:
        speak(request, language_at_home(link.user))
    if link is None:
        return _link_page(request, None, status=410)
    is_first = link.purpose == FIRST_OWNER
    form = FirstOwnerForm(request.POST or None) if is_first else None
    if request.method != "POST":
        return _link_page(request, link, form=form)
    if form is not None:
        return _set_up(request, link, form, secret)
    return _sign_in(request, secret)


def _link_page(
    request: HttpRequest,
    link: LoginLink | None,
    *,
    form: FirstOwnerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = "hearwell/account/link.html"
    response = render(request, page, {"link": link, "form": form}, status=status)
    # The address holds a secret: it must not travel on in a Referer or a cache.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _set_up(
    request: HttpRequest, link: LoginLink, form: FirstOwnerForm, secret: str
) -> HttpResponse:
    if not form.is_valid():
        return _link_page(request, link, form=form, status=422)
    given = form.cleaned_data
    try:
        membership = set_up_first_owner(
            secret,
            name=given["name"],
            email=given["email"],
            password=given["password"] or None,
            workspace_name=given["workspace_name"],
        )
    except (LinkError, AlreadySetUpError):
        return _link_page(request, None, status=410)
    login(request, membership.user, backend=BACKEND)
    return redirect("setup")


def _sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        user = use_sign_in_link(secret)
    except LinkError:
        return _link_page(request, None, status=410)
    login(request, user, backend=BACKEND)
    return redirect("home")


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


@requires("see_self")
@require_POST
def switch_workspace(request: MemberRequest) -> HttpResponse:
    """Choose where to work; a workspace that one is not a member of is ignored later on."""
    request.session[SESSION_KEY] = request.POST.get("workspace", "")
    return redirect("home")
