"""The one way in for all who were let in by us: allauth's steps, the second factor among them."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from hearwell.accounts.models import User


def let_in(request: HttpRequest, user: User, method: str, then: str = "") -> HttpResponse:
    """Sign a person in, or send them to their second factor first; then on to `then`.

    A link or a provider stands for the password, never for the second factor.
    """
    record_authentication(request, user, method)
    answer = perform_login(request, user, email_verification="none", redirect_url=then or None)
    return cast("HttpResponse", answer)
