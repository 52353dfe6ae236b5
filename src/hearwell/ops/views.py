"""Health pages, for machines: plain text, no session, no secret."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from hearwell.accounts.access import public
from hearwell.ops.health import NotReadyError, require_ready


@public
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers, whatever the database does."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: 200, or 503 and in a few words why not."""
    try:
        require_ready()
    except NotReadyError as error:
        unready = HTTPStatus.SERVICE_UNAVAILABLE
        return HttpResponse(f"{error}\n", status=unready, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
