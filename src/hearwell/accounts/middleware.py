"""Finds the workspace in which a signed-in person works, and the language they read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from hearwell.accounts.languages import language_for
from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.services.factors import is_kept_out
from hearwell.accounts.services.signins import note_presence

SESSION_KEY = "workspace"


class WorkspaceMiddleware:
    """Sets request.workspace and request.membership; both None for strangers.

    Both are None, too, for a member whom the workspace asks for a second factor that they have
    not: whatever reads them sees a stranger. `request.kept_out` is their membership then.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look the membership up: the chosen workspace if still a member, else the first."""
        membership, kept_out = admitted(request)
        request.kept_out = kept_out  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        request.workspace = membership.workspace if membership else None  # type: ignore[attr-defined]
        if membership or kept_out:
            note_presence(request)
        return self.get_response(request)


class LanguageMiddleware:
    """Speaks a person's own language, else the workspace's, else the browser's.

    Django's own LocaleMiddleware comes first: it has read the browser's wish by then, for
    strangers too, and says at the end in which language the answer is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Switch before the page is made."""
        speak_to(request)
        return self.get_response(request)


def speak_to(request: HttpRequest, workspace: Workspace | None = None) -> None:
    """Switch to the language of the person who asks, else to the workspace's, if one was chosen.

    `workspace` is whose page it is where nobody is signed in.
    """
    speak(request, language_for(request.user, workspace or getattr(request, "workspace", None)))


def speak(request: HttpRequest, chosen: str) -> None:
    """Switch to a language; for an empty one, leave it as the browser wishes."""
    if chosen:
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen


def admitted(request: HttpRequest) -> tuple[Membership | None, Membership | None]:
    """Return the membership in which a person works, and the one that lets them in not yet."""
    found = membership_of(request)
    return (None, found) if found and is_kept_out(found) else (found, None)


def membership_of(request: HttpRequest) -> Membership | None:
    """Return the membership in which a signed-in person works now; None for strangers."""
    if not request.user.is_authenticated or not isinstance(request.user, User):
        return None
    own = list(
        Membership.objects.select_related("workspace", "user")
        .filter(user_id=request.user.id)
        .order_by("created_at", "id")
    )
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in own if str(m.workspace_id) == chosen), own[0] if own else None)
