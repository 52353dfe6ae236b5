"""Who may open a view, and the scope in which it runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from hearwell.accounts.models import Membership, Workspace
from hearwell.accounts.rules import ACTIONS, can
from hearwell.kit.scope import scope

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request whose sender is a member of a workspace."""

    workspace: Workspace
    membership: Membership


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
POLICY_ATTRIBUTE = "hearwell_policy"


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Declare that a view is open to everybody. Every view declares one policy or the other."""
    setattr(view, POLICY_ATTRIBUTE, "public")
    return view


def requires(
    action: str, *, in_scope: bool = True
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Let only members who may do `action` in, and run the view in their workspace's scope.

    A stranger is sent to the sign-in page, who must set up a second factor first is led there, a
    member without the right gets 403; rows of other
    workspaces do not exist here, so foreign and absent ids are the same 404. The whole view is
    one transaction: render inside it. A view that talks to a network in between says
    ``in_scope=False`` and opens the scope itself, before and after.
    """
    if action not in ACTIONS:
        raise KeyError(action)

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: MemberRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if getattr(request, "kept_out", None) is not None:
                return redirect("second_factor")
            membership: Membership | None = getattr(request, "membership", None)
            if membership is None or not can(membership.role, action):
                raise PermissionDenied(action)
            if not in_scope:
                return view(request, *args, **kwargs)
            with scope(request.workspace.id):
                return view(request, *args, **kwargs)

        setattr(guarded, POLICY_ATTRIBUTE, action)
        return guarded

    return decorate
