"""How people get in: a second factor for everybody, a provider that says who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.oidc.calls import described
from hearwell.accounts.oidc.rules import Refusal, SignInRefusedError
from hearwell.accounts.services import factors
from hearwell.accounts.services import providers as services
from hearwell.accounts.services.providers import ProviderFacts, provider_at
from hearwell.kit.clock import now
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import wrong_with
from hearwell.kit.scope import scope
from hearwell.kit.text import clean
from hearwell.web.account.provider import back_url
from hearwell.web.admin.frame import draw

PAGE: Final = "settings_sign_in"
_WRONG: Final = 422
_LENGTHS: Final = {
    "name": services.LONGEST_NAME,
    "issuer": services.LONGEST_ISSUER,
    "client_id": services.LONGEST_CLIENT,
    "secret": services.LONGEST_SECRET,
}


@requires("manage_workspace")
@require_safe
def sign_in(request: MemberRequest) -> HttpResponse:
    """Show what is asked of everybody, who lacks it, and the provider."""
    return _draw(request)


@requires("manage_workspace")
@require_POST
def factor(request: MemberRequest) -> HttpResponse:
    """Ask everybody for a second factor from a day on, or no longer."""
    given = request.POST.get("grace", "")
    if given != "off" and given not in map(str, factors.GRACES):
        return _draw(request, {"factor_error": _("Choose one of the times.")}, status=_WRONG)
    days = None if given == "off" else int(given)
    try:
        factors.ask_for_factor(request.workspace, days, by=_user(request))
    except factors.NoFactorError:
        error = _("Set one up for yourself first, so that you do not lock yourself out.")
        return _draw(request, {"factor_error": error}, status=_WRONG)
    messages.success(request, _("Saved."))
    return redirect(PAGE)


# The provider is asked before anything is kept: no transaction stands open meanwhile.
@sensitive_post_parameters("secret")
@requires("manage_workspace", in_scope=False)
@require_POST
def provider(request: MemberRequest) -> HttpResponse:
    """Ask a provider what it is and trust it from now on, or no longer."""
    workspace, user = request.workspace, _user(request)
    row = provider_at(workspace)
    if request.POST.get("act") == "drop":
        if row is not None:
            with scope(workspace.id):
                services.drop_provider(row, by=user)
            messages.success(request, _("Nobody signs in by it any more."))
        return redirect(PAGE)
    facts = _facts(request.POST)
    error = _wrong_facts(facts, has_secret=row is not None) or _unlike_a_provider(facts.issuer)
    if error:
        with scope(workspace.id):
            return _draw(request, {"provider_error": error, "given": facts}, status=_WRONG)
    with scope(workspace.id):
        services.keep_provider(workspace, facts, by=user)
    messages.success(request, _("It answered as it should. People can sign in by it now."))
    return redirect(PAGE)


def _facts(given: Mapping[str, str]) -> ProviderFacts:
    cut = {name: clean(given.get(name, ""))[0].strip()[:most] for name, most in _LENGTHS.items()}
    return ProviderFacts(**cut)


def _wrong_facts(facts: ProviderFacts, *, has_secret: bool) -> str:
    if not (facts.name and facts.issuer and facts.client_id):
        return _("Fill in the name, the issuer and the client's id.")
    if not facts.secret and not has_secret:
        return _("Fill in the secret that the provider gave this client.")
    if wrong_with(facts.issuer, settings.HEARWELL_EGRESS_ALLOW, own_origins()):
        return _(
            "The issuer must be an https address outside your network, or one that whoever runs "
            "the server lists in HEARWELL_EGRESS_ALLOW."
        )
    return ""


def _unlike_a_provider(issuer: str) -> str:
    """Ask the provider; say in words what is wrong with its answer, or nothing."""
    try:
        described(issuer)
    except SignInRefusedError as error:
        if error.why == Refusal.UNREACHABLE:
            return _("It could not be reached. Is the issuer's address right?")
        return _("It answers, but not as a provider should: %(why)s.") % {"why": error}
    return ""


def _user(request: MemberRequest) -> User:
    return cast("User", request.user)


def _draw(
    request: MemberRequest, more: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    workspace = request.workspace
    row, begins = provider_at(workspace), workspace.second_factor_from
    context = {
        "graces": factors.GRACES,
        "begins": begins,
        "is_asked": begins is not None and begins <= now(),
        "has_factor": factors.has_factor(_user(request)),
        "lacking": factors.who_lacks_factor(workspace),
        "provider": row,
        "given": row,
        "back_url": back_url(row) if row else "",
        **(more or {}),
    }
    response = draw(request, "sign_in", PAGE, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
