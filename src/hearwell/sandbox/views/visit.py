"""A visit: the address leads to a workspace, the session knows whom the visitor plays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from hearwell.accounts.access import public
from hearwell.kit.scope import scope
from hearwell.sandbox.models import Page, Profile
from hearwell.sandbox.queries import open_page, workspace_at
from hearwell.sandbox.services import speaking
from hearwell.sandbox.views.pace import wait_s

P = ParamSpec("P")
_SESSION_KEY = "harbour"


@dataclass(slots=True)
class Visit:
    """Where somebody is and whom they play there, if anyone yet."""

    request: HttpRequest
    page: Page
    viewer: Profile | None

    @property
    def workspace_id(self) -> UUID:
        """Whose Harbour it is."""
        return self.page.workspace_id

    def become(self, profile: Profile) -> None:
        """Play this person from now on."""
        self.viewer = profile
        played = self.request.session.get(_SESSION_KEY, {})
        self.request.session[_SESSION_KEY] = played | {str(self.page.workspace_id): str(profile.id)}

    def speaker(self) -> Profile:
        """The person who speaks; whoever has not joined yet joins by the name in the form."""
        if self.viewer is None:
            self.become(speaking.join(self.page, self.request.POST.get("name", "")))
        if self.viewer is None:
            raise speaking.SpeechRefusedError
        return self.viewer

    def url(self, name: str, **kwargs: object) -> str:
        """A page of this Harbour."""
        return reverse(f"sandbox:{name}", kwargs={"address": self.page.address, **kwargs})

    def back(self, fallback: str) -> HttpResponse:
        """Return to where the form says, if that is one of our own pages."""
        wanted = self.request.POST.get("next", "")
        here = {self.request.get_host()}
        is_ours = url_has_allowed_host_and_scheme(wanted, here, self.request.is_secure())
        return redirect(wanted if is_ours else fallback)

    def context(self, **more: object) -> dict[str, Any]:
        """What every page needs."""
        match = self.request.resolver_match
        section = match.url_name if match else ""
        return {
            "page": self.page,
            "brand": self.page.profile,
            "viewer": self.viewer,
            "section": section,
            **more,
        }


View = Callable[Concatenate[Visit, P], HttpResponse]


def at_harbour(
    *methods: str, is_counted: bool = True
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Make a function of a visit a view, open to everybody where a sandbox is open; else 404.

    What is posted is counted, and put off where too much comes at a time.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def visited(
            request: HttpRequest, address: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            workspace_id = workspace_at(address)
            if workspace_id is None:
                raise Http404
            with scope(workspace_id):
                visit = _visit(request, workspace_id)
                if is_counted and request.method == "POST" and (seconds := wait_s(visit)):
                    return _put_off(visit, seconds)
                return view(visit, *args, **kwargs)

        return public(visited)

    return decorate


def _visit(request: HttpRequest, workspace_id: UUID) -> Visit:
    page = open_page()
    if page is None:
        raise Http404
    played = request.session.get(_SESSION_KEY, {}).get(str(workspace_id))
    viewer = Profile.objects.filter(id=played, is_brand=False).first() if played else None
    return Visit(request, page, viewer)


def _put_off(visit: Visit, seconds: int) -> HttpResponse:
    """Ask for a moment; what was written is there to be sent again."""
    form = visit.request.POST
    kept = [(name, form[name]) for name in form if name not in ("csrfmiddlewaretoken", "text")]
    more = {"seconds": seconds, "kept": kept, "text": form.get("text")}
    answer = render(
        visit.request,
        "sandbox/slow.html",
        visit.context(**more),
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    answer["Retry-After"] = str(seconds)
    return answer
