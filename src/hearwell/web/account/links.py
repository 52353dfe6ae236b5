"""Links that work once: the first owner's, one's own to sign in, an invitation."""

from __future__ import annotations

from allauth.core.ratelimit import consume_or_429
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import public
from hearwell.accounts.entering import let_in
from hearwell.accounts.languages import language_at_home, language_for
from hearwell.accounts.middleware import SESSION_KEY, speak
from hearwell.accounts.models import LoginLink, User
from hearwell.accounts.services import (
    FIRST_OWNER,
    INVITATION,
    AlreadySetUpError,
    LinkError,
    peek_login_link,
    set_up_first_owner,
    use_sign_in_link,
)
from hearwell.accounts.services.invitations import SomebodyElseError, accept_invitation
from hearwell.web.account.forms import FirstOwnerForm

_GONE = 410


@public
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def login_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what a link would do; only a POST uses it up, so previews cannot."""
    too_many: HttpResponse | None = consume_or_429(request, action="link")
    if too_many is not None:
        return too_many
    link = peek_login_link(secret)
    if link is None:
        return _page(request, None, status=_GONE)
    _speak_for(request, link)
    if link.purpose == FIRST_OWNER:
        return _first_owner(request, link, secret)
    if request.method != "POST":
        return _page(request, link)
    return _join(request, secret) if link.purpose == INVITATION else _sign_in(request, secret)


def _speak_for(request: HttpRequest, link: LoginLink) -> None:
    if link.user is not None:
        speak(request, language_at_home(link.user))
    elif link.workspace is not None:
        speak(request, language_for(request.user, link.workspace))


def _page(
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


@sensitive_variables("secret")
def _first_owner(request: HttpRequest, link: LoginLink, secret: str) -> HttpResponse:
    form = FirstOwnerForm(request.POST or None)
    if request.method != "POST":
        return _page(request, link, form=form)
    if not form.is_valid():
        return _page(request, link, form=form, status=422)
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
        return _page(request, None, status=_GONE)
    return let_in(request, membership.user, "link", reverse("setup"))


@sensitive_variables("secret")
def _sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        user = use_sign_in_link(secret)
    except LinkError:
        return _page(request, None, status=_GONE)
    return let_in(request, user, "link", reverse("home"))


@sensitive_variables("secret")
def _join(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept; who has an account signs in first, as themselves, and comes back to the link."""
    signed_in = request.user if isinstance(request.user, User) else None
    try:
        membership = accept_invitation(secret, signed_in=signed_in)
    except LinkError:
        return _page(request, None, status=_GONE)
    except SomebodyElseError:
        if signed_in is None:
            return redirect_to_login(request.path)
        return render(request, "hearwell/account/somebody_else.html", status=403)
    answer = (
        redirect("home")
        if membership.user == signed_in
        else let_in(request, membership.user, "link", reverse("home"))
    )
    request.session[SESSION_KEY] = str(membership.workspace_id)
    return answer
