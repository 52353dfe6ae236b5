"""What people see when something goes wrong: what happened, and what to do now. No traceback.

These pages query nothing and need no scope, since they may be shown because the database is away.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from hearwell.accounts.access import public


def page(title: str, text: str, code: str, *, may_retry: bool = False) -> str:
    """Render an error page; `code` is small print for whoever runs the house."""
    return render_to_string(
        "hearwell/errors/error.html",
        {"title": title, "text": text, "code": code, "retry": may_retry},
    )


@public
def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 400."""
    text = _("The page could not read what was sent. Go back and try again.")
    return HttpResponse(page(_("That did not arrive whole"), text, "400"), status=400)


@public
def forbidden(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 403."""
    text = _(
        "Your role does not include this. An owner or admin of your workspace can change that, "
        "under Settings, People."
    )
    return HttpResponse(page(_("This is not open to you"), text, "403"), status=403)


@public
def csrf_failed(_request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form that was open for too long, or came from elsewhere."""
    text = _("The form was open for too long or in two windows. Load the page again and repeat it.")
    return HttpResponse(page(_("Please load the page again"), text, "403 CSRF"), status=403)


@public
def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404."""
    text = _("Nothing is kept at this address, or it belongs to another workspace.")
    return HttpResponse(page(_("Not found"), text, "404"), status=404)


@public
def too_many(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer who tries too often in a short time."""
    text = _("That was tried too often from here. Wait a minute, then try again.")
    body = page(_("One moment, please"), text, "429", may_retry=True)
    return HttpResponse(body, status=429, headers={"Retry-After": "60"})


@public
def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    text = _("Nothing you wrote was lost that had been saved. The fault has been noted. Try again.")
    body = page(_("Something broke on our side"), text, "500", may_retry=True)
    return HttpResponse(body, status=500)


def unavailable_page() -> str:
    """Return the page for 503: the database cannot be reached."""
    text = _(
        "The database cannot be reached. What customers write is not lost: networks ask again."
    )
    return page(_("Back in a moment"), text, "503", may_retry=True)
