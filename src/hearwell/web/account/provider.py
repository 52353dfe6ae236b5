"""Signing in by a provider: there, and back."""

from __future__ import annotations

import hmac
import time
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import public
from hearwell.accounts.entering import let_in
from hearwell.accounts.models import SignInProvider
from hearwell.accounts.oidc import calls
from hearwell.accounts.oidc.rules import Refusal, SignInRefusedError, person_in
from hearwell.accounts.services.providers import client_of, person_let_in
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.web.errors import too_many

log = structlog.get_logger(__name__)
# Each makes us call a provider: one address may ask so often at once, then every five seconds.
ASKED: Final = Buckets(burst=20, per_s=0.2)
LASTS_S: Final = 600
_KEPT: Final = "sign_in_provider"
_PROVIDERS_FAULT: Final = {Refusal.UNREACHABLE, Refusal.BAD_ANSWER}


@public
@require_safe
def depart(request: HttpRequest, provider_id: UUID) -> HttpResponseBase:
    """Send somebody to the provider; what must come back with them is kept in their session."""
    if ASKED.take(caller_of(request.META.get("REMOTE_ADDR", ""))):
        return too_many(request)
    provider = _provider(provider_id)
    client = client_of(provider)
    try:
        leave = calls.departure(client, calls.described(client.issuer), back_url(provider))
    except SignInRefusedError as error:
        return _refused(request, provider, error)
    request.session[_KEPT] = {
        "provider": str(provider.id),
        "state": leave.state,
        "nonce": leave.nonce,
        "verifier": leave.verifier,
        "next": _next(request),
        "at": int(time.time()),
    }
    return redirect(leave.url)


@public
@require_safe
def back(request: HttpRequest, provider_id: UUID) -> HttpResponseBase:
    """Take somebody back from the provider: believe it, find whom it means, let them in."""
    if ASKED.take(caller_of(request.META.get("REMOTE_ADDR", ""))):
        return too_many(request)
    provider = _provider(provider_id)
    # Used up by looking: what comes back a second time is not believed.
    kept = request.session.pop(_KEPT, None)
    try:
        _check_return(request, provider, kept)
        claims = calls.claims_for(
            client_of(provider),
            request.GET.get("code", ""),
            return_url=back_url(provider),
            nonce=kept["nonce"],
            verifier=kept["verifier"],
        )
        user = person_let_in(provider, person_in(claims))
    except SignInRefusedError as error:
        return _refused(request, provider, error)
    return let_in(request, user, "oidc", kept["next"])


def back_url(provider: SignInProvider) -> str:
    """Return where the provider sends people back to; each provider has an address of its own."""
    return settings.HEARWELL_URL + reverse("provider_back", args=[provider.id])


def _provider(provider_id: UUID) -> SignInProvider:
    provider = SignInProvider.objects.filter(id=provider_id).first()
    if provider is None:
        raise Http404
    return provider


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("home")


def _check_return(request: HttpRequest, provider: SignInProvider, kept: Any) -> None:
    """Raise SignInRefusedError unless this is the way back of who left from this browser."""
    given = request.GET
    is_ours = (
        isinstance(kept, dict)
        and kept["provider"] == str(provider.id)
        and hmac.compare_digest(given.get("state", "").encode(), kept["state"].encode())
        and time.time() - kept["at"] <= LASTS_S
        # RFC 9207: who answers says its name, where it can.
        and given.get("iss", provider.issuer) == provider.issuer
    )
    if not is_ours:
        raise SignInRefusedError(Refusal.EXPIRED)
    if given.get("error") == "access_denied":
        raise SignInRefusedError(Refusal.CANCELLED)
    if "error" in given:
        raise SignInRefusedError(Refusal.BAD_ANSWER, "it sent an error back")


def _refused(
    request: HttpRequest, provider: SignInProvider, error: SignInRefusedError
) -> HttpResponse:
    log.warning("provider_sign_in_refused", reason=error.why.value, name=str(provider.id))
    is_theirs = error.why in _PROVIDERS_FAULT
    context = {
        "provider": provider,
        "text": why(error.why) % {"name": provider.name},
        "detail": str(error) if is_theirs else "",
        "code": error.why.value,
    }
    page = "hearwell/account/provider_refused.html"
    return render(request, page, context, status=502 if is_theirs else 403)


def why(refusal: Refusal) -> str:
    """Say what happened and what to do; `%(name)s` is the provider's."""
    return {
        Refusal.CANCELLED: _("You stopped at %(name)s. Nothing has changed here."),
        Refusal.UNREACHABLE: _("%(name)s could not be reached. Try again in a moment."),
        Refusal.BAD_ANSWER: _(
            "What %(name)s answered is not to be believed. Try again; if it stays so, tell an "
            "owner of your workspace."
        ),
        Refusal.EXPIRED: _(
            "This way back was used already, took longer than ten minutes, or began in another "
            "browser. Begin again."
        ),
        Refusal.NOT_VERIFIED: _(
            "%(name)s does not vouch for your e-mail address. Ask whoever runs it to confirm it."
        ),
        Refusal.NOT_INVITED: _(
            "Nobody has invited the address that %(name)s gives for you. Ask an admin of your "
            "workspace for an invitation."
        ),
        Refusal.ELSEWHERE: _(
            "You belong to another workspace, too, for which %(name)s does not speak. Sign in "
            "with your password or passkey."
        ),
        Refusal.TAKEN: _(
            "Your address here belongs to another account at %(name)s. Ask an admin of your "
            "workspace."
        ),
    }[refusal]
