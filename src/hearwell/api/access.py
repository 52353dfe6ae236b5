"""Who asks: a token, its member, their rights; then the scope of their workspace."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from hearwell.accounts.access import POLICY_ATTRIBUTE
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import ACTIONS, can
from hearwell.accounts.services import member_by_token
from hearwell.api.limits import FAILURES, REQUESTS
from hearwell.api.problems import Problem
from hearwell.kit.buckets import Buckets
from hearwell.kit.scope import scope

P = ParamSpec("P")
R = TypeVar("R")


class ApiRequest(HttpRequest):
    """A request with a valid token."""

    auth: Membership


class TokenAuth(HttpBearer):
    """`Authorization: Bearer hw_…`; a token stands for one member of one workspace."""

    openapi_name = "Token"

    def authenticate(self, request: HttpRequest, token: str) -> Membership | None:
        """Return the member, None for a token that is none. Raises Problem 429."""
        _take(REQUESTS, hashlib.sha256(token.encode()).hexdigest()[:32])
        member = member_by_token(token)
        if member is None:
            _take(FAILURES, request.META.get("REMOTE_ADDR", ""))
        return member


def _take(buckets: Buckets, key: str) -> None:
    wait_s = buckets.take(key)
    if wait_s:
        detail = f"Too many requests. Try again in {wait_s} seconds."
        raise Problem(429, "too_many_requests", detail, retry_after_s=wait_s)


def needs(
    action: str,
) -> Callable[[Callable[Concatenate[ApiRequest, P], R]], Callable[Concatenate[ApiRequest, P], R]]:
    """Let only members who may do `action` in, and run the view in their workspace's scope."""
    if action not in ACTIONS:
        raise KeyError(action)

    def decorate(
        view: Callable[Concatenate[ApiRequest, P], R],
    ) -> Callable[Concatenate[ApiRequest, P], R]:
        @functools.wraps(view)
        def guarded(request: ApiRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            if not can(request.auth.role, action):
                raise Problem(403, "forbidden", f"This token's role does not include “{action}”.")
            with scope(request.auth.workspace_id):
                return view(request, *args, **kwargs)

        setattr(guarded, POLICY_ATTRIBUTE, action)
        return cast("Callable[Concatenate[ApiRequest, P], R]", guarded)

    return decorate
