"""The workspace itself: the language of those who chose none."""

from __future__ import annotations

from typing import Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.middleware import speak_to
from hearwell.accounts.models import User
from hearwell.accounts.services import BadLanguageError, set_language
from hearwell.web.admin.frame import draw

PAGE: Final = "settings_general"
_WRONG: Final = 422


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: MemberRequest) -> HttpResponse:
    """Show the language of the workspace, or keep another."""
    if request.method != "POST":
        return _draw(request)
    language = request.POST.get("language", "")
    try:
        set_language(request.workspace, language, by=cast("User", request.user))
    except BadLanguageError:
        error = _("Choose a language from the list. Nothing was changed.")
        return _draw(request, error, status=_WRONG)
    speak_to(request)
    messages.success(request, _("Saved."))
    return redirect(PAGE)


def _draw(request: MemberRequest, error: str = "", *, status: int = 200) -> HttpResponse:
    context = {"languages": settings.LANGUAGES, "error": error}
    return draw(request, "general", PAGE, context, status=status)
